// dial and async_dial: what the user gave is checked and brought into form, before any I/O.
#include <atomic>
#include <optional>
#include <utility>

#include <signalr/conn.hpp>
#include <signalr/event_loop.hpp>

#include "hub/router.hpp"
#include "protocol/connection_data.hpp"
#include "protocol/request_url.hpp"
#include "session/blocking_call.hpp"
#include "session/check_options.hpp"
#include "session/session.hpp"

namespace signalr {

using detail::session::Session;

namespace {

std::shared_ptr<Session> make_session(const std::string& endpoint, bool append_signalr, std::string connection_data,
                                      std::optional<std::vector<std::string>> hubs, DialOptions options) {
  detail::session::check_options(options);
  Session::Target target;
  target.base_url = detail::protocol::make_base_url(endpoint, append_signalr).value();
  target.user_query = detail::protocol::make_user_query(options.params.encoded()).value();
  target.connection_data = std::move(connection_data);
  target.hubs = std::move(hubs);
  if (options.executor == nullptr) options.executor = shared_event_loop();
  detail::session::require_thread(*options.executor, "dial");
  return std::make_shared<Session>(std::move(options), std::move(target));
}

std::shared_ptr<Session> make_session(const std::string& endpoint, ConnectionData connection_data,
                                      DialOptions options) {
  return make_session(endpoint, false, std::move(connection_data.text), std::nullopt, std::move(options));
}

std::shared_ptr<Session> make_session(const std::string& endpoint, const Hubs& hubs, DialOptions options) {
  const bool append_signalr = options.use_default_path;
  std::string connection_data = detail::protocol::make_connection_data(hubs.names).value();
  auto session = make_session(endpoint, append_signalr, std::move(connection_data), hubs.names, std::move(options));
  detail::hub::Router::serve(session, hubs);
  return session;
}

}  // namespace

/// Who owns the session of a dial: the PendingDial until the Conn is handed over.
struct PendingDial::State {
  explicit State(std::shared_ptr<Session> dialed, Handler user_handler)
      : session(std::move(dialed)), handler(std::move(user_handler)) {}

  enum class Owner { pending_dial, handler, none, dropped };

  /// On the strand.
  void finish(Result<void> result) {
    auto expected = Owner::pending_dial;
    if (!owner.compare_exchange_strong(expected, Owner::handler)) return;
    struct Finished {  // also when the handler throws
      std::atomic<Owner>& owner;
      ~Finished() { owner = Owner::none; }
    } const finished{owner};
    Conn conn(session);
    Handler user_handler = std::move(handler);
    if (result.ok()) {
      user_handler(std::move(conn));
    } else {
      user_handler(result.error_ptr());
    }
  }

  void drop() {
    auto expected = Owner::pending_dial;
    if (owner.compare_exchange_strong(expected, Owner::dropped)) {
      session->abandon();
    } else if (expected == Owner::handler) {
      session->wait_until_outside();  // later handlers of the connection are none of this dial's
    }
  }

  /// The session has dropped the dial: the executor has stopped.
  void forget() noexcept {
    auto expected = Owner::pending_dial;
    if (owner.compare_exchange_strong(expected, Owner::dropped)) handler = nullptr;
  }

  /// What the session is dialed with.
  class Finish {
   public:
    explicit Finish(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
    Finish(Finish&&) noexcept = default;
    Finish& operator=(Finish&&) = delete;
    ~Finish() {
      if (state_ != nullptr) state_->forget();
    }
    void operator()(const Result<void>& result) { std::exchange(state_, nullptr)->finish(result); }

   private:
    std::shared_ptr<State> state_;
  };

  const std::shared_ptr<Session> session;
  Handler handler;
  std::atomic<Owner> owner{Owner::pending_dial};
};

PendingDial::PendingDial() noexcept = default;
PendingDial::PendingDial(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
PendingDial::PendingDial(PendingDial&&) noexcept = default;

PendingDial& PendingDial::operator=(PendingDial&& other) noexcept {
  if (this != &other) {
    if (state_ != nullptr) state_->drop();
    state_ = std::move(other.state_);
  }
  return *this;
}

PendingDial::~PendingDial() {
  if (state_ != nullptr) state_->drop();
}

PendingDial PendingDial::begin(std::shared_ptr<Session> session, Handler handler, const CallOptions& call) {
  auto state = std::make_shared<State>(session, std::move(handler));
  session->dial(State::Finish(state), call);
  return PendingDial(std::move(state));
}

PendingDial async_dial(std::string endpoint, ConnectionData connection_data, DialOptions options,
                       PendingDial::Handler handler, const CallOptions& call) {
  return PendingDial::begin(make_session(endpoint, std::move(connection_data), std::move(options)), std::move(handler),
                            call);
}

PendingDial async_dial(std::string endpoint, Hubs hubs, DialOptions options, PendingDial::Handler handler,
                       const CallOptions& call) {
  return PendingDial::begin(make_session(endpoint, hubs, std::move(options)), std::move(handler), call);
}

Conn PendingDial::dial(const std::shared_ptr<Session>& session, const CallOptions& call) {
  detail::session::BlockingCall<Conn> waiting(session->context(), "dial", call);
  const PendingDial pending = begin(session, waiting.handler(), call);
  return waiting.wait().value();
}

Conn dial(std::string endpoint, ConnectionData connection_data, DialOptions options, const CallOptions& call) {
  return PendingDial::dial(make_session(endpoint, std::move(connection_data), std::move(options)), call);
}

Conn dial(std::string endpoint, Hubs hubs, DialOptions options, const CallOptions& call) {
  return PendingDial::dial(make_session(endpoint, hubs, std::move(options)), call);
}

}  // namespace signalr
