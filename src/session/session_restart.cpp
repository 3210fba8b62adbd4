// The connection is over: for good, or until it has been dialed anew (DialOptions::restart).
#include <utility>

#include "protocol/user_identity.hpp"
#include "session/session.hpp"

namespace signalr::detail::session {
namespace {

/// What would be the same for ever, or somebody else's connection.
bool forbids_restart(const Error& reason) {
  const Refusal refusal = refusal_in(reason);
  return refusal.status == 401 || protocol::is_user_identity_change(refusal.status, refusal.body);
}

}  // namespace

void Session::end(ErrorPtr reason) {
  if (phase_ == Phase::over) return;
  if (!closers_.empty()) return finish(nullptr);  // the user's wish comes first
  if (!backlog_.empty()) return drain(std::move(reason));
  if (!dialed_ || !restart_policy_ || forbids_restart(*reason)) return finish(std::move(reason));
  const auto step = restart_policy_->on_over(context_.executor->now(), context_.random());
  if (!step) return finish(std::move(reason));
  pause_and_redial(reason, *step);
}

// What came before the end is handed on before it is told.
void Session::drain(ErrorPtr reason) {
  if (phase_ == Phase::draining) return;
  if (phase_ == Phase::connected) lost_at_ = context_.executor->now();
  phase_ = Phase::draining;
  drop_activities();
  last_words_ = std::move(reason);
  join_line();
}

// As `finish`, but for readers, streams and those who wait for the end: they go on with the next connection.
void Session::pause_and_redial(const ErrorPtr& reason, const protocol::RestartPolicy::Step& step) {
  if (phase_ == Phase::connected) lost_at_ = context_.executor->now();
  phase_ = Phase::pausing;
  drop_activities();
  forget_connection();
  receiving_.hold();

  const ErrorPtr for_pending = RestartingError(reason).clone();
  fail_writes(for_pending);
  sender_.reset();
  if (consumer_ != nullptr) consumer_->on_restarting(for_pending);
  report(*reason);
  set_state(ConnectionState::disconnected);
  if (events_.on_restarting)
    context_.guard("on_restarting", [&] { events_.on_restarting(*reason, step.attempt, step.delay); });
  step_timer_.set_after(step.delay, [this] { redial(); });
}

// P§1: the next connection begins with nothing of this one.
void Session::forget_connection() {
  requests_.start_anew();
  published_.forget();
  gap_detector_.go_on_from({});
  reconnect_policy_.reset();
  loss_ = nullptr;
}

// One attempt is one try of each step: the pauses between them are the restart's own.
void Session::redial() {
  transports_.clear();
  given_up_.clear();
  connect_retries_ = start_retries_ = protocol::RetryCount(0);
  negotiate();
}

void Session::tell_restarted() {
  context_.counters.restarts.add();
  if (events_.on_restarted)
    context_.guard("on_restarted", [&] { events_.on_restarted(context_.executor->now() - lost_at_); });
  tell_gap({Gap::Reason::restarted, false, {}, 0});
  receiving_.release();
  if (consumer_ != nullptr) attach_consumer();
}

}  // namespace signalr::detail::session
