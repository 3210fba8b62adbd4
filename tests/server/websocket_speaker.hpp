// A WebSocket on a wire, once its upgrade was accepted.
#pragma once

#include <memory>
#include <signalr/server/site.hpp>

#include "raw_bytes.hpp"
#include "websocket_codec.hpp"
#include "wire.hpp"

namespace signalr::test {

/// Takes the wire over. The socket is a RawBytes, too.
std::shared_ptr<server::Socket> serve_websocket(const std::shared_ptr<Wire>& wire, server::SocketHandlers handlers);

}  // namespace signalr::test
