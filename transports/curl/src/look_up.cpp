#include "look_up.hpp"

#include <array>

#if !defined(_WIN32)
#include <arpa/inet.h>
#endif

#include "threads/names.hpp"

namespace signalr::curl {
namespace {

/// libcurl knows that they mean this machine.
bool is_localhost(const std::string& host) {
  static const std::string kLocal = "localhost";
  if (host.size() < kLocal.size()) return false;
  const std::size_t rest = host.size() - kLocal.size();
  return host.compare(rest, kLocal.size(), kLocal) == 0 && (rest == 0 || host[rest - 1] == '.');
}

}  // namespace

std::string name_to_look_up(const Url& url) {
  return url.host_is_address() || is_localhost(url.host) ? std::string() : url.host;
}

void LookUp::run() {
  Addresses addresses;
  for (const threads::Address& found : threads::ask_system(name_).list) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (found.bytes.ss_family == AF_INET) {
      const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(found.bytes);
      if (::inet_ntop(AF_INET, &ipv4.sin_addr, text.data(), text.size()) != nullptr)
        addresses.emplace_back(text.data());
    } else {
      const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(found.bytes);
      if (ipv6.sin6_scope_id != 0) continue;  // CURLOPT_RESOLVE can't say it
      if (::inet_ntop(AF_INET6, &ipv6.sin6_addr, text.data(), text.size()) != nullptr) {
        addresses.push_back('[' + std::string(text.data()) + ']');
      }
    }
  }
  handler_(std::move(addresses));
}

}  // namespace signalr::curl
