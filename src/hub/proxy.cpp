#include "hub/proxy.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "hub/router.hpp"
#include "hub/stream_core.hpp"
#include "protocol/ascii.hpp"

namespace signalr::detail::hub {

Proxy::Proxy(std::string hub)
    : hub_(std::move(hub)), states_(std::make_shared<HubStates>(std::numeric_limits<std::size_t>::max())) {}

std::shared_ptr<Router> Proxy::last_router() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return router_;
}

std::shared_ptr<Router> Proxy::router() const {
  auto router = last_router();
  if (router == nullptr) {
    throw UsageError("the Client of hub \"" + hub_ +
                     "\" isn't connected yet: dial it first, dial(url, {client}, options)");
  }
  return router;
}

HandlerPtr Proxy::on_call(std::string_view method, CallHandler call) {
  auto handler = std::make_shared<Handler>(hub_, method);
  handler->call = std::move(call);
  return add(std::move(handler));
}

HandlerPtr Proxy::on_result(ResultHandler result) {
  auto handler = std::make_shared<Handler>(hub_, "");
  handler->result = std::move(result);
  return add(std::move(handler));
}

HandlerPtr Proxy::add(HandlerPtr handler) {
  std::shared_ptr<Router> router;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    handlers_.emplace(handler->number, handler);
    router = router_;
    handler->owner.store(router.get(), std::memory_order_release);
  }
  if (router != nullptr) router->add(handler);
  return handler;
}

void Proxy::drop(const HandlerPtr& handler) noexcept {
  for (const auto& router : forget(handler)) router->remove(handler);
}

void Proxy::remove(const HandlerPtr& handler) noexcept {
  for (const auto& router : forget(handler)) {
    router->wait_until_outside();
    router->remove(handler);
  }
}

std::vector<std::shared_ptr<Router>> Proxy::forget(const HandlerPtr& handler) {
  std::vector<std::shared_ptr<Router>> routers;
  const std::lock_guard<std::mutex> lock(mutex_);
  handlers_.erase(handler->number);
  handler->owner.store(nullptr, std::memory_order_release);
  for (const auto& earlier : earlier_) {
    if (auto router = earlier.lock()) routers.push_back(std::move(router));
  }
  if (router_ != nullptr) routers.push_back(router_);
  return routers;
}

// On a connection that is over it waits for the next one.
std::shared_ptr<StreamCore> Proxy::add_stream(std::string_view method, const StreamOptions& options,
                                              const CallOptions& life) {
  std::shared_ptr<Router> router = last_router();
  bool live = router != nullptr && router->end_reason() == nullptr;
  const auto handler = std::make_shared<Handler>(hub_, method);
  auto stream = std::make_shared<StreamCore>(shared_from_this(), handler, options, life, router.get());
  handler->call = [weak = std::weak_ptr(stream)](const HubCallView& call) {
    if (const auto open = weak.lock()) open->push(call);
  };
  std::shared_ptr<StreamCore> other;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto& place = streams_[protocol::to_lower(method)];
    other = place.lock();
    if (other != nullptr && !other->is_over()) throw DuplicateCallbackError(hub_, std::string(method));
    place = stream;
    if (router != router_) {  // the next one has come meanwhile
      router = router_;
      live = true;
    }
  }
  if (live) router->open(stream);
  return stream;
}

std::optional<RawJson> Proxy::state(std::string_view name) const {
  std::shared_ptr<HubStates> states;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    states = states_;
  }
  return states->get(hub_, name);
}

void Proxy::set_state(std::string_view name, RawJson value) {
  const std::lock_guard<std::mutex> lock(mutex_);
  states_->set(hub_, name, std::move(value));
}

// Asked for by each call; most Clients have none.
Deadline Proxy::default_timeout() const {
  if (!has_default_timeout_.load(std::memory_order_acquire)) return {};
  const std::lock_guard<std::mutex> lock(mutex_);
  return default_timeout_;
}

void Proxy::set_default_timeout(Deadline timeout) {
  const std::lock_guard<std::mutex> lock(mutex_);
  default_timeout_ = timeout;
  has_default_timeout_.store(true, std::memory_order_release);
}

void Proxy::begin_dial(const std::shared_ptr<Router>& router) {
  std::vector<std::shared_ptr<void>> kept;  // so that nothing is destroyed under the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& other : {router_, dialing_.lock()}) {
    if (other == nullptr) continue;
    kept.push_back(other);
    kept.push_back(other->session());
    if (other->end_reason() == nullptr) {
      throw UsageError("the Client of hub \"" + hub_ +
                       "\" is dialed already: close that connection first, or make another Client");
    }
  }
  dialing_ = router;
}

void Proxy::attach(const std::shared_ptr<Router>& router) {
  std::vector<HandlerPtr> handlers;
  std::vector<std::shared_ptr<StreamCore>> streams;
  std::shared_ptr<Router> before = router;
  std::shared_ptr<HubStates> old_states(router, &router->states());
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    old_states->copy(hub_, *states_);
    states_.swap(old_states);
    router_.swap(before);
    dialing_.reset();
    const auto gone = [](const std::weak_ptr<Router>& other) { return other.expired(); };
    earlier_.erase(std::remove_if(earlier_.begin(), earlier_.end(), gone), earlier_.end());
    if (before != nullptr) earlier_.push_back(before);
    for (const auto& [number, handler] : handlers_) {
      handler->owner.store(router.get(), std::memory_order_release);
      handlers.push_back(handler);
    }
    for (const auto& [method, weak] : streams_) {
      if (auto stream = weak.lock()) streams.push_back(std::move(stream));
    }
  }
  for (const auto& handler : handlers) router->attach(handler);
  for (const auto& stream : streams) router->begin(stream);
}

}  // namespace signalr::detail::hub
