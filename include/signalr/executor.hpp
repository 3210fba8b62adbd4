// Seam: time and order. Everything that a connection does, it does on its Executor.
#pragma once

#include <chrono>
#include <cstdint>

#include <signalr/export.hpp>
#include <signalr/function.hpp>

namespace signalr {

/// The clock of all deadlines: it never goes back, and where the system offers one it also counts the
/// time that the machine was suspended (CLOCK_BOOTTIME on Linux), so that a connection notices that
/// its server has long forgotten it (P§7.3).
struct SIGNALR_API Clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};
using Duration = Clock::duration;
using TimePoint = Clock::time_point;

/// Work for an Executor. Up to 48 bytes of captures cost no allocation.
using Task = UniqueFunction<void()>;

/// Names a scheduled task; 0 names none.
using TimerId = std::uint64_t;

/// A strand: runs tasks in order, one at a time. Always owned by a shared_ptr, and whatever needs it
/// (connections, adapters' operations) keeps one.
///
/// It goes by turns: a turn runs what had been posted when it began, then the timers that had come due by then, all of
/// them, in the order of their times. So neither keeps the other from running, whatever a task posts or a timer
/// schedules; what was posted before a timer's time runs before that timer; and a timer that is due waits for what is
/// posted by then and what that posts, and no longer.
///
/// The destructor may run on the executor's own thread, since the last owner may be released by a task
/// of its own; it then detaches and never joins itself.
///
/// After the executor has stopped, `post` and `schedule` destroy the task at once, un-run, on the
/// calling thread. What was queued and scheduled when it stopped is destroyed un-run, timers included: connections
/// keep one for a time that never comes, to learn of the stop.
class SIGNALR_API Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor();

  /// Runs the task later, after those posted before it; never inside this call. Any thread. A task must
  /// not throw.
  virtual void post(Task task) = 0;

  /// Whether the calling thread is running a task of this executor now. Any thread.
  virtual bool running_here() const noexcept = 0;

  /// The time that `schedule` is measured in. Any thread.
  virtual TimePoint now() const noexcept = 0;

  /// Runs the task in the first turn that begins when `when` has come, never inside this call; tasks that are due at
  /// the same time run in the order of their scheduling. TimePoint::max() never comes: a task for it is destroyed some
  /// day (by `cancel`, or when the executor stops), never run. 0 when the executor has stopped. On the strand only.
  virtual TimerId schedule(TimePoint when, Task task) = 0;

  /// Afterwards the task never runs and is destroyed; unknown, past and zero ids are ignored. On the
  /// strand only.
  virtual void cancel(TimerId id) noexcept = 0;

  /// For executors that have no thread of their own (a virtual clock, a game loop): called again and again by
  /// a blocking call on the thread that would otherwise wait, it makes some progress (runs a task, moves the
  /// clock to the next timer) and says whether it did. Timers for TimePoint::max() are none to move to. It is never
  /// entered by two threads at the same time, nor inside itself: of several threads that block, one runs it and the
  /// others wait for it. Executors with a thread keep the default.
  virtual bool run_one() { return false; }

  /// Who runs the tasks.
  enum class Runner {
    unknown,  ///< whoever calls its run function, if anybody does
    present,  ///< the same, and somebody is running a task just now
    own,      ///< a thread of its own
    missing,  ///< a thread of its own that isn't there: this process is the child of a fork()
  };
  /// Asked by blocking calls. On an executor whose thread is missing they throw UsageError; where nobody is known to
  /// run it, and nothing of it runs, they end by themselves at their deadline, and without one say so in the log. Any
  /// thread.
  virtual Runner runner() const noexcept { return Runner::unknown; }
};

}  // namespace signalr
