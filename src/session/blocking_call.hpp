// Turns a call with a handler into one that waits.
#pragma once

#include <chrono>
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

template <class T>
class BlockingCall {
 public:
  /// Throws UsageError where waiting would keep the executor from ever answering.
  BlockingCall(Executor& executor, const char* what) : executor_(executor), what_(what) {
    if (executor.running_here()) {
      throw UsageError(std::string(what) +
                       " would deadlock: it blocks, and was called on the connection's own executor; use the form with "
                       "a handler there");
    }
  }

  /// The handler to start the call with. Destroyed uncalled it ends the wait with ConnectionGone.
  auto handler() { return Handler{state_}; }

  Result<T> wait() {
    bool driving = false;  // whether the executor needs this thread to get anywhere
    while (!is_done()) {
      if (executor_.help()) {
        driving = true;
        continue;
      }
      std::unique_lock<std::mutex> lock(state_->mutex);
      const auto done = [this] { return state_->done; };
      if (driving) {
        state_->changed.wait_for(lock, std::chrono::milliseconds(1), done);  // another thread may bring it work
      } else {
        state_->changed.wait(lock, done);
      }
    }
    if (!state_->result) return ConnectionGone(std::string(what_) + " ended: the connection was destroyed").clone();
    return std::move(*state_->result);
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::optional<Result<T>> result;
  };

  struct Handler {
    explicit Handler(std::shared_ptr<State> shared) noexcept : state(std::move(shared)) {}
    Handler(Handler&&) noexcept = default;
    Handler& operator=(Handler&&) = delete;
    ~Handler() {
      if (state != nullptr) end(std::nullopt);
    }
    void operator()(Result<T> result) { end(std::move(result)); }

    void end(std::optional<Result<T>> result) {
      const std::lock_guard<std::mutex> lock(state->mutex);
      if (std::exchange(state->done, true)) return;
      state->result = std::move(result);
      state->changed.notify_all();
    }
    std::shared_ptr<State> state;
  };

  bool is_done() {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    return state_->done;
  }

  Executor& executor_;
  const char* what_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace signalr::session
