#include <signalr/subscription.hpp>

#include <utility>

#include "hub/router.hpp"

namespace signalr {

Subscription::Subscription() noexcept = default;
Subscription::Subscription(std::shared_ptr<detail::hub::Router> router,
                           std::shared_ptr<detail::hub::Handler> handler) noexcept
    : router_(std::move(router)), handler_(std::move(handler)) {}
Subscription::Subscription(Subscription&&) noexcept = default;

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    reset();
    router_ = std::move(other.router_);
    handler_ = std::move(other.handler_);
  }
  return *this;
}

Subscription::~Subscription() { reset(); }

void Subscription::reset() noexcept {
  if (handler_ != nullptr) router_->remove_handler(handler_);
  detach();
}

void Subscription::detach() noexcept {
  handler_.reset();
  router_.reset();
}

}  // namespace signalr
