// A handler's registration, which ends with the object.
#pragma once

#include <memory>

#include <signalr/export.hpp>

namespace signalr {

namespace detail::hub {
class Router;
struct Handler;
}  // namespace detail::hub

/// While it lives, its handler is called. When its destructor (or `reset`) has returned the handler isn't running on
/// any other thread, and never will again; inside the handler itself this is fine, too, and waits for nothing.
class SIGNALR_API Subscription {
 public:
  Subscription() noexcept;
  Subscription(std::shared_ptr<detail::hub::Router> router, std::shared_ptr<detail::hub::Handler> handler) noexcept;
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();

  void reset() noexcept;
  /// Keeps the handler for as long as the connection lives.
  void detach() noexcept;

 private:
  std::shared_ptr<detail::hub::Router> router_;
  std::shared_ptr<detail::hub::Handler> handler_;
};

}  // namespace signalr
