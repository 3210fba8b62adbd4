#include <signalr/client.hpp>

#include <mutex>
#include <vector>

#include "hub/router.hpp"
#include "session/blocking_call.hpp"

namespace signalr {

struct Client::State {
  std::string hub;
  std::shared_ptr<detail::session::Session> session;
  std::shared_ptr<detail::hub::Router> router;
  std::mutex mutex;
  Deadline default_timeout;
};

Client::Client(std::string hub, Conn& conn) : state_(std::make_unique<State>()) {
  state_->session = conn.session();
  if (!state_->session->names_hub(hub)) {
    throw UsageError("the connection was not dialed for hub \"" + hub + "\"; name it in Hubs");
  }
  state_->hub = std::move(hub);
  state_->router = detail::hub::Router::of(state_->session);
}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Client::State& Client::self() const {
  if (state_ == nullptr) throw UsageError("this Client is empty: it was moved from");
  return *state_;
}

const std::string& Client::hub() const { return self().hub; }
const std::shared_ptr<Executor>& Client::executor() const { return self().session->executor(); }

Invocation Client::invoke_encoded(std::string_view method, std::string_view args, const CallOptions& options) {
  return Invocation(self().router->invoke(self().hub, method, args, options));
}

void Client::notify_encoded(std::string_view method, std::string_view args) {
  self().router->notify(self().hub, method, args);
}

void Client::set_default_timeout(Deadline timeout) {
  const std::lock_guard<std::mutex> lock(self().mutex);
  self().default_timeout = timeout;
}

CallOptions Client::default_options() const {
  const std::lock_guard<std::mutex> lock(self().mutex);
  return CallOptions{self().default_timeout, {}};
}

Subscription Client::on_call(std::string_view method, CallHandler handler) {
  if (method.empty()) throw UsageError("the method of a handler is empty; use on_any for all of them");
  return Subscription(self().router, self().router->add_handler(self().hub, method, std::move(handler)));
}

Subscription Client::on_any(CallHandler handler) {
  return Subscription(self().router, self().router->add_handler(self().hub, {}, std::move(handler)));
}

Subscription Client::on_result(ResultHandler handler) {
  return Subscription(self().router, self().router->add_result_tap(self().hub, std::move(handler)));
}

CallbackStream Client::callback(std::string_view method, const StreamOptions& options, const CallOptions& life) {
  return CallbackStream(self().router->add_stream(self().hub, method, options, life));
}

void Client::run(const CallOptions& options) {
  const auto session = self().session;
  detail::session::BlockingCall<void> waiting(session->context(), "run", options);
  async_run(waiting.handler(), options);
  waiting.wait().value();
}

void Client::async_run(UniqueFunction<void(Result<void>)> handler, const CallOptions& options) {
  const auto session = self().session;  // also when the Client is destroyed meanwhile
  self().router->handlers_complete();
  session->async_wait_end(std::move(handler), options);
}

void Client::close(const CallOptions& options) {
  const auto session = self().session;
  detail::session::BlockingCall<void> waiting(session->context(), "close", options);
  session->async_close(waiting.handler(), options);
  waiting.wait().value();
}

std::optional<RawJson> Client::state(std::string_view name) const {
  return self().router->states().get(self().hub, name);
}

void Client::set_state(std::string_view name, RawJson value) {
  self().router->states().set(self().hub, name, std::move(value));
}

}  // namespace signalr
