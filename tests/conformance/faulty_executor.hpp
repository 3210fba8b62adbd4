// An Executor that breaks one rule of its contract, to see whether the suite sees it.
#pragma once

#include <memory>

#include <signalr/executor.hpp>

namespace signalr::conformance {

enum class ExecutorFault {
  kNone,
  kPostRunsInline,
  kLastFirst,
  kTwoThreads,
  kRunsTwice,
  kAlwaysHere,
  kNeverHere,
  kHereForAll,  ///< takes a task of any such executor for its own
  kClockGoesBack,
  kEarlyTimers,
  kScheduleRunsInline,
  kTimersInOrderOfScheduling,
  kEqualTimesBackwards,
  kIdsFromZero,
  kOneIdForAll,
  kCancelIsIgnored,
  kCancelKeepsTheTask,
  kDueTimersCantBeCancelled,
  kPostsStarveTimers,
  kTimersBeforePosts,  ///< what was posted before a timer's time waits for it
  kOneTimerATurn,
  kNewTimersFirst,  ///< those scheduled in the present turn run in it
  kTimersStarvePosts,
  kDestructorWaitsForItself,
  kEndOfTimeComes,  ///< takes TimePoint::max() for now
  kKeepsQueuedTasks,
  kHelpLies,
  kKeepsTasksAfterStop,
};

/// With `kNone` it keeps the contract.
std::shared_ptr<Executor> make_faulty_executor(ExecutorFault fault);
/// Stops one of these, from any thread but its own.
void stop_faulty_executor(Executor& executor);

}  // namespace signalr::conformance
