// The ways to carry a connection.
#pragma once

#include <string_view>

#include <signalr/export.hpp>

namespace signalr {

/// A transport (P§4). docs/transports.md says what differs between them.
enum class TransportKind {
  websockets,          ///< one socket for both directions
  server_sent_events,  ///< an HTTP answer that doesn't end brings the frames; a request each takes a message along
  long_polling,        ///< a request each brings what has come up, or takes a message along
};

/// The name on the wire: webSockets, serverSentEvents, longPolling.
SIGNALR_API std::string_view to_string(TransportKind kind) noexcept;

}  // namespace signalr
