// Names to addresses, as the system knows them. To be asked on the pool: getaddrinfo can hang for half a minute, and
// nothing can wake it.
#pragma once

#include <string>
#include <vector>

#if defined(_WIN32)
#include <ws2tcpip.h>
#else
#include <netdb.h>
#include <sys/socket.h>
#endif

namespace signalr::threads {

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

struct Addresses {
  std::vector<Address> list;  ///< IPv4 and IPv6, port 0
  std::string failure;        ///< the system's words; empty when there are some
};

/// Blocks.
Addresses ask_system(const std::string& host);

}  // namespace signalr::threads
