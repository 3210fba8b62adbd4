#include "session_shape.hpp"

#include <algorithm>
#include <array>

#include "equivalence.hpp"

namespace wire {
namespace {

// What a client puts into the query by itself; the rest is the user's or a redirect's.
constexpr std::array kVolatile = {"tid",       "_",           "nocache",  "transport", "connectiontoken",
                                  "messageid", "groupstoken", "callback", "data",      "access_token"};

Pairs lasting(const Pairs& query) {
  Pairs kept;
  for (const auto& pair : query) {
    if (std::find(kVolatile.begin(), kVolatile.end(), lower(pair.first)) == kVolatile.end()) kept.push_back(pair);
  }
  return kept;
}

Pairs as_pairs(const std::multimap<std::string, std::string>& headers) { return {headers.begin(), headers.end()}; }

bool is_known_transport(const std::string& name) {
  return name == "webSockets" || name == "serverSentEvents" || name == "longPolling" || name == "foreverFrame";
}

}  // namespace

bool SessionShape::can_begin(const RecordedRequest& negotiate) {
  return negotiate.method == "GET" && negotiate.path.size() > 10 &&
         negotiate.path.compare(negotiate.path.size() - 10, 10, "/negotiate") == 0 &&
         is_known_version(negotiate.parameter("clientProtocol")) && !negotiate.has_parameter("callback");
}

SessionShape::SessionShape(const RecordedExchange& negotiate) { add_negotiate(negotiate); }

bool SessionShape::continues_with(const RecordedExchange& negotiate) const {
  return negotiation_.kind == Negotiation::Kind::redirect && negotiate.request->path == negotiation_.path &&
         (negotiation_.access_token.empty() ||
          value_of(negotiate.request->headers, "Authorization") == "Bearer " + negotiation_.access_token);
}

void SessionShape::add_negotiate(const RecordedExchange& negotiate) {
  const RecordedRequest& request = *negotiate.request;
  const bool by_http = negotiation_.kind == Negotiation::Kind::redirect && negotiation_.version.empty();
  if (!by_http) base_left_.clear();
  if (by_http && base_left_.empty()) base_left_ = identity_.base;
  identity_.base = request.base();
  identity_.query = lasting(request.query);
  identity_.headers = as_pairs(essence_of(request).headers);
  negotiation_ = read_negotiation(negotiate);
  take_cookies(negotiate);
}

void SessionShape::take_cookies(const RecordedExchange& exchange) {
  if (!exchange.response) return;
  for (const auto& [name, value] : exchange.response->headers) {
    if (!same_name(name, "Set-Cookie")) continue;
    const std::string cookie = value.substr(0, value.find(';'));
    const std::string key = cookie.substr(0, cookie.find('=') + 1);
    auto& headers = identity_.headers;
    headers.erase(std::remove_if(
                      headers.begin(), headers.end(),
                      [&](const auto& header) { return header.first == "cookie" && header.second.rfind(key, 0) == 0; }),
                  headers.end());
    headers.emplace_back("cookie", cookie);
  }
}

bool SessionShape::stayed_behind(const RecordedRequest& request) const {
  return !base_left_.empty() && request.command() != "negotiate" && request.base() == base_left_;
}

bool SessionShape::is_ours(const RecordedRequest& request) const {
  RecordedRequest expected = usual_request(identity_, request.command(), token());
  expected.path = request.path;  // checked by itself
  const Essence ours = essence_of(expected);
  const Essence theirs = essence_of(request);
  const bool there = request.base() == identity_.base || stayed_behind(request);
  if (theirs.headers != ours.headers || !there) return false;
  return std::all_of(ours.parameters.begin(), ours.parameters.end(), [&](const auto& parameter) {
    if (parameter.first == "transport") return true;
    const auto found = theirs.parameters.find(parameter.first);
    return found != theirs.parameters.end() && found->second == parameter.second;
  });
}

bool SessionShape::add_connect(const RecordedExchange& exchange) {
  const RecordedRequest& request = *exchange.request;
  const std::string name = request.parameter("transport");
  const bool opened = exchange.response && (exchange.response->status == 101 || exchange.response->status == 200);
  if (transport_ != nullptr || !is_known_transport(name)) return false;
  if (!opened && request.has_parameter("callback")) return false;
  if (name == "webSockets" && !request.upgrade()) return false;
  if (std::find(refused_.begin(), refused_.end(), name) != refused_.end()) return false;
  if (!opened) {
    refused_.push_back(name);
    return true;
  }
  transport_ = &exchange;
  transport_name_ = name;
  jsonp_ = request.has_parameter("callback");
  return true;
}

bool ended_by_server(const RecordedExchange& transport) {
  for (const RecordedFrame& frame : transport.frames) {
    if (frame.kind == FrameKind::close) return frame.from_server;
  }
  if (transport.ended_by != EndedBy::nobody) return transport.ended_by == EndedBy::server;
  return !transport.is_websocket() && transport.response && transport.response->complete;
}

bool lost_by_silence(const RecordedExchange& transport, double keep_alive_ms, double until_ms) {
  const bool watched = transport.is_websocket() || transport.request->transport() == "serverSentEvents";
  if (!watched || !transport.response || keep_alive_ms <= 0 || transport.ended_by == EndedBy::server) return false;
  double heard_ms = transport.response->t_ms;
  for (const Piece& piece : transport.response->pieces) heard_ms = std::max(heard_ms, piece.t_ms);
  for (const RecordedFrame& frame : transport.frames) {
    if (frame.from_server) heard_ms = std::max(heard_ms, frame.t_ms);
  }
  constexpr double kRoughly = 0.9;  // recorded times are not the client's
  return until_ms - heard_ms >= kRoughly * keep_alive_ms;
}

// Browsers end event streams so before they abort, which is no more than their way of closing.
bool is_cut_by_client(const RecordedExchange& transport) {
  const bool closed = std::any_of(transport.frames.begin(), transport.frames.end(),
                                  [](const RecordedFrame& frame) { return frame.kind == FrameKind::close; });
  return transport.is_websocket() && !closed && transport.ended_by == EndedBy::client;
}

bool SessionShape::was_silent_until(double t_ms) const {
  return lost_by_silence(*transport_, negotiation_.keep_alive_ms, t_ms);
}

bool SessionShape::add_reconnect(const RecordedExchange& exchange) {
  if (!started_ && negotiation_.needs_start()) return false;
  const bool polls = transport_name_ == "longPolling";
  const bool ended = ended_by_server(*transport_) && transport_->lost_ms() <= exchange.t_ms;
  if (!polls && !ended && !was_silent_until(exchange.t_ms)) return false;
  if (exchange.response && exchange.response->status < 300) transport_ = &exchange;
  return true;
}

bool SessionShape::add(const RecordedExchange& exchange) {
  const RecordedRequest& request = *exchange.request;
  const std::string command = request.command();
  if (aborted_ || negotiation_.kind != Negotiation::Kind::token || !is_ours(request)) return false;
  if (command == "connect") return add_connect(exchange);
  if (transport_ == nullptr || request.parameter("transport") != transport_name_) return false;
  const bool gone = is_cut_by_client(*transport_) && transport_->ended_ms <= exchange.t_ms;
  if (gone && !was_silent_until(std::min(transport_->ended_ms, exchange.t_ms))) return false;
  if (command == "start") {
    if (started_ || !negotiation_.needs_start()) return false;
    return started_ = true;
  }
  if (command == "abort") return aborted_ = true;
  if (command == "reconnect") return add_reconnect(exchange);
  if (command == "send") return transport_name_ != "webSockets" && started_;
  return command == "poll" && transport_name_ == "longPolling";
}

}  // namespace wire
