// A handler's registration, which ends with the object.
#pragma once

#include <memory>

#include <signalr/export.hpp>

namespace signalr {

class Client;

namespace detail::hub {
class Proxy;
struct Handler;
}  // namespace detail::hub

/// While it lives, its handler is called, by each connection that its Client is dialed for. When its destructor (or
/// `reset`) has returned the handler isn't running on any other thread, and never will again; inside the handler itself
/// this is fine, too, and waits for nothing.
class SIGNALR_API Subscription {
 public:
  Subscription() noexcept;
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();

  void reset() noexcept;
  /// Keeps the handler for as long as the Client, or a connection of it, lives.
  void detach() noexcept;

 private:
  friend class Client;
  Subscription(std::shared_ptr<detail::hub::Proxy> client, std::shared_ptr<detail::hub::Handler> handler) noexcept;

  std::shared_ptr<detail::hub::Proxy> client_;
  std::shared_ptr<detail::hub::Handler> handler_;
};

}  // namespace signalr
