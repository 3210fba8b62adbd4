// An Executor without a thread: tasks run, and time passes, only when the test says so.
#pragma once

#include <cstddef>
#include <memory>

#include <signalr/executor.hpp>
#include <signalr/export.hpp>

namespace signalr::memory {

/// A deterministic, single-threaded strand with a clock of its own. The thread that calls the functions below is
/// the strand; `post` alone may be called from others. Threads in blocking calls take turns in driving it by
/// themselves; driving it by hand at the same time as another thread is a UsageError. The clock starts at `kStart` and
/// moves only in `advance`, `run_until` and `run_one`.
///
/// None of the running functions may be called inside a task, nor may `stop`: they throw UsageError there.
class SIGNALR_API VirtualExecutor final : public Executor {
 public:
  /// What `now` says at the beginning: an hour after the clock's epoch, so that "an hour ago" is no special case.
  static constexpr TimePoint kStart{std::chrono::hours(1)};

  VirtualExecutor();
  ~VirtualExecutor() override;

  void post(Task task) override;
  bool running_here() const noexcept override;
  TimePoint now() const noexcept override;
  TimerId schedule(TimePoint when, Task task) override;
  void cancel(TimerId id) noexcept override;

  /// Runs one task, else jumps to the next timer and makes it due; false when there is neither. TimePoint::max()
  /// never comes. Blocking calls do so while they wait. Throws std::runtime_error when it has moved the clock by 30
  /// days since `advance` or `run_until` last did: a blocking call without a deadline waits for what never comes.
  bool run_one() override;

  /// Runs the next ready task, be it posted or a timer that is due. False when there is none.
  bool poll_one();

  /// Runs until nothing is ready, without moving the clock, and says how many tasks ran. Throws std::runtime_error
  /// after a million tasks: something posts itself for ever.
  std::size_t run_ready();

  /// Runs what is ready, then lets `time` pass: timers fire in order, each at its own time, with everything that
  /// they make ready. Afterwards nothing is ready and exactly `time` has passed.
  void advance(Duration time);

  /// Runs, moving the clock from timer to timer, until the predicate is true. False when it still isn't after
  /// `max_time`, or when nothing is left that could change it; the clock moves no further than `max_time`.
  template <class Predicate>
  bool run_until(Predicate predicate, Duration max_time = std::chrono::minutes(10)) {
    const TimePoint end = now() + max_time;
    while (!predicate()) {
      if (!progress(end)) return false;
    }
    return true;
  }

  /// Destroys everything that is queued and scheduled, un-run; later tasks are destroyed at once. Not inside a task:
  /// what it destroys may be what the task is running in.
  void stop();
  bool stopped() const noexcept;

  /// How much time has passed since the beginning.
  Duration elapsed() const noexcept { return now() - kStart; }
  /// Tasks that were posted and did not run yet.
  std::size_t pending_tasks() const;
  /// Timers that were scheduled, did not run and were not canceled. A connection that ended leaves none behind.
  std::size_t pending_timers() const noexcept;

 private:
  struct State;
  bool progress(TimePoint end);
  void drop_everything();
  void forbid_inside_task(const char* function) const;

  std::unique_ptr<State> state_;
};

}  // namespace signalr::memory
