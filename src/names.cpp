// The names of enumerators, as logs and errors show them.
#include <signalr/gap.hpp>
#include <signalr/log.hpp>
#include <signalr/transport_kind.hpp>

namespace signalr {

std::string_view to_string(TransportKind kind) noexcept {
  switch (kind) {
    case TransportKind::websockets:
      return "webSockets";
    case TransportKind::server_sent_events:
      return "serverSentEvents";
    case TransportKind::long_polling:
      return "longPolling";
  }
  return "?";
}

std::string_view to_string(Gap::Reason reason) noexcept {
  switch (reason) {
    case Gap::Reason::other_server:
      return "other server";
    case Gap::Reason::cursor_discarded:
      return "cursor discarded";
    case Gap::Reason::topic_recreated:
      return "topic recreated";
    case Gap::Reason::topic_jumped:
      return "topic jumped";
    case Gap::Reason::poll_jumped:
      return "poll jumped";
    case Gap::Reason::frame_dropped:
      return "frame dropped";
    case Gap::Reason::restarted:
      return "restarted";
  }
  return "?";
}

std::string_view to_string(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::trace:
      return "trace";
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "?";
}

}  // namespace signalr
