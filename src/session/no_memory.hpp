// A frame of the server's that there is no memory for: that is a loss of the transport, as any other failure of it.
#pragma once

#include <string>

#include <signalr/transport_error.hpp>

namespace signalr::detail::session {

inline ErrorPtr no_memory_for(const std::string& what) {
  return TransportError(TransportFailure::io, "there is no memory for " + what, Sent::maybe).clone();
}

}  // namespace signalr::detail::session
