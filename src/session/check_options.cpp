#include "session/check_options.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>

#include <signalr/errors.hpp>

#include "protocol/cookie_jar.hpp"
#include "protocol/header_rules.hpp"
#include "protocol/protocol_version.hpp"

namespace signalr::detail::session {
namespace {

constexpr Duration kLongestWait = std::chrono::hours(24 * 365 * 100);

void require(bool holds, const char* option, const char* demand) {
  if (!holds) throw UsageError(std::string(option) + ' ' + demand);
}

void check_network(const DialOptions& options) {
  require(options.http_client != nullptr, "DialOptions::http_client", "is not set; see make_default_transport");
  require(!options.transports.empty(), "DialOptions::transports", "is empty");
  const auto& transports = options.transports;
  for (auto one = transports.begin(); one != transports.end(); ++one) {
    require(std::find(std::next(one), transports.end(), *one) == transports.end(), "DialOptions::transports",
            "names a transport twice");
  }
  require(options.dialer != nullptr || transports.size() > 1 || transports.front() != TransportKind::websockets,
          "DialOptions::dialer",
          "is not set, but DialOptions::transports names nothing but WebSockets; see make_default_transport");
  require(options.parallel_sends > 0, "DialOptions::parallel_sends", "must be positive");
}

void check_identity(const DialOptions& options) {
  const auto version = protocol::ProtocolVersion::parse(options.protocol);
  if (!version || *version < protocol::kMinVersion || protocol::kMaxVersion < *version) {
    throw UsageError("DialOptions::protocol is \"" + options.protocol + "\", expected \"1.2\" to \"2.1\"");
  }
  protocol::check_user_headers(options.headers).value();
  for (const auto& [name, value] : options.cookies) protocol::check_user_cookie(name, value).value();
}

void check_times(const DialOptions& options) {
  const auto check_wait = [](Duration wait, const char* option) {
    require(wait >= Duration::zero(), option, "must not be negative");
    require(wait <= kLongestWait, option, "must be less than a hundred years");
  };
  check_wait(options.retry_interval, "DialOptions::retry_interval");
  check_wait(options.extra_connect_timeout, "DialOptions::extra_connect_timeout");
  check_wait(options.max_retry_after, "DialOptions::max_retry_after");
  if (options.restart) {
    check_wait(options.restart->first_delay, "RestartOptions::first_delay");
    check_wait(options.restart->max_delay, "RestartOptions::max_delay");
    require(options.restart->jitter >= 0 && options.restart->jitter <= 1, "RestartOptions::jitter", "must be 0 to 1");
  }
  const auto check_timeout = [](Duration timeout, const char* option) {
    require(timeout > Duration::zero(), option, "must be positive");
  };
  check_timeout(options.request_timeout, "DialOptions::request_timeout");
  check_timeout(options.close_timeout, "DialOptions::close_timeout");
  require(options.max_reconnect_duration.value_or(Duration::zero()) >= Duration::zero(),
          "DialOptions::max_reconnect_duration", "must not be negative");
}

void check_limits(const Limits& limits) {
  const auto positive = [](auto limit, const char* option) { require(limit > 0, option, "must be positive"); };
  positive(limits.max_message_bytes, "Limits::max_message_bytes");
  positive(limits.max_depth, "Limits::max_depth");
  positive(limits.max_frame_elements, "Limits::max_frame_elements");
  positive(limits.max_response_bytes, "Limits::max_response_bytes");
  positive(limits.max_header_bytes, "Limits::max_header_bytes");
  positive(limits.max_token_bytes, "Limits::max_token_bytes");
  require(limits.max_negotiate_redirects >= 0, "Limits::max_negotiate_redirects", "must not be negative");
  require(limits.max_http_redirects >= 0, "Limits::max_http_redirects", "must not be negative");
  positive(limits.max_receive_queue_messages, "Limits::max_receive_queue_messages");
  positive(limits.max_receive_queue_bytes, "Limits::max_receive_queue_bytes");
  positive(limits.max_hub_state_bytes, "Limits::max_hub_state_bytes");
  positive(limits.max_send_queue_messages, "Limits::max_send_queue_messages");
  positive(limits.max_send_queue_bytes, "Limits::max_send_queue_bytes");
}

}  // namespace

void check_options(const DialOptions& options) {
  check_network(options);
  check_identity(options);
  check_times(options);
  check_limits(options.limits);
}

}  // namespace signalr::detail::session
