// When the transport is lost or falls silent: open it again, in time, where the server remembers us (P§7).
#include <utility>

#include "protocol/poll_loop.hpp"
#include "session/session.hpp"

namespace signalr::detail::session {

using protocol::GiveUp;
using protocol::LocalRejection;
using protocol::ReconnectStep;

namespace {

LocalRejection rejection_of(const Error& loss) {
  if (find_cause<LimitError>(loss) != nullptr) return LocalRejection::too_big;
  if (find_cause<ProtocolError>(loss) != nullptr) return LocalRejection::protocol;
  const auto* transport = find_cause<TransportError>(loss);
  if (transport == nullptr) return LocalRejection::none;
  if (transport->failure() == TransportFailure::limit) return LocalRejection::too_big;
  // Over HTTP it is no frame that was refused: whatever broke the answer, a cut or a proxy, it isn't the server's data.
  if (transport->failure() != TransportFailure::protocol || !transport->close_code()) return LocalRejection::none;
  return transport->close_code() == close_code::invalid_payload ? LocalRejection::invalid_text
                                                                : LocalRejection::protocol;
}

const char* explain(GiveUp why) {
  switch (why) {
    case GiveUp::user_changed:
      return "the server says that the user changed; dial again";
    case GiveUp::rejected:
      return "the server no longer accepts the connection token; dial again";
    case GiveUp::unauthorized:
      return "the server refused the credentials";
    case GiveUp::flapping:
      return "five reconnects in a row ended within ten seconds, and the server sent nothing over any of them; if a "
             "box in between cuts idle connections, let the server keep them alive more often, or use "
             "DialOptions::restart";
    case GiveUp::rejecting_the_same:
      return "the server sends the same unacceptable data again after each reconnect";
    case GiveUp::retries_used_up:
      return "DialOptions::max_reconnect_retries attempts failed";
  }
  return "unknown reason";
}

}  // namespace

void Session::begin_reconnect(ErrorPtr reason, bool at_once) {
  transport_.reset();
  silence_.watch_sleep_only();
  loss_ = std::move(reason);
  lost_at_ = context_.executor->now();
  attempt_ = 1;
  phase_ = Phase::reconnecting;
  const std::string cursor = published_.message_id();
  const Refusal refusal = refusal_in(*loss_);
  const ReconnectStep step = reconnect_policy_->on_lost(
      lost_at_, context_.random(), protocol::Loss{rejection_of(*loss_), cursor, at_once, refusal.status, refusal.body});
  if (step.kind == ReconnectStep::Kind::give_up) return give_up(step.reason, loss_);

  const ErrorPtr why = loss_;
  const ErrorPtr for_pending = ReconnectingError(why).clone();
  tell_answers();
  fail_writes(for_pending);
  if (consumer_ != nullptr) consumer_->on_reconnecting(for_pending);
  if (context_.options.queue_while_reconnecting) sending_.set_closed(nullptr);
  set_state(ConnectionState::reconnecting);
  context_.log(LogLevel::warning, "the transport was lost: ", why->what());
  if (events_.on_reconnecting) context_.guard("on_reconnecting", [&] { events_.on_reconnecting(*why, 1); });
  window_timer_.judge_at(reconnect_policy_->deadline(), [this] {
    end(ConnectError(
            DeadlineError(
                "could not reconnect within " + in_milliseconds(reconnect_policy_->deadline() - lost_at_) +
                    " (DialOptions::max_reconnect_duration, or the server's DisconnectTimeout): " + loss_->what(),
                loss_)
                .clone())
            .clone());
  });
  follow(step);
}

void Session::follow(const ReconnectStep& step) {
  if (step.kind == ReconnectStep::Kind::give_up) return give_up(step.reason, loss_);
  step_timer_.set_at(step.at, [this] { attempt_reconnect(); });
}

void Session::attempt_reconnect() {
  if (attempt_ > 1 && events_.on_reconnecting) {
    const ErrorPtr why = loss_;
    context_.guard("on_reconnecting", [&] { events_.on_reconnecting(*why, attempt_); });
    if (abandoned()) return;
  }
  const TimePoint now = context_.executor->now();
  reconnect_policy_->on_attempt(now);
  if (!traits().polls) {
    step_timer_.judge_after(context_.options.extra_connect_timeout + negotiated_->transport_connect_timeout, [this] {
      if (transport_->end_refusal()) return;
      on_attempt_failed(
          DeadlineError("the transport did not open again within DialOptions::extra_connect_timeout plus the "
                        "server's TransportConnectTimeout")
              .clone());
    });
  }
  transport_ =
      open_transport(transports_.front(), {context_, requests_, OpenMode::reconnect, negotiated_->connection_timeout,
                                           protocol::poll_taken_as_open(reconnect_policy_->deadline() - now), *this});
}

void Session::on_attempt_failed(ErrorPtr error) {
  transport_.reset();
  context_.log(LogLevel::warning, "reconnect failed: ", error->what());
  loss_ = std::move(error);
  ++attempt_;
  const Refusal refusal = refusal_in(*loss_);
  follow(reconnect_policy_->on_failed(context_.executor->now(), context_.random(), refusal.status, refusal.body));
}

// Connected again as soon as the transport is open: no init frame, no /start (P#102, P#103).
void Session::on_reopened() {
  step_timer_.cancel();
  window_timer_.cancel();
  reconnect_policy_->on_open(context_.executor->now());
  phase_ = Phase::connected;
  context_.counters.reconnects.add();
  sending_.set_closed(nullptr);
  flush_soon();  // what waited (DialOptions::queue_while_reconnecting)
  watch_silence();
  set_state(ConnectionState::connected);
  if (events_.on_reconnected)
    context_.guard("on_reconnected", [&] { events_.on_reconnected(context_.executor->now() - lost_at_); });
}

void Session::give_up(GiveUp why, const ErrorPtr& cause) {
  end(ConnectError(
          ProtocolError(std::string("gave up the connection: ") + explain(why) + ": " + cause->what(), cause).clone())
          .clone());
}

void Session::watch_silence() {
  silence_.watch(traits().keep_alives);
  read_on();
}

void Session::on_silence(SilenceWatch::Verdict verdict) {
  switch (verdict) {
    case SilenceWatch::Verdict::fine:
      return;
    case SilenceWatch::Verdict::slow:
      if (events_.on_connection_slow) context_.guard("on_connection_slow", [&] { events_.on_connection_slow(); });
      return;
    case SilenceWatch::Verdict::lost:
      return on_lost(DeadlineError("the server sent nothing within its keep-alive timeout").clone());
    case SilenceWatch::Verdict::slept:
      return end(DeadlineError("this machine was asleep for longer than the server remembers the connection").clone());
  }
}

}  // namespace signalr::detail::session
