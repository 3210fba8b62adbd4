// One deadline of a session, taken back when its owner goes.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include <signalr/call_options.hpp>

#include "session/context.hpp"

namespace signalr::detail::session {

/// As errors name times.
inline std::string in_milliseconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) + " ms";
}

/// On the strand only. Setting it again replaces what was set before.
class Timer {
 public:
  /// A timer that runs later than this after its time was held up, and so was all that it may wait for.
  static constexpr Duration kHeldUp = std::chrono::milliseconds(5);

  explicit Timer(Context& context) noexcept : context_(context) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { cancel(); }

  void set_at(TimePoint when, Task task) {
    cancel();
    task_ = std::move(task);
    id_ = context_.executor->schedule(when, [this] { fire(); });
  }
  /// For a task that says that something didn't come: where the timer was held up, what has arrived meanwhile is let
  /// in first, for one round of the executor, and for more as long as they bring frames.
  void judge_at(TimePoint when, Task task) {
    cancel();
    task_ = std::move(task);
    id_ = context_.executor->schedule(when, [this, when] {
      judge(when <= context_.executor->now() - kHeldUp ? kMostRounds : 0, context_.counters.frames_received.value());
    });
  }
  /// Delays too long for the clock mean for ever.
  void set_after(Duration delay, Task task) {
    set_at(Deadline(delay).resolve(context_.executor->now()), std::move(task));
  }
  void judge_after(Duration delay, Task task) {
    judge_at(Deadline(delay).resolve(context_.executor->now()), std::move(task));
  }

  void cancel() noexcept {
    if (const TimerId id = std::exchange(id_, 0); id != 0) context_.executor->cancel(id);
    let_handlers_run();
    task_ = nullptr;
  }

 private:
  static constexpr int kMostRounds = 16;

  void judge(int rounds, std::uint64_t frames) {
    if (rounds == 0) {
      let_handlers_run();
      return fire();
    }
    if (!std::exchange(handlers_wait_, true)) context_.turns->hold();
    id_ = context_.executor->schedule(context_.executor->now(), [this, rounds, frames] {
      const std::uint64_t now = context_.counters.frames_received.value();
      judge(now == frames ? 0 : rounds - 1, now);
    });
  }
  void let_handlers_run() noexcept {
    if (std::exchange(handlers_wait_, false)) context_.turns->release();
  }
  void fire() {
    id_ = 0;
    const Entry entry(context_.gate);
    if (!entry) return;
    Task task = std::move(task_);  // it may destroy this timer
    task();
  }

  Context& context_;
  TimerId id_ = 0;
  bool handlers_wait_ = false;  // for the verdict
  Task task_;
};

}  // namespace signalr::detail::session
