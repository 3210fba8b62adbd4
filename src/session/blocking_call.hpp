// Turns a call with a handler into one that waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <signalr/call_options.hpp>
#include <signalr/errors.hpp>
#include <signalr/executor.hpp>
#include <signalr/result.hpp>

#include "session/context.hpp"

namespace signalr::detail::session {

/// Throws UsageError when nothing can ever run the executor: its thread stayed behind when this process was forked.
void require_thread(const Executor& executor, const char* what);

/// A thread that waits for something to happen on an executor: until it has happened, never can any more, or the
/// executor has stopped. Drives the executor meanwhile if that has no thread of its own. Where it isn't known whether
/// anybody runs the executor, and nothing of it runs, the wait ends with the call's own limits, which the executor
/// would have to watch otherwise.
class Wait : public std::enable_shared_from_this<Wait> {
 public:
  enum class End { none, happened, dropped, stopped, too_late, canceled };

  /// Throws UsageError where waiting would keep the executor from ever answering, or nothing ever runs it.
  Wait(Context& context, const char* what, const CallOptions& limits);
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  /// On the waiting thread.
  End wait();
  /// The thread waits no more, and the executor may go.
  void leave();

  /// The first end counts; `change` is made with it, under the lock. Any thread.
  template <class Change>
  void end(End how, Change change) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (end_ != End::none) return;
    change();
    end_ = how;
    changed_.notify_all();
  }
  void end(End how) {
    end(how, [] {});
  }

  /// Once it has ended without having happened: why.
  ErrorPtr error() const;

 protected:
  ~Wait() = default;

 private:
  class Sentinel;
  enum class Watch { none, posted, scheduled };
  using RealClock = std::chrono::steady_clock;

  bool ended();
  void rest();
  Duration until_asking() const;
  void doubt(Duration lifeless);
  void on_sentinel_run();
  void set_watch(Watch watch);
  void note(Watch watch) noexcept;

  Context& context_;  // for the waiting thread
  Executor& executor_;
  const char* const what_;
  const CancelToken token_;
  const TimePoint ends_;
  bool told_ = false;  // the waiting thread's

  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  End end_ = End::none;
  Watch watch_ = Watch::none;
  RealClock::time_point posted_at_;
  TimerId timer_ = 0;
};

template <class T>
class BlockingCall {
 public:
  /// As Wait.
  BlockingCall(Context& context, const char* what, const CallOptions& limits = {})
      : state_(std::make_shared<State>(context, what, limits)) {}
  BlockingCall(const BlockingCall&) = delete;
  BlockingCall& operator=(const BlockingCall&) = delete;
  ~BlockingCall() { state_->leave(); }

  /// The handler to start the call with. Destroyed uncalled it ends the wait with ConnectionGone.
  auto handler() { return Handler{state_}; }

  Result<T> wait() {
    if (state_->wait() == Wait::End::happened) return std::move(*state_->result);
    return state_->error();
  }

 private:
  struct State final : Wait {
    using Wait::Wait;
    std::optional<Result<T>> result;
  };

  struct Handler {
    explicit Handler(std::shared_ptr<State> shared) noexcept : state(std::move(shared)) {}
    Handler(Handler&&) noexcept = default;
    Handler& operator=(Handler&&) = delete;
    ~Handler() {
      if (state != nullptr) state->end(Wait::End::dropped);
    }
    void operator()(Result<T> result) {
      state->end(Wait::End::happened, [&] { state->result.emplace(std::move(result)); });
    }
    std::shared_ptr<State> state;
  };

  const std::shared_ptr<State> state_;
};

/// The options of a blocking call that takes something for good, a message: once the thread has given up by itself,
/// none is taken for it any more.
class TakingOptions {
 public:
  TakingOptions(const Executor& executor, const CallOptions& options);
  TakingOptions(const TakingOptions&) = delete;
  TakingOptions& operator=(const TakingOptions&) = delete;
  ~TakingOptions() {
    if (given_up_) given_up_->cancel();
  }
  const CallOptions& operator*() const noexcept { return options_; }

 private:
  CallOptions options_;
  std::optional<CancelSource> given_up_;
  CancelRegistration link_;  // cancels it as well when the user's token is canceled
};

}  // namespace signalr::detail::session
