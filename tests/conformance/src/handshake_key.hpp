// The answer to Sec-WebSocket-Key (RFC 6455 §4.2.2), for whoever plays the server.
#pragma once

#include <string>
#include <string_view>

namespace signalr::conformance {

/// The value of Sec-WebSocket-Accept for that key.
std::string websocket_accept(std::string_view key);

}  // namespace signalr::conformance
