// Turns a call with a handler into one that waits.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <signalr/errors.hpp>
#include <signalr/executor.hpp>
#include <signalr/result.hpp>

namespace signalr::session {

/// A thread that waits for something to happen on an executor: until it has happened, never can any more, or the
/// executor has stopped. Drives the executor meanwhile if that has no thread of its own.
class Wait : public std::enable_shared_from_this<Wait> {
 public:
  enum class End { none, happened, dropped, stopped };

  explicit Wait(Executor& executor) : executor_(executor) {}
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

 protected:
  ~Wait() = default;

 private:
  class Sentinel;
  enum class Watch { none, posted, scheduled };

  bool ended();
  void rest();
  void on_sentinel_run();
  void set_watch(Watch watch);

  Executor& executor_;
  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  End end_ = End::none;
  Watch watch_ = Watch::none;
  TimerId timer_ = 0;
};

template <class T>
class BlockingCall {
 public:
  /// Throws UsageError where waiting would keep the executor from ever answering.
  BlockingCall(Executor& executor, const char* what) : what_(what), state_(std::make_shared<State>(executor)) {
    if (executor.running_here()) {
      throw UsageError(std::string(what) +
                       " would deadlock: it blocks, and was called on the connection's own executor; use the form with "
                       "a handler there");
    }
  }
  BlockingCall(const BlockingCall&) = delete;
  BlockingCall& operator=(const BlockingCall&) = delete;
  ~BlockingCall() { state_->leave(); }

  /// The handler to start the call with. Destroyed uncalled it ends the wait with ConnectionGone.
  auto handler() { return Handler{state_}; }

  Result<T> wait() {
    switch (state_->wait()) {
      case Wait::End::happened:
        return std::move(*state_->result);
      case Wait::End::stopped:
        return ConnectionGone(std::string(what_) + " ended: the connection's executor was stopped").clone();
      default:
        return ConnectionGone(std::string(what_) + " ended: the connection was destroyed, or its executor stopped")
            .clone();
    }
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

  const char* what_;
  const std::shared_ptr<State> state_;
};

}  // namespace signalr::session
