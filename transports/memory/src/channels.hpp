// The three transports as channels: a WebSocket, an event stream, a poll that waits for its answer.
#pragma once

#include <memory>
#include <string>

#include <signalr/server/hub_server.hpp>
#include <signalr/server/site.hpp>

namespace signalr::server {

extern const std::string kWebSockets;
extern const std::string kServerSentEvents;
extern const std::string kLongPolling;

std::shared_ptr<Channel> make_socket_channel(std::shared_ptr<Socket> socket);
// Starts the answer: headers, and "data: initialized" (P§4.1).
std::shared_ptr<Channel> make_stream_channel(std::shared_ptr<Exchange> exchange, std::string line_end);
// Starts the answer: its headers are sent at once (P§5.5).
std::shared_ptr<Channel> make_poll_channel(std::shared_ptr<Exchange> exchange);

}  // namespace signalr::server
