// The virtual clock on a machine that sleeps, or whose one thread is kept by a handler.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include <signalr/memory/virtual_executor.hpp>

namespace scenario {

/// Time can pass without a task that runs: timers that came due meanwhile run afterwards, as with CLOCK_BOOTTIME. So it
/// is when the machine sleeps, and for all others when a handler takes its time.
class SleepyExecutor final : public signalr::Executor {
 public:
  explicit SleepyExecutor(signalr::memory::VirtualExecutor& clock) : clock_(clock) {}

  void post(signalr::Task task) override { clock_.post(std::move(task)); }
  bool running_here() const noexcept override { return clock_.running_here(); }
  signalr::TimePoint now() const noexcept override { return clock_.now() + slept_; }
  signalr::TimerId schedule(signalr::TimePoint when, signalr::Task task) override {
    const auto kept = std::make_shared<signalr::Task>(std::move(task));
    const signalr::TimerId id = ++last_id_;
    timers_.emplace(id, Timer{when, kept, 0});
    if (arm(id, kept) != 0) return id;
    timers_.erase(id);  // it has stopped
    return 0;
  }
  void cancel(signalr::TimerId id) noexcept override {
    const auto timer = timers_.find(id);
    if (timer == timers_.end()) return;
    const signalr::TimerId inner = timer->second.inner;
    timers_.erase(timer);
    clock_.cancel(inner);
  }
  bool run_one() override { return clock_.run_one(); }

  void sleep(signalr::Duration time) {
    slept_ += time;
    for (auto& [id, timer] : timers_) {
      const auto kept = timer.task.lock();
      if (kept == nullptr) continue;
      clock_.cancel(timer.inner);
      arm(id, kept);
    }
  }

 private:
  struct Timer {
    signalr::TimePoint when;
    std::weak_ptr<signalr::Task> task;  // the clock's, which destroys it when it stops
    signalr::TimerId inner;
  };
  signalr::TimerId arm(signalr::TimerId id, std::shared_ptr<signalr::Task> task) {
    Timer& timer = timers_.at(id);
    const signalr::TimePoint when = timer.when == signalr::TimePoint::max() ? timer.when : timer.when - slept_;
    timer.inner = clock_.schedule(when, [this, id, task = std::move(task)] {
      timers_.erase(id);
      (*task)();
    });
    return timer.inner;
  }

  signalr::memory::VirtualExecutor& clock_;
  signalr::Duration slept_{0};
  signalr::TimerId last_id_ = 0;
  std::map<signalr::TimerId, Timer> timers_;
};

}  // namespace scenario
