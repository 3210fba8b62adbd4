#include "resolver.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <asio/ip/address.hpp>

#include "on_pool.hpp"
#include "steps.hpp"

namespace signalr::net {
namespace {

std::string words_for(int code) {
#if defined(EAI_SYSTEM)
  return code == EAI_SYSTEM ? std::generic_category().message(errno) : ::gai_strerror(code);
#else
  return std::system_category().message(code);
#endif
}

Resolved ask_system(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  Resolved resolved;
  if (const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0) {
    resolved.failure = words_for(code);
    return resolved;
  }
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    asio::ip::tcp::endpoint endpoint;
    endpoint.resize(static_cast<std::size_t>(entry->ai_addrlen));
    std::memcpy(endpoint.data(), entry->ai_addr, static_cast<std::size_t>(entry->ai_addrlen));
    endpoint.port(port);
    resolved.endpoints.push_back(endpoint);
  }
  ::freeaddrinfo(list);
  if (resolved.endpoints.empty()) resolved.failure = "it has neither an IPv4 nor an IPv6 address";
  return resolved;
}

/// An address needs no asking.
class Literal : public std::enable_shared_from_this<Literal> {
 public:
  Literal(std::shared_ptr<Loop> loop, const asio::ip::tcp::endpoint& endpoint, ResolveHandler handler)
      : loop_(std::move(loop)), endpoint_(endpoint), handler_(std::move(handler)) {}

  void start() {
    loop_->post([self = shared_from_this()] {
      if (self->handler_) std::exchange(self->handler_, nullptr)({{self->endpoint_}, {}});
    });
  }
  void cancel() noexcept { handler_ = nullptr; }

 private:
  const std::shared_ptr<Loop> loop_;
  const asio::ip::tcp::endpoint endpoint_;
  ResolveHandler handler_;
};

}  // namespace

std::unique_ptr<Operation> resolve(const std::shared_ptr<Loop>& loop, const std::string& host, std::uint16_t port,
                                   ResolveHandler handler) {
  asio::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) {
    return begin_step<Literal>(loop, asio::ip::tcp::endpoint(address, port), std::move(handler));
  }
  return run_on_pool<Resolved>(
      loop, "resolve " + host, [host, port] { return ask_system(host, port); }, std::move(handler));
}

}  // namespace signalr::net
