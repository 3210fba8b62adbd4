#include <signalr/subscription.hpp>

#include <utility>

#include "hub/proxy.hpp"

namespace signalr {

Subscription::Subscription() noexcept = default;
Subscription::Subscription(std::shared_ptr<detail::hub::Proxy> client,
                           std::shared_ptr<detail::hub::Handler> handler) noexcept
    : client_(std::move(client)), handler_(std::move(handler)) {}
Subscription::Subscription(Subscription&&) noexcept = default;

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    reset();
    client_ = std::move(other.client_);
    handler_ = std::move(other.handler_);
  }
  return *this;
}

Subscription::~Subscription() { reset(); }

void Subscription::reset() noexcept {
  if (handler_ != nullptr) client_->remove(handler_);
  detach();
}

void Subscription::detach() noexcept {
  handler_.reset();
  client_.reset();
}

}  // namespace signalr
