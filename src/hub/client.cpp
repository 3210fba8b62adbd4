#include <signalr/client.hpp>

#include <mutex>
#include <vector>

#include "hub/router.hpp"
#include "session/blocking_call.hpp"

namespace signalr {

struct Client::State {
  std::string hub;
  std::shared_ptr<session::Session> session;
  std::shared_ptr<hub::Router> router;
  mutable std::mutex mutex;
  Deadline default_timeout;
};

Client::Client(std::string hub, Conn& conn) : state_(std::make_unique<State>()) {
  state_->session = conn.session();
  if (!state_->session->names_hub(hub)) {
    throw UsageError("the connection was not dialed for hub \"" + hub + "\"; name it in Hubs");
  }
  state_->hub = std::move(hub);
  state_->router = hub::Router::of(state_->session);
}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

const std::string& Client::hub() const noexcept { return state_->hub; }
const std::shared_ptr<Executor>& Client::executor() const noexcept { return state_->session->executor(); }

Invocation Client::invoke_encoded(std::string_view method, std::string_view args, const CallOptions& options) {
  return Invocation(state_->router->invoke(state_->hub, method, args, options));
}

void Client::notify_encoded(std::string_view method, std::string_view args) {
  state_->router->notify(state_->hub, method, args);
}

void Client::set_default_timeout(Deadline timeout) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  state_->default_timeout = timeout;
}

CallOptions Client::default_options() const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return CallOptions{state_->default_timeout, {}};
}

Subscription Client::on_call(std::string_view method, CallHandler handler) {
  if (method.empty()) throw UsageError("the method of a handler is empty; use on_any for all of them");
  return Subscription(state_->router, state_->router->add_handler(state_->hub, method, std::move(handler)));
}

Subscription Client::on_any(CallHandler handler) {
  return Subscription(state_->router, state_->router->add_handler(state_->hub, {}, std::move(handler)));
}

Subscription Client::on_result(ResultHandler handler) {
  return Subscription(state_->router, state_->router->add_result_tap(state_->hub, std::move(handler)));
}

CallbackStream Client::callback(std::string_view method, const StreamOptions& options, const CallOptions& life) {
  return CallbackStream(state_->router->add_stream(state_->hub, method, options, life));
}

void Client::run(const CallOptions& options) {
  const auto session = state_->session;
  session::BlockingCall<void> waiting(*session->executor(), "run");
  async_run(waiting.handler(), options);
  waiting.wait().value();
}

void Client::async_run(UniqueFunction<void(Result<void>)> handler, const CallOptions& options) {
  const auto session = state_->session;  // also when the Client is destroyed meanwhile
  state_->router->handlers_complete();
  session->async_wait_end(std::move(handler), options);
}

void Client::close(const CallOptions& options) {
  const auto session = state_->session;
  session::BlockingCall<void> waiting(*session->executor(), "close");
  session->async_close(waiting.handler(), options);
  waiting.wait().value();
}

std::optional<RawJson> Client::state(std::string_view name) const {
  return state_->router->states().get(state_->hub, name);
}

void Client::set_state(std::string_view name, RawJson value) {
  state_->router->states().set(state_->hub, name, std::move(value));
}

}  // namespace signalr
