// Which header fields users may set on our requests.
#pragma once

#include <signalr/headers.hpp>
#include <signalr/result.hpp>

namespace signalr::detail::protocol {

/// UsageError for names that are no HTTP tokens, for line ends and other control characters in values, and for fields
/// that are the transport's or ours: Host, Connection, Upgrade, Content-Length, Transfer-Encoding, Sec-WebSocket-*,
/// Cookie, … (P#134, P§10). Never shows a value.
Result<void> check_user_headers(const Headers& headers);

}  // namespace signalr::detail::protocol
