#include "names.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

namespace signalr::threads {
namespace {

std::string words_for(int code) {
#if defined(EAI_SYSTEM)
  return code == EAI_SYSTEM ? std::generic_category().message(errno) : ::gai_strerror(code);
#else
  return std::system_category().message(code);
#endif
}

}  // namespace

Addresses ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  Addresses found;
  if (const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0) {
    found.failure = words_for(code);
    return found;
  }
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    Address& address = found.list.emplace_back();
    address.size = static_cast<socklen_t>(entry->ai_addrlen);
    std::memcpy(&address.bytes, entry->ai_addr, static_cast<std::size_t>(entry->ai_addrlen));
  }
  ::freeaddrinfo(list);
  if (found.list.empty()) found.failure = "it has neither an IPv4 nor an IPv6 address";
  return found;
}

}  // namespace signalr::threads
