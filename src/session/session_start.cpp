// From dial to Connected: negotiate, open a transport, wait for its init frame, /start (P§1, P§3, P§4).
#include <utility>

#include "protocol/start_response.hpp"
#include "protocol/user_identity.hpp"
#include "session/session.hpp"

namespace signalr::detail::session {

using protocol::StartSequence;

namespace {

bool may_heal(const Error& error, int status) {
  if (status != 0) return protocol::is_transient_status(status);
  const auto* network = find_cause<TransportError>(error);
  return network != nullptr && protocol::is_transient_failure(*network);
}

}  // namespace

void Session::begin() {
  if (!watch_executor()) return drop_everything();
  dialing_->watch([this](ErrorPtr error) { finish(dial_given_up(*error)); });
  if (dialing_->done()) return;
  negotiate();
}

// The deadline or the token ended the dial: what it had come to, and why it wasn't further.
ErrorPtr Session::dial_given_up(const Error& error) const {
  const bool negotiating = phase_ == Phase::negotiating;
  const char* const step = negotiating                 ? " while negotiating with "
                           : phase_ == Phase::starting ? " while waiting for /start at "
                                                       : " while opening a transport to ";
  const ErrorPtr& why = context_.last_failure;
  const std::string sentence = error.what() + (step + requests_.where()) +
                               (why == nullptr ? std::string() : std::string(": the last attempt: ") + why->what());
  if (dynamic_cast<const CanceledError*>(&error) != nullptr) return CanceledError(sentence, why).clone();
  return DeadlineError(sentence, why).clone();
}

void Session::negotiate() {
  phase_ = Phase::negotiating;
  set_state(ConnectionState::connecting);
  if (abandoned()) return;
  negotiator_ = std::make_unique<Negotiator>(
      context_, requests_, hubs_.has_value(), dialed_ ? 0 : context_.options.max_negotiate_retries,
      [this](Result<protocol::NegotiateResponse> response) { on_negotiated(std::move(response)); });
}

void Session::on_negotiated(Result<protocol::NegotiateResponse> response) {
  negotiator_.reset();
  if (!response.ok()) return end(response.error_ptr());
  negotiated_ = std::move(response).value();
  published_.set_identity(*negotiated_);
  requests_.set_version(negotiated_->version);
  reconnect_policy_.emplace(protocol::ReconnectPolicy::Options{
      context_.options.retry_interval,
      context_.options.max_reconnect_duration.value_or(negotiated_->disconnect_timeout),
      context_.options.max_reconnect_retries, static_cast<bool>(context_.options.access_token)});
  phase_ = Phase::opening;
  choose_transports();
  if (abandoned()) return;
  if (!transports_.empty()) return open_current_transport();
  end(ConnectError(UsageError("no compatible transport: " + std::string(given_up_.back().reason->what()) +
                              ", and DialOptions::transports names nothing else")
                       .clone(),
                   given_up_, requests_.where())
          .clone());
}

// Those that can't be used are given up at once (P#35).
void Session::choose_transports() {
  for (const TransportKind kind : context_.options.transports) {
    if (ErrorPtr obstacle = obstacle_to(kind)) {
      give_up_transport(kind, std::move(obstacle));
    } else {
      transports_.push_back(kind);
    }
  }
}

ErrorPtr Session::obstacle_to(TransportKind kind) const {
  if (kind != TransportKind::websockets) return nullptr;
  if (context_.options.dialer == nullptr) return UsageError("DialOptions::dialer is not set").clone();
  if (negotiated_->try_websockets || context_.options.force_websockets) return nullptr;
  return ProtocolError("the server does not offer WebSockets (TryWebSockets)").clone();
}

void Session::give_up_transport(TransportKind kind, ErrorPtr reason) {
  context_.log(LogLevel::warning, to_string(kind), " was given up: ", reason->what());
  context_.last_failure = reason;
  given_up_.push_back({kind, reason});
  if (events_.on_transport_failed)
    context_.guard("on_transport_failed", [&] { events_.on_transport_failed(kind, *reason); });
}

void Session::open_current_transport() {
  sequence_.emplace(negotiated_->version);
  last_status_.clear();
  transport_kind_.store(transports_.front(), std::memory_order_release);
  step_timer_.judge_after(context_.options.extra_connect_timeout + negotiated_->transport_connect_timeout,
                          [this] { on_init_timeout(); });
  transport_ = open_transport(transports_.front(), {context_, requests_, OpenMode::connect,
                                                    negotiated_->connection_timeout, Duration::max(), *this});
}

void Session::on_init_timeout() {
  if (transport_ != nullptr && transport_->end_refusal()) return;
  if (!last_status_.empty()) return on_open_failed(InvalidInitMessageError(last_status_).clone());
  on_open_failed(DeadlineError("the transport did not bring the server's init frame within "
                               "DialOptions::extra_connect_timeout plus the server's TransportConnectTimeout")
                     .clone());
}

// Before init was seen: the next transport, or the last one once more (P#36); then it has failed. Another one doesn't
// help where the user isn't who negotiated (P#140).
void Session::on_open_failed(ErrorPtr error) {
  transport_.reset();
  step_timer_.cancel();
  const Refusal refusal = refusal_in(*error);
  const bool final = protocol::is_user_identity_change(refusal.status, refusal.body);
  const bool last = transports_.size() == 1;
  if (last && !final && may_heal(*error, refusal.status) && connect_retries_.take()) {
    const Duration delay = context_.retry_delay();
    step_timer_.set_after(delay, [this] { open_current_transport(); });
    return context_.note_retry(ConnectError(std::move(error), {}, requests_.where()).clone(), connect_retries_.taken(),
                               delay);
  }
  give_up_transport(transports_.front(), error);
  if (last || final) return end(ConnectError(std::move(error), given_up_, requests_.where()).clone());
  transports_.erase(transports_.begin());
  // Later: the lost one may be in the middle of handing over a frame, after which it is asked for the next.
  step_timer_.set_after(Duration::zero(), [this] { open_current_transport(); });
}

void Session::advance(StartSequence::Next next) {
  switch (next) {
    case StartSequence::Next::wait:
      return;
    case StartSequence::Next::connected:
      return become_connected();
    case StartSequence::Next::send_start:
      phase_ = Phase::starting;
      step_timer_.cancel();
      return send_start();
  }
}

void Session::send_start() {
  exchange_ =
      std::make_unique<HttpExchange>(context_, requests_, requests_.http(protocol::Command::start, transports_.front()),
                                     "start", Timeout{context_.options.request_timeout, "request_timeout"},
                                     [this](Result<HttpAnswer> answer) { on_start_answer(std::move(answer)); });
}

void Session::on_start_answer(Result<HttpAnswer> answer) {
  if (!answer.ok() && HttpExchange::provably_not_sent(answer.error()) && start_retries_.take()) {
    const Duration delay = context_.retry_delay();
    step_timer_.set_after(delay, [this] { send_start(); });
    return context_.note_retry(StartError(answer.error_ptr(), exchange_->where()).clone(), start_retries_.taken(),
                               delay);
  }
  const std::string where = exchange_->where();
  exchange_.reset();
  ErrorPtr error = answer.error_ptr();
  if (answer.ok()) {
    const HttpAnswer& http = answer.value();
    const auto shown = [this](std::string_view text) { return requests_.without_secrets(text); };
    error = http.status == 200 ? protocol::check_start_response(http.body, shown).error_ptr()
                               : unexpected_status("start", http.status, http.body, http.advice);
  }
  if (error == nullptr) return become_connected();
  fail_start(std::move(error), where);
}

// The server may count us as connected: take leave before the dial fails (P#44).
void Session::fail_start(ErrorPtr error, const std::string& where) {
  phase_ = Phase::closing;
  step_timer_.cancel();
  abort([this, error = StartError(std::move(error), where).clone()](bool) { end(error); });
}

// What ends a dial is an error of the step that it has come to.
ErrorPtr Session::in_step(ErrorPtr error) const {
  if (phase_ == Phase::opening) return ConnectError(std::move(error), given_up_, requests_.where()).clone();
  if (phase_ == Phase::starting) return StartError(std::move(error), requests_.where()).clone();
  return error;
}

void Session::become_connected() {
  step_timer_.cancel();
  context_.last_failure = nullptr;
  phase_ = Phase::connected;
  const bool anew = std::exchange(dialed_, true);
  if (restart_policy_) restart_policy_->on_connected(context_.executor->now());
  if (traits().own_sends) {
    sender_ =
        std::make_unique<HttpSender>(context_, requests_, transports_.front(), static_cast<HttpSender::Sink&>(*this));
  }
  sending_.set_closed(nullptr);
  silence_.begin(negotiated_->keep_alive_timeout, negotiated_->disconnect_timeout);
  watch_silence();
  if (consumer_ != nullptr) consumer_->on_connected();
  set_state(ConnectionState::connected);
  if (anew) return tell_restarted();
  dialing_->complete(Result<void>());
  if (consumer_ != nullptr) attach_consumer();
}

}  // namespace signalr::detail::session
