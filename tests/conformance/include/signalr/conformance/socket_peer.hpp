// A peer on 127.0.0.1 with real sockets and a thread of its own; POSIX only, no third-party code.
#pragma once

#include <memory>

#include <signalr/conformance/peer.hpp>
#include <signalr/export.hpp>

namespace signalr::conformance {

/// Listens on a port that the system chose. Its destructor breaks all connections and joins the thread.
/// Throws std::system_error when the system gives no socket.
SIGNALR_API std::unique_ptr<Peer> make_socket_peer();

}  // namespace signalr::conformance
