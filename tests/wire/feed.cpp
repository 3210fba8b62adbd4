#include "feed.hpp"

#include <algorithm>

#include "equivalence.hpp"
#include "session_shape.hpp"
#include "transports.hpp"

namespace wire {
namespace {

Identity identity_for(const RecordedRequest& request) {
  Identity identity;
  identity.base = request.base();
  const std::string version = request.parameter("clientProtocol");
  const bool takes_start = is_known_version(version) && version >= "1.4";
  identity.query.emplace_back("clientProtocol", takes_start ? version : "2.1");
  if (const std::string data = request.parameter("connectionData"); !data.empty()) {
    identity.query.emplace_back("connectionData", data);
  }
  for (const auto& header : essence_of(request).headers) identity.headers.push_back(header);
  if (kind_of(request.transport())) identity.transport = request.transport();
  return identity;
}

/// Puts what was recorded for another request behind one of ours.
RecordedExchange answered_by(RecordedExchange ours, const RecordedExchange& recorded) {
  ours.number = recorded.number;
  ours.t_ms = recorded.t_ms;
  ours.response = recorded.response;
  ours.frames = recorded.frames;
  ours.ended_by = recorded.ended_by;
  ours.ended_ms = recorded.ended_ms;
  return ours;
}

enum class Place {
  negotiate,
  connect,
  start,
  frame,  ///< a result that came over HTTP, as a WebSocket's message
  send,
  poll,
  reconnect,
  abort,
};

/// Which of our requests the answer is fed to.
Place place_of(const RecordedExchange& exchange, const Identity& identity) {
  const RecordedRequest& request = *exchange.request;
  const std::string command = request.command();
  const bool same_transport = request.transport() == identity.transport;
  if (command == "send") {
    if (same_transport && identity.transport != "webSockets" && request.has_parameter("data")) return Place::send;
    return exchange.response && exchange.response->status == 200 ? Place::frame : Place::start;
  }
  if (command == "start" || command == "ping") return Place::start;
  if (command == "abort") return Place::abort;
  if (command == "reconnect" && same_transport) return Place::reconnect;
  if (command == "poll" && same_transport && identity.transport == "longPolling") return Place::poll;
  if (command == "connect" || command == "reconnect" || command == "poll") return Place::connect;
  return command != "negotiate" && request.has_parameter("transport") ? Place::connect : Place::negotiate;
}

/// Where our client has to be so that it asks as the recorded one did.
Position position_in(const RecordedRequest& request) {
  Position position = kUsualPosition;
  if (const std::string id = request.parameter("messageId"); !id.empty()) position.message_id = id;
  position.groups_token = request.parameter("groupsToken");
  return position;
}

// How long before it reconnects a connection begins, and is lost: over HTTP clients wait then (P§7.4), ours 2.5 s at
// most.
constexpr double kLife = 4000;
constexpr double kWait = 3000;

class Feeder {
 public:
  Feeder(const RecordedExchange& recorded, Episode& episode)
      : recorded_(recorded),
        identity_(identity_for(*recorded.request)),
        place_(place_of(recorded, identity_)),
        t_ms_(place_ == Place::reconnect ? recorded.t_ms - kLife : recorded.t_ms),
        lost_ms_(identity_.transport == "webSockets" ? recorded.t_ms : recorded.t_ms - kWait),
        episode_(episode),
        steps_(episode.steps) {}

  void feed() {
    steps_.push_back(usual_negotiate(identity_, t_ms_));
    if (place_ == Place::negotiate) {
      token_ = read_negotiation(recorded_).token;
      steps_.back() = answered_by(steps_.back(), recorded_);
    }
    connect();
    steps_.push_back(usual_start(identity_, token_, t_ms_));
    if (place_ == Place::start) steps_.back() = answered_by(steps_.back(), recorded_);
    go_on();
    end();
  }

 private:
  void connect() {
    steps_.push_back(usual_connect(identity_, token_, t_ms_, position_in(*recorded_.request)));
    RecordedExchange& transport = steps_.back();
    if (place_ == Place::connect) transport = answered_by(transport, recorded_);
    if (place_ == Place::frame) {
      RecordedFrame frame;
      frame.t_ms = recorded_.response->t_ms;
      frame.from_server = true;
      frame.text = recorded_.response->body;
      transport.frames.push_back(frame);
    }
    // Of long polling it is the first poll that fails.
    if (place_ == Place::reconnect && identity_.transport != "longPolling") lose(transport);
  }

  /// The server ends the transport, so that our client reconnects.
  void lose(RecordedExchange& transport) const {
    if (transport.is_websocket()) {
      RecordedFrame close;
      close.t_ms = lost_ms_;
      close.from_server = true;
      close.kind = FrameKind::close;
      close.code = 1000;
      transport.frames.push_back(close);
    } else {
      transport.response->complete = true;
      transport.response->complete_ms = lost_ms_;
    }
    transport.ended_by = EndedBy::server;
    transport.ended_ms = lost_ms_;
  }

  void go_on() {
    const Position position = position_in(*recorded_.request);
    const auto next = [&](const char* command) { return usual_next(identity_, command, token_, t_ms_, position); };
    if (place_ == Place::reconnect && identity_.transport == "longPolling") {
      steps_.push_back(next("poll"));
      steps_.back().ended_by = EndedBy::server;
      steps_.back().ended_ms = lost_ms_;
    }
    if (place_ == Place::reconnect) steps_.push_back(answered_by(next("reconnect"), recorded_));
    if (place_ == Place::poll) steps_.push_back(answered_by(next("poll"), recorded_));
    if (place_ == Place::send) {
      const std::string data = recorded_.request->parameter("data");
      steps_.push_back(answered_by(usual_send(identity_, token_, t_ms_, data), recorded_));
    }
  }

  /// Our user leaves as the recorded client did; where that can't be told, in order.
  void end() {
    const bool open_ended = place_ == Place::connect || place_ == Place::reconnect || place_ == Place::poll;
    const auto closed = std::find_if(recorded_.frames.begin(), recorded_.frames.end(),
                                     [](const RecordedFrame& frame) { return frame.kind == FrameKind::close; });
    const bool closed_by_client = closed != recorded_.frames.end() && !closed->from_server;
    if (closed_by_client) episode_.end_ms = closed->t_ms;
    episode_.ending = open_ended && !closed_by_client ? Ending::drop : Ending::close;
    add_usual_next(episode_, identity_, token_);
    if (episode_.ending == Ending::drop) return;
    steps_.push_back(usual_abort(identity_, token_, episode_.end_ms));
    if (place_ == Place::abort) steps_.back() = answered_by(steps_.back(), recorded_);
  }

  const RecordedExchange& recorded_;
  const Identity identity_;
  const Place place_;
  const double t_ms_;
  const double lost_ms_;  // of a connection that reconnects
  Episode& episode_;
  std::vector<RecordedExchange>& steps_;
  std::string token_ = kUsualToken;
};

}  // namespace

void feed(const RecordedExchange& recorded, Episode& episode) {
  episode.what = "answer " + (recorded.response ? std::to_string(recorded.response->status) : std::string("never")) +
                 " to " + recorded.request->method + " " + recorded.request->path + " at " +
                 std::to_string(static_cast<long>(recorded.t_ms)) + " ms";
  Feeder(recorded, episode).feed();
}

}  // namespace wire
