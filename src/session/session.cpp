#include "session/session.hpp"

#include <utility>

#include "protocol/poll_loop.hpp"
#include "session/drive.hpp"

namespace signalr::detail::session {

Session::Session(DialOptions options, Target target)
    : context_(std::move(options)),
      requests_(context_.options, std::move(target.base_url), target.connection_data, std::move(target.user_query)),
      hubs_(std::move(target.hubs)),
      events_(std::move(context_.options.events)),
      step_timer_(context_),
      connect_retries_(context_.options.max_connect_retries),
      start_retries_(context_.options.max_start_retries),
      silence_(context_, [this](SilenceWatch::Verdict verdict) { on_silence(verdict); }),
      window_timer_(context_),
      scanner_(context_.options.limits.max_depth, context_.options.limits.max_frame_elements),
      receiving_(context_.options.limits),
      backlog_(context_.options.limits),
      backlog_scanner_(context_.options.limits.max_depth, context_.options.limits.max_frame_elements),
      sending_(context_.options.limits),
      published_(std::move(target.connection_data)) {
  if (context_.options.restart) restart_policy_.emplace(*context_.options.restart);
  context_.tell_retry = [this](const Error& reason, int attempt, Duration delay) {
    if (events_.on_dial_retry) context_.guard("on_dial_retry", [&] { events_.on_dial_retry(reason, attempt, delay); });
  };
  context_.report = [this](const Error& error) { report(error); };
}

Session::~Session() = default;

// Leaves the server's list of connections (P§9). Leaving twice is leaving, so what the network failed is tried once
// more.
void Session::abort(UniqueFunction<void(bool told)> then, int attempts) {
  auto on_answer = [this, then = std::move(then), attempts](const Result<HttpAnswer>& answer) mutable {
    const bool told = answer.ok() && answer.value().status == 200;
    const bool again = !answer.ok() && attempts > 1 && find_cause<TransportError>(answer.error()) != nullptr;
    if (!told) {
      context_.log(LogLevel::warning, "the server could not be told that we leave: ",
                   answer.ok() ? "abort was answered with HTTP status " + std::to_string(answer.value().status)
                               : std::string(answer.error().what()),
                   again ? "; once more" : "; it will notice by its own timeout");
    }
    if (again) return abort(std::move(then), attempts - 1);
    // Where polls were lost there is none in which the server could read it (P#110).
    if (told && traits().polls && transport_ == nullptr) return poll_once_more(std::move(then));
    then(told);
  };
  const Timeout timeout{context_.options.close_timeout, "close_timeout"};
  exchange_ =
      std::make_unique<HttpExchange>(context_, requests_, requests_.http(protocol::Command::abort, transports_.front()),
                                     "abort", timeout, std::move(on_answer));
}

// Answered at once, since it goes on from before the abort; without a cursor it couldn't.
void Session::poll_once_more(UniqueFunction<void(bool told)> then) {
  const Position here = position(protocol::Command::poll);
  if (here.message_id.empty()) return then(true);
  const Timeout timeout{protocol::kLastPoll, "close_timeout"};
  exchange_ = std::make_unique<HttpExchange>(
      context_, requests_, requests_.http(protocol::Command::poll, transports_.front(), here), "the last poll", timeout,
      [then = std::move(then)](const Result<HttpAnswer>&) mutable { then(true); });
}

void Session::finish_if_closed() {
  if (exchange_ == nullptr && transport_ == nullptr) finish(nullptr);
}

void Session::finish(ErrorPtr reason) {
  if (phase_ == Phase::over) return;
  phase_ = Phase::over;
  last_words_ = nullptr;
  reason_ = std::move(reason);
  unwatch_executor();
  drop_activities();

  drop_backlog();
  fail_pending();
  if (reason_ != nullptr) report(*reason_);
  set_state(ConnectionState::disconnected);
  tell_closed();
  dialing_->complete(end_reason());
  for (const auto& closer : std::exchange(closers_, {})) closer->complete(Result<void>());
  for (const auto& waiter : std::exchange(end_waiters_, {})) waiter->complete(Result<void>(reason_));
}

// Each exactly once, and before the user hears of the end (P#109).
void Session::fail_pending() {
  fail_writes(end_reason());
  const ReadError read_error(end_reason());
  for (HandlerWork& work : std::exchange(late_work_, {})) work(*this);
  for (const auto& reader : receiving_.take_waiters()) reader->complete(read_error);
  if (consumer_ != nullptr) consumer_->on_over(end_reason());
}

ErrorPtr Session::end_reason() const { return reason_ != nullptr ? reason_ : CloseError::by_ourselves().clone(); }

void Session::set_state(ConnectionState to) {
  const ConnectionState from = state_.exchange(to, std::memory_order_acq_rel);
  if (from == to) return;
  context_.log(LogLevel::info, to_string(from), " -> ", to_string(to));
  if (events_.on_state_changed) context_.guard("on_state_changed", [&] { events_.on_state_changed(from, to); });
}

void Session::report(const Error& error) {
  context_.log(LogLevel::error, error.what());
  if (events_.on_error) context_.guard("on_error", [&] { events_.on_error(error); });
}

// P§5.6, rule 10.
void Session::report_dropped_calls(const Error& error) {
  tell_gap({Gap::Reason::frame_dropped, true, {}, 0});
  report(error);
}

void Session::tell_gap(const Gap& gap) {
  if (events_.on_gap) context_.guard("on_gap", [&] { events_.on_gap(gap); });
}

void Session::tell_closed() {
  if (events_.on_closed) context_.guard("on_closed", [&] { events_.on_closed(reason_.get()); });
}

/// The last task of a session: drops its parts on the strand, or where the executor drops the task when it has
/// stopped and runs nothing any more.
class Session::Farewell {
 public:
  explicit Farewell(std::shared_ptr<Session> session) noexcept : session_(std::move(session)) {}
  Farewell(Farewell&&) noexcept = default;
  Farewell& operator=(Farewell&&) = delete;
  ~Farewell() { (*this)(); }
  void operator()() noexcept {
    if (const auto session = std::exchange(session_, nullptr)) session->drop_everything();
  }

 private:
  std::shared_ptr<Session> session_;
};

/// A task whose destruction without a run says that the executor has stopped: nothing that the session waits for will
/// come, so it drops its parts, and with them the handlers that wait. Runs once, to be scheduled for a time that never
/// comes.
class Session::StopWatch {
 public:
  explicit StopWatch(const std::shared_ptr<Session>& session) noexcept : session_(session) {}
  StopWatch(StopWatch&&) noexcept = default;
  StopWatch& operator=(StopWatch&&) = delete;
  ~StopWatch() {
    const auto session = session_.lock();
    if (session != nullptr && session->stop_watch_ != 0) session->drop_everything();
  }
  void operator()() noexcept {}

 private:
  std::weak_ptr<Session> session_;  // empty in what was moved from
};

// False when it has stopped already, with the present task as its last.
bool Session::watch_executor() {
  stop_watch_ = context_.executor->schedule(TimePoint::max(), StopWatch(shared_from_this()));
  return stop_watch_ != 0;
}

void Session::unwatch_executor() noexcept {
  if (const TimerId watch = std::exchange(stop_watch_, 0); watch != 0) context_.executor->cancel(watch);
}

void Session::abandon() {
  context_.gate.close();
  wait_until_outside();
  context_.executor->post(Farewell(shared_from_this()));
  if (context_.executor->running_here()) return;
  while (!dropped_.load(std::memory_order_acquire) && drive(*context_.executor)) {
    // an executor without a thread may never run again: let it run up to the farewell now
  }
}

void Session::wait_until_outside() {
  if (!context_.executor->running_here()) context_.gate.wait_until_outside();
}

void Session::drop_activities() noexcept {
  step_timer_.cancel();
  window_timer_.cancel();
  silence_.stop();
  negotiator_.reset();
  exchange_.reset();
  transport_.reset();
}

// On the strand, or where it stops; then perhaps on two threads, or inside itself, through a handler's destructor.
void Session::drop_everything() noexcept {
  if (dropping_.exchange(true, std::memory_order_acq_rel)) return;
  unwatch_executor();
  drop_activities();
  sender_.reset();
  dialing_.reset();
  closers_.clear();
  end_waiters_.clear();
  on_their_way_.clear();
  sending_.set_closed(ConnectionGone("the connection was destroyed").clone());  // first: nothing comes in behind
  sending_.drop_all();
  receiving_.take_waiters();
  backlog_.take_all();
  late_work_.clear();
  if (const auto consumer = consumers_.current()) consumer->on_gone();
  events_ = {};
  dropped_.store(true, std::memory_order_release);
}

}  // namespace signalr::detail::session
