#include "dial.hpp"

#include <optional>
#include <utility>

#include <signalr/challenge.hpp>

#include "conn.hpp"
#include "connect.hpp"
#include "exchange.hpp"
#include "on_pool.hpp"
#include "resolver.hpp"
#include "steps.hpp"
#include "upgrade.hpp"

namespace signalr::net {
namespace {

/// Owns the step that is under way; a step that is destroyed calls nobody, so the steps' handlers may name `this`.
class Dial final : public std::enable_shared_from_this<Dial>, private Loop::User {
 public:
  Dial(std::shared_ptr<DialerSettings> settings, std::shared_ptr<Loop> loop, std::shared_ptr<Executor> executor,
       DialRequest request, DialHandler handler)
      : settings_(std::move(settings)),
        loop_(std::move(loop)),
        executor_(std::move(executor)),
        request_(std::move(request)),
        handler_(std::move(handler)) {
    loop_->add(*this);
  }
  ~Dial() { loop_->remove(*this); }

  void start() {
    const std::string problem = prepare();
    if (!problem.empty()) {
      loop_->post([self = shared_from_this(), problem] { self->fail(TransportFailure::unsupported, problem); });
      return;
    }
    if (!url_.secure() || settings_->tls.loaded()) return resolve_name();
    // The first who needs TLS has its files read, where that holds nobody up.
    const auto load = [settings = settings_] { return settings->tls.load(), true; };
    step_ = run_on_pool<bool>(loop_, "load TLS", load, [this](bool) { resolve_name(); });
  }

  void cancel() noexcept {
    handler_ = nullptr;
    step_.reset();
    stream_.reset();
    executor_.reset();
  }

 private:
  void on_loop_end() noexcept override { cancel(); }

  std::string prepare();
  void resolve_name();
  void on_resolved(Resolved resolved);
  void on_connected(Connected connected);
  void on_tunnel(Exchanged answer);
  void secure();
  void upgrade();
  void on_upgrade(Exchanged answer);
  void on_granted(Exchanged answer);

  void fail(TransportFailure failure, const std::string& why, DialResult result = {});
  void finish(DialResult result);

  std::string peer() const { return host_and_port(url_.host, url_.port); }
  /// The other end of the TCP connection, in words.
  std::string next_hop() const { return proxy_ ? "the proxy " + host_and_port(proxy_->host, proxy_->port) : peer(); }

  const std::shared_ptr<DialerSettings> settings_;
  const std::shared_ptr<Loop> loop_;
  std::shared_ptr<Executor> executor_;
  const DialRequest request_;
  DialHandler handler_;

  Url url_;
  std::optional<Proxy> proxy_;
  std::string key_;
  Sent sent_ = Sent::no;  // any of the upgrade request
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Operation> step_;
};

/// Looks at all that can be known without the network. Returns what can't be done; empty: nothing.
std::string Dial::prepare() {
  const auto url = Url::parse(request_.url);
  if (!url || (url->scheme != "ws" && url->scheme != "wss")) {
    return "the URL can't be dialed; expected ws://host/path or wss://host/path";
  }
  url_ = *url;
  if (const std::string problem = header_problem(request_.headers); !problem.empty()) {
    return "the upgrade request can't be made: " + problem;
  }
  proxy_ = settings_->proxies.select(url_);
  return proxy_ ? proxy_->failure : std::string();
}

void Dial::resolve_name() {
  step_ = resolve(loop_, proxy_ ? proxy_->host : url_.host, proxy_ ? proxy_->port : url_.port,
                  [this](Resolved resolved) { on_resolved(std::move(resolved)); });
}

void Dial::on_resolved(Resolved resolved) {
  if (resolved.endpoints.empty()) {
    const std::string& name = proxy_ ? proxy_->host : url_.host;
    return fail(TransportFailure::resolve,
                (proxy_ ? "the proxy's name " : "the name ") + name + " could not be resolved: " + resolved.failure);
  }
  step_ = connect(loop_, std::move(resolved.endpoints),
                  [this](Connected connected) { on_connected(std::move(connected)); });
}

void Dial::on_connected(Connected connected) {
  if (connected.stream == nullptr) {
    return fail(TransportFailure::connect, "could not connect to " + next_hop() + ": " + connected.failure);
  }
  stream_ = std::move(connected.stream);
  if (!proxy_) return secure();
  const auto opened = [](int status) { return status >= 200 && status < 300; };
  step_ = exchange(loop_, *stream_, {connect_request(*proxy_, url_), opened, request_.max_header_bytes, 0},
                   [this](Exchanged answer) { on_tunnel(std::move(answer)); });
}

void Dial::on_tunnel(Exchanged answer) {
  std::string why;
  int refused_with = 0;
  switch (answer.outcome) {
    case Exchanged::Outcome::granted:
      if (answer.rest.empty()) return secure();
      why = "it sent data before there was a tunnel";
      break;
    case Exchanged::Outcome::refused:
      refused_with = answer.status;
      why = "it answered with status " + std::to_string(answer.status);
      if (answer.status == 407) why += proxy_challenge(answer.headers, !proxy_->authorization.empty());
      break;
    case Exchanged::Outcome::too_long:
      why = "its answer exceeds max_header_bytes, which is " + std::to_string(request_.max_header_bytes);
      break;
    case Exchanged::Outcome::broken:
    case Exchanged::Outcome::failed:
      why = answer.failure;
      break;
  }
  DialResult result;
  result.error.emplace(
      TransportError::proxy_refused(refused_with, next_hop() + " opened no tunnel to " + peer() + ": " + why, sent_));
  finish(std::move(result));
}

void Dial::secure() {
  if (!url_.secure()) return upgrade();
  const auto give_up = [this](const std::string& why) {
    fail(TransportFailure::tls, "the TLS handshake with " + peer() + " failed: " + why);
  };
  if (!settings_->tls.failure().empty()) return give_up(settings_->tls.failure());
  Ssl session = settings_->tls.session(url_.host);
  if (session == nullptr) return give_up(tls_failure(nullptr));
  stream_->secure(std::move(session));
  step_ = handshake(loop_, *stream_, [this, give_up](const std::string& failure) {
    if (!failure.empty()) return give_up(failure);
    upgrade();
  });
}

void Dial::upgrade() {
  key_ = make_websocket_key();
  if (key_.empty()) return fail(TransportFailure::io, "the system gave no random bytes for the handshake");
  const auto switched = [](int status) { return status == 101; };
  step_ = exchange(
      loop_, *stream_,
      {upgrade_request(url_, request_.headers, key_), switched, request_.max_header_bytes, request_.max_refusal_bytes},
      [this](Exchanged answer) { on_upgrade(std::move(answer)); });
}

void Dial::on_upgrade(Exchanged answer) {
  sent_ = answer.sent;
  switch (answer.outcome) {
    case Exchanged::Outcome::granted:
      return on_granted(std::move(answer));
    case Exchanged::Outcome::refused: {
      DialResult result;
      result.status = answer.status;
      result.headers = std::move(answer.headers);
      result.body = std::move(answer.rest);
      return finish(std::move(result));
    }
    case Exchanged::Outcome::broken:
      return fail(TransportFailure::protocol, peer() + " gave no valid answer to the upgrade: " + answer.failure);
    case Exchanged::Outcome::too_long:
      return fail(TransportFailure::limit, "the answer of " + peer() +
                                               " to the upgrade exceeds max_header_bytes, which is " +
                                               std::to_string(request_.max_header_bytes));
    case Exchanged::Outcome::failed:
      return fail(TransportFailure::io, "the connection to " + peer() + " failed in the upgrade: " + answer.failure);
  }
}

void Dial::on_granted(Exchanged answer) {
  DialResult result;
  result.status = answer.status;
  const std::string problem = upgrade_problem(answer.headers, key_);
  result.headers = std::move(answer.headers);
  if (!problem.empty()) {
    return fail(TransportFailure::protocol, peer() + " answered the upgrade with 101, but " + problem,
                std::move(result));
  }
  result.conn =
      make_conn(executor_, loop_, std::move(stream_), peer(), std::move(answer.rest), request_.max_message_bytes);
  finish(std::move(result));
}

void Dial::fail(TransportFailure failure, const std::string& why, DialResult result) {
  result.error.emplace(failure, why, sent_);
  finish(std::move(result));
}

void Dial::finish(DialResult result) {
  if (!handler_) return;
  const auto self = shared_from_this();
  const auto executor = std::move(executor_);  // what it is the last owner of ends after the handler
  const auto step = std::move(step_);          // its handler is running
  stream_.reset();
  std::exchange(handler_, nullptr)(std::move(result));
}

}  // namespace

std::unique_ptr<Operation> dial_on_loop(std::shared_ptr<DialerSettings> settings, std::shared_ptr<Loop> loop,
                                        std::shared_ptr<Executor> executor, DialRequest request, DialHandler handler) {
  return begin_step<Dial>(std::move(settings), std::move(loop), std::move(executor), std::move(request),
                          std::move(handler));
}

}  // namespace signalr::net
