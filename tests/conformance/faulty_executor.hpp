// An Executor that breaks one rule of its contract, to see whether the suite sees it.
#pragma once

#include <memory>

#include <signalr/executor.hpp>

namespace signalr::conformance {

enum class ExecutorFault {
  none,
  post_runs_inline,
  last_first,
  two_threads,
  runs_twice,
  always_here,
  never_here,
  here_for_all,  ///< takes a task of any such executor for its own
  clock_goes_back,
  early_timers,
  schedule_runs_inline,
  timers_in_order_of_scheduling,
  equal_times_backwards,
  ids_from_zero,
  one_id_for_all,
  cancel_is_ignored,
  cancel_keeps_the_task,
  due_timers_cant_be_canceled,
  posts_starve_timers,
  timers_before_posts,  ///< what was posted before a timer's time waits for it
  one_timer_a_turn,
  new_timers_first,  ///< those scheduled in the present turn run in it
  timers_starve_posts,
  destructor_waits_for_itself,
  end_of_time_comes,  ///< takes TimePoint::max() for now
  keeps_queued_tasks,
  run_one_lies,
  keeps_tasks_after_stop,
};

/// With `kNone` it keeps the contract.
std::shared_ptr<Executor> make_faulty_executor(ExecutorFault fault);
/// Stops one of these, from any thread but its own.
void stop_faulty_executor(Executor& executor);

}  // namespace signalr::conformance
