#include "session/blocking_call.hpp"

#include <chrono>

#include "session/help.hpp"

namespace signalr::session {
namespace {

/// How long to rest while it isn't known whether somebody else runs the executor: most calls are over by then, and
/// for those that aren't, one more task costs nothing.
constexpr std::chrono::milliseconds kRest(1);

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

Wait::End Wait::wait() {
  while (!ended()) {
    if (!help(executor_)) rest();
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
  if (timer != 0) executor_.post([&executor = executor_, timer] { executor.cancel(timer); });
}

bool Wait::ended() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return end_ != End::none;
}

void Wait::rest() {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto over = [this] { return end_ != End::none; };
    const auto guarded = [this] { return watch_ == Watch::scheduled; };
    if (guarded()) return changed_.wait(lock, [&] { return over() || !guarded(); });
    if (changed_.wait_for(lock, kRest, [&] { return over() || guarded(); }) || watch_ == Watch::posted) return;
    watch_ = Watch::posted;
  }
  executor_.post(Sentinel(shared_from_this()));
}

// On the strand, and perhaps after the wait.
void Wait::on_sentinel_run() {
  // Run by whoever waits, on an executor without a thread, it has shown that the executor is there; ask again later.
  if (is_helping(executor_)) return set_watch(Watch::none);
  if (ended()) return;
  const TimerId timer = executor_.schedule(TimePoint::max(), Sentinel(shared_from_this()));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (end_ == End::none) {
      timer_ = timer;
      watch_ = Watch::scheduled;
      changed_.notify_all();
      return;
    }
  }
  executor_.cancel(timer);
}

void Wait::set_watch(Watch watch) {
  const std::lock_guard<std::mutex> lock(mutex_);
  watch_ = watch;
  changed_.notify_all();
}

}  // namespace signalr::session
