// The upgrade of a connection to a WebSocket (RFC 6455 §4.1), from the client's side.
#pragma once

#include <string>

#include <signalr/blocking_websocket.hpp>

#include "socket.hpp"

/// Upgrades an open connection. `in` gets what came behind the answer. A 101 is a valid one; throws TransportError.
signalr::BlockingWebsocket::Answer upgrade(PlainSocket& socket, const signalr::DialRequest& request, std::string& in);
