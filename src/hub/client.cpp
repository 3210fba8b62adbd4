#include <signalr/client.hpp>

#include "hub/proxy.hpp"
#include "hub/router.hpp"
#include "session/blocking_call.hpp"

namespace signalr {

namespace {

std::shared_ptr<detail::session::Session> session_of(const detail::hub::Router& router, const char* call) {
  auto session = router.session();
  if (session == nullptr) throw ConnectionGone(std::string(call) + " failed: the connection was destroyed");
  return session;
}

}  // namespace

Client::Client(std::string hub) : proxy_(std::make_shared<detail::hub::Proxy>(std::move(hub))) {}

Client::Client(std::string hub, Conn& conn) {
  const auto& session = conn.session();
  if (!session->names_hub(hub)) {
    throw UsageError("the connection was not dialed for hub \"" + hub + "\"; name it in Hubs");
  }
  const auto router = detail::hub::Router::of(session);
  proxy_ = std::make_shared<detail::hub::Proxy>(std::move(hub));
  proxy_->attach(router);
}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

const std::shared_ptr<detail::hub::Proxy>& Client::proxy() const {
  if (proxy_ == nullptr) throw UsageError("this Client is empty: it was moved from");
  return proxy_;
}

const std::string& Client::hub() const { return proxy()->hub(); }
std::shared_ptr<Executor> Client::executor() const { return proxy()->router()->executor(); }

Invocation Client::invoke_encoded(std::string_view method, std::string_view args, const CallOptions& options) {
  return Invocation(proxy()->router()->invoke(hub(), method, args, options));
}

void Client::notify_encoded(std::string_view method, std::string_view args) {
  proxy()->router()->notify(hub(), method, args);
}

void Client::set_default_timeout(Deadline timeout) { proxy()->set_default_timeout(timeout); }
CallOptions Client::default_options() const { return CallOptions{proxy()->default_timeout(), {}}; }

Subscription Client::on_call(std::string_view method, CallHandler handler) {
  if (method.empty()) throw UsageError("the method of a handler is empty; use on_any for all of them");
  return Subscription(proxy(), proxy()->on_call(method, std::move(handler)));
}

Subscription Client::on_any(CallHandler handler) {
  return Subscription(proxy(), proxy()->on_call({}, std::move(handler)));
}

Subscription Client::on_result(ResultHandler handler) {
  return Subscription(proxy(), proxy()->on_result(std::move(handler)));
}

CallbackStream Client::callback(std::string_view method, const StreamOptions& options, const CallOptions& life) {
  return CallbackStream(proxy()->add_stream(method, options, life));
}

void Client::run(const CallOptions& options) {
  const auto session = session_of(*proxy()->router(), "run");
  detail::session::BlockingCall<void> waiting(session->context(), "run", options);
  async_run(waiting.handler(), options);
  waiting.wait().value();
}

void Client::async_run(UniqueFunction<void(Result<void>)> handler, const CallOptions& options) {
  const auto router = proxy()->router();
  const auto session = router->session();
  if (session == nullptr) return;  // the handler goes uncalled
  router->handlers_complete();
  session->async_wait_end(std::move(handler), options);
}

void Client::close(const CallOptions& options) {
  const auto session = session_of(*proxy()->router(), "close");
  detail::session::BlockingCall<void> waiting(session->context(), "close", options);
  session->async_close(waiting.handler(), options);
  waiting.wait().value();
}

std::optional<RawJson> Client::state(std::string_view name) const { return proxy()->state(name); }
void Client::set_state(std::string_view name, RawJson value) { proxy()->set_state(name, std::move(value)); }

void Hubs::add(Client& client) {
  names.push_back(client.hub());
  clients_.push_back(client.proxy());
}

}  // namespace signalr
