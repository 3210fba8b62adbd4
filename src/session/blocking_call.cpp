#include "session/blocking_call.hpp"

#include <algorithm>

#include "session/drive.hpp"

namespace signalr::detail::session {
namespace {

using Runner = Executor::Runner;

/// How long to rest while it isn't known whether somebody else runs the executor: most calls are over by then, and
/// for those that aren't, one more task costs nothing.
constexpr std::chrono::milliseconds kRest(1);

/// Nothing of an executor ran for so long, not even a task posted to find out: nobody runs it.
constexpr std::chrono::milliseconds kLifeless(100);

/// The user is told of that after so long; and so often it is found out anew.
constexpr std::chrono::seconds kTold(1);

constexpr const char* kNobodyRuns =
    "nothing runs the connection's executor, or what it runs doesn't return; where that is on an asio::io_context, "
    "another thread must be in io.run()";

}  // namespace

/// A task whose destruction without a run says that the executor stopped. It is posted; where that turns out to run on
/// a thread of the executor's, it is scheduled for a time that never comes, and nothing more happens until the end.
class Wait::Sentinel {
 public:
  explicit Sentinel(std::shared_ptr<Wait> wait) noexcept : wait_(std::move(wait)) {}
  Sentinel(Sentinel&&) noexcept = default;
  Sentinel& operator=(Sentinel&&) = delete;
  ~Sentinel() {
    if (wait_ != nullptr) wait_->end(End::stopped);
  }
  void operator()() { std::exchange(wait_, nullptr)->on_sentinel_run(); }

 private:
  std::shared_ptr<Wait> wait_;
};

void require_thread(const Executor& executor, const char* what) {
  if (executor.runner() != Runner::missing) return;
  throw UsageError(std::string(what) +
                   " would wait for ever: this process is a fork's child, and the thread that runs the connection's "
                   "executor stayed behind in the parent; dial anew here, on an executor made here");
}

Wait::Wait(Context& context, const char* what, const CallOptions& limits)
    : context_(context),
      executor_(*context.executor),
      what_(what),
      token_(limits.cancel),
      ends_(limits.deadline.is_never() ? TimePoint::max() : limits.deadline.resolve(executor_.now())) {
  if (executor_.running_here()) {
    throw UsageError(std::string(what) +
                     " would deadlock: it blocks, and was called on the connection's own executor; use the form with "
                     "a handler there");
  }
  require_thread(executor_, what);
}

Wait::End Wait::wait() {
  while (!ended()) {
    if (!drive(executor_)) rest();
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  return end_;
}

void Wait::leave() {
  TimerId timer = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (end_ == End::none) end_ = End::dropped;
    timer = std::exchange(timer_, 0);
  }
  if (timer != 0) executor_.post([executor = context_.executor, timer] { executor->cancel(timer); });
}

bool Wait::ended() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return end_ != End::none;
}

void Wait::rest() {
  const bool sure = executor_.runner() == Runner::own;
  std::unique_lock<std::mutex> lock(mutex_);
  const Watch before = watch_;
  const auto changed = [&] { return end_ != End::none || watch_ != before; };
  if (before == Watch::scheduled && sure) return changed_.wait(lock, changed);
  if (changed_.wait_for(lock, before == Watch::scheduled ? until_asking() : kRest, changed)) return;
  if (before == Watch::posted) {
    const Duration lifeless = RealClock::now() - posted_at_;
    lock.unlock();
    return doubt(lifeless);
  }
  watch_ = Watch::posted;
  posted_at_ = RealClock::now();
  lock.unlock();
  executor_.post(Sentinel(shared_from_this()));
}

Duration Wait::until_asking() const { return std::clamp<Duration>(ends_ - executor_.now(), kRest, kTold); }

// Nothing has run for so long, not even the task posted to see.
void Wait::doubt(Duration lifeless) {
  if (lifeless < kLifeless || executor_.runner() != Runner::unknown) return;
  if (token_.canceled()) return end(End::canceled);
  if (ends_ <= executor_.now()) return end(End::too_late);
  if (lifeless < kTold || std::exchange(told_, true)) return;
  context_.log(LogLevel::warning, what_, " has waited for a second in vain: ", kNobodyRuns);
}

// On the strand, and perhaps after the wait.
void Wait::on_sentinel_run() {
  // Run by whoever waits, on an executor without a thread, it has shown that the executor is there; ask again later.
  if (is_driving(executor_)) return set_watch(Watch::none);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (end_ != End::none) return;
    if (timer_ != 0) return note(Watch::scheduled);
  }
  const TimerId timer = executor_.schedule(TimePoint::max(), Sentinel(shared_from_this()));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (end_ == End::none) {
      timer_ = timer;
      return note(Watch::scheduled);
    }
  }
  executor_.cancel(timer);
}

void Wait::set_watch(Watch watch) {
  const std::lock_guard<std::mutex> lock(mutex_);
  note(watch);
}

// Under the lock.
void Wait::note(Watch watch) noexcept {
  watch_ = watch;
  changed_.notify_all();
}

ErrorPtr Wait::error() const {
  const std::string what = what_;
  switch (end_) {
    case End::too_late:
      return DeadlineError(what + " ended at its deadline: " + kNobodyRuns).clone();
    case End::canceled:
      return CanceledError(what + " was canceled; " + kNobodyRuns).clone();
    case End::stopped:
      return ConnectionGone(what + " ended: the connection's executor was stopped").clone();
    default:
      return ConnectionGone(what + " ended: the connection was destroyed, or its executor stopped").clone();
  }
}

TakingOptions::TakingOptions(const Executor& executor, const CallOptions& options) : options_(options) {
  if (executor.runner() == Runner::own) return;  // which ends the call itself
  given_up_.emplace();
  link_ = CancelRegistration(options.cancel, [source = *given_up_]() mutable { source.cancel(); });
  options_.cancel = given_up_->token();
}

}  // namespace signalr::detail::session
