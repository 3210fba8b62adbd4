#include "resolver.hpp"

#include <cstring>
#include <utility>

#include <asio/ip/address.hpp>

#include "on_pool.hpp"
#include "steps.hpp"
#include "threads/names.hpp"

namespace signalr::net {
namespace {

Resolved look_up(const std::string& host, std::uint16_t port) {
  threads::Addresses found = threads::ask_system(host);
  Resolved resolved;
  resolved.failure = std::move(found.failure);
  for (const threads::Address& address : found.list) {
    asio::ip::tcp::endpoint endpoint;
    endpoint.resize(static_cast<std::size_t>(address.size));
    std::memcpy(endpoint.data(), &address.bytes, static_cast<std::size_t>(address.size));
    endpoint.port(port);
    resolved.endpoints.push_back(endpoint);
  }
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
      loop, "resolve " + host, [host, port] { return look_up(host, port); }, std::move(handler));
}

}  // namespace signalr::net
