// What a check has found so far. Nothing else of a check can be reached by what an adapter calls: see bench.hpp.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

namespace signalr::conformance {

/// Always owned by a shared_ptr, since a broken adapter tells it things when its check is long over. Any thread.
class Verdict {
 public:
  /// A rule was broken. The first one counts.
  void report(std::string text);
  std::optional<std::string> broken() const;

  /// Something has changed: wakes whoever waits.
  void ring();
  /// Waits for a ring since `seen` (then the number of the last one), but not long: rings may be lost.
  void wait(std::size_t& seen);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t rings_ = 0;
  std::optional<std::string> broken_;
};

/// A task that borrows the stack of a thread that waits for it: it runs at most once, and never when that has left.
class Loan {
 public:
  /// The task asks whether it may run.
  enum class Answer { run, never, ran_before };
  Answer begin();
  /// The task has run.
  void end();
  bool ended() const;
  /// The thread wants to leave: false while the task runs.
  bool give_up();

 private:
  enum class State { waiting, running, ended, given_up };
  mutable std::mutex mutex_;
  State state_ = State::waiting;
};

}  // namespace signalr::conformance
