#include "user.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "equivalence.hpp"
#include "json.hpp"
#include "negotiation.hpp"
#include "transports.hpp"

namespace wire {
namespace {

// How often the user looks whether it can go on.
constexpr std::chrono::milliseconds kPause(1);

using signalr::ConnectionState;
using signalr::Error;

std::string encoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= '0' && c <= '9') || (lower(std::string(1, c))[0] >= 'a' && lower(std::string(1, c))[0] <= 'z') ||
        c == '-' || c == '.' || c == '_' || c == '~') {
      result += c;
    } else {
      result += '%';
      result += kDigits[byte >> 4];
      result += kDigits[byte & 15];
    }
  }
  return result;
}

/// The user's own parameters.
std::string params_of(const RecordedRequest& negotiate) {
  std::string result;
  for (const auto& [name, value] : negotiate.query) {
    const std::string key = lower(name);
    if (key == "clientprotocol" || key == "connectiondata" || key == "connectiontoken" || key == "_" || key == "tid" ||
        key == "nocache" || key == "access_token") {
      continue;
    }
    result += (result.empty() ? "" : "&") + encoded(name) + '=' + encoded(value);
  }
  return result;
}

/// Those that the recorded client tried, in its order. WebSockets first where the server doesn't have them: our client
/// leaves them out by itself.
std::vector<signalr::TransportKind> transports_of(const Episode& episode) {
  std::vector<signalr::TransportKind> transports;
  if (!read_negotiation(*episode.all("negotiate").back()).try_websockets) {
    transports.push_back(signalr::TransportKind::websockets);
  }
  for (const RecordedExchange* connect : episode.all("connect")) {
    const auto kind = kind_of(connect->request->transport());
    if (kind && std::find(transports.begin(), transports.end(), *kind) == transports.end()) transports.push_back(*kind);
  }
  return transports;
}

void set_headers(signalr::DialOptions& options, const RecordedRequest& negotiate) {
  for (const auto& [name, value] : essence_of(negotiate).headers) {
    if (name == "cookie") {
      const std::size_t equals = value.find('=');
      options.cookies.emplace_back(value.substr(0, equals), equals == value.npos ? "" : value.substr(equals + 1));
    } else {
      options.headers.add(name, value);
    }
  }
}

}  // namespace

std::string origin_of(const RecordedExchange& exchange) {
  const std::string host = value_of(exchange.request->headers, "Host");
  return "http://" + (host.empty() ? std::string("recorded.test") : host);
}

User::User(const Episode& episode, Api api, signalr::memory::Network& network, Timeline& timeline,
           Transcript& transcript, tracing::Trace& trace)
    : episode_(episode),
      network_(network),
      timeline_(timeline),
      transcript_(transcript),
      trace_(trace),
      messages_(episode.said_by_client()),
      part_(make_user_part(api, episode, transcript)) {
  transcript.api = api;
}

signalr::DialOptions User::options() {
  const RecordedRequest& negotiate = *episode_.steps.front().request;
  signalr::DialOptions options;
  options.http_client = network_.http_client();
  options.dialer = network_.dialer();
  options.executor = network_.executor();
  trace_.watch(options);
  options.protocol = negotiate.parameter("clientProtocol");
  options.params = signalr::QueryParams(params_of(negotiate));
  set_headers(options, negotiate);
  if (auto transports = transports_of(episode_); !transports.empty()) options.transports = std::move(transports);
  options.max_negotiate_retries = 0;
  options.max_connect_retries = 0;
  options.max_start_retries = 0;
  options.random = [] { return std::uint32_t{1} << 31; };
  Transcript& seen = transcript_;
  options.events.on_state_changed = [&seen, &trace = trace_](ConnectionState from, ConnectionState to) {
    trace.add("state ", to_string(to));
    seen.transitions.emplace_back(from, to);
  };
  options.events.on_transport_failed = [&seen, &trace = trace_](signalr::TransportKind transport, const Error& reason) {
    trace.add("on_transport_failed ", to_string(transport), " ", reason);
    seen.given_up.emplace_back(transport, reason.clone());
  };
  options.events.on_reconnecting = [&seen, &trace = trace_](const Error& reason, int attempt) {
    trace.add("on_reconnecting ", attempt, " ", reason);
    seen.losses.push_back(reason.clone());
  };
  options.events.on_closed = [&seen, &trace = trace_](const Error* reason) {
    trace.add("on_closed ", reason);
    ++seen.closed;
    seen.closed_reason = reason != nullptr ? reason->clone() : nullptr;
  };
  options.events.on_error = [&seen, &trace = trace_](const Error& error) {
    trace.add("on_error ", error);
    seen.errors.push_back(error.clone());
  };
  options.log = [&seen](signalr::LogLevel, std::string_view line) { seen.log.emplace_back(line); };
  return options;
}

void User::begin() {
  const RecordedExchange& negotiate = episode_.steps.front();
  dialing_ = signalr::async_dial(origin_of(negotiate) + negotiate.request->base(),
                                 signalr::ConnectionData{negotiate.request->parameter("connectionData")}, options(),
                                 [this](signalr::Result<signalr::Conn> result) {
                                   if (!result.ok()) {
                                     transcript_.dial_error = result.error_ptr();
                                     transcript_.finished = true;
                                     return;
                                   }
                                   conn_ = std::move(result).value();
                                   has_conn_ = true;
                                   transcript_.connected = true;
                                   transcript_.at_connect = conn_.state();
                                   part_->begin(conn_);
                                   act(0);
                                 });
}

void User::then_at(double t_ms, signalr::Task task) {
  const auto& executor = network_.executor();
  executor->schedule(std::max(timeline_.at(t_ms), executor->now()), [this, t_ms, task = std::move(task)]() mutable {
    if (timeline_.at(t_ms) > network_.executor()->now()) return then_at(t_ms, std::move(task));  // all is later by now
    task();
  });
}

void User::act(std::size_t next) {
  if (next == messages_.size()) {
    // A little later, so that what happened last, the server's end for one, is seen.
    const double later = episode_.ending == Ending::drop ? 50 : 0.5;
    return then_at(episode_.end_ms + later, [this] { end(); });
  }
  then_at(messages_[next].t_ms, [this, next] {
    when_ready(next, [this, next] {
      part_->send(conn_, next, messages_[next].text);
      act(next + 1);
    });
  });
}

/// Our client may take longer to reconnect than the recorded one did, and the recorded user may have waited for an
/// answer: so does ours, but not for ever.
void User::when_ready(std::size_t next, signalr::Task task, std::chrono::milliseconds patience) {
  const bool ready = conn_.connection_state() != ConnectionState::reconnecting && part_->may_send(next);
  if (ready || patience < kPause) return task();
  network_.executor()->schedule(network_.executor()->now() + kPause,
                                [this, next, task = std::move(task), patience]() mutable {
                                  when_ready(next, std::move(task), patience - kPause);
                                });
}

void User::end() {
  if (episode_.ending == Ending::drop) {
    transcript_.at_end = conn_.state();
    leave();
    transcript_.finished = true;
    return;
  }
  const auto close = [this] {
    transcript_.closing = true;
    transcript_.run.lived.end_ms = timeline_.stamp(network_.executor()->now());
    conn_.async_close([this](signalr::Result<void> closed) {
      if (!closed.ok()) transcript_.not_sent.push_back(closed.error_ptr());
      transcript_.at_end = conn_.state();
      transcript_.finished = true;
    });
  };
  episode_.ends_reconnecting() ? close() : when_ready(messages_.size(), close);
}

void User::leave() {
  dialing_ = {};
  if (!has_conn_) return;
  has_conn_ = false;
  conn_ = {};
}

}  // namespace wire
