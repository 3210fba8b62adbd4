// The WebsocketConn of callers that are on the connection's own loop.
#pragma once

#include <memory>
#include <string>

#include <signalr/executor.hpp>
#include <signalr/websocket.hpp>

#include "loop.hpp"
#include "stream.hpp"

namespace signalr::net {

/// `executor` is the one that `loop` belongs to; the handle keeps it. For the rest see Connection.
std::unique_ptr<WebsocketConn> make_conn(std::shared_ptr<Executor> executor, std::shared_ptr<Loop> loop,
                                         std::unique_ptr<Stream> stream, std::string peer, std::string received,
                                         std::size_t max_message_bytes);

}  // namespace signalr::net
