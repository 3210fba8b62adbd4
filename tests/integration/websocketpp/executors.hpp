// Executors of each kind that a dialer may be given.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <doctest/doctest.h>
#include <signalr/websocketpp/event_loop.hpp>

namespace client {

using namespace signalr;

/// How long a test waits for something that must come before it fails.
constexpr std::chrono::seconds kDeadline{30};

/// Runs `function` on the strand and waits for it.
template <class Function>
auto on(Executor& executor, Function function) {
  std::promise<decltype(function())> done;
  auto result = done.get_future();
  executor.post([&done, &function] {
    if constexpr (std::is_void_v<decltype(function())>) {
      function();
      done.set_value();
    } else {
      done.set_value(function());
    }
  });
  if (result.wait_for(kDeadline) != std::future_status::ready) {
    FAIL("the executor doesn't run what was posted");
    std::terminate();
  }
  return result.get();
}

/// An Executor that isn't this library's. Adapters have no timers, so it has none either.
class ForeignExecutor final : public Executor {
 public:
  ForeignExecutor() : state_(std::make_shared<State>()), thread_([state = state_] { state->run(); }) {}
  ~ForeignExecutor() override {
    {
      const std::lock_guard lock(state_->mutex);
      state_->stopped = true;
    }
    state_->wake.notify_one();
    if (running_here()) {
      thread_.detach();  // the last owner was a task
    } else {
      thread_.join();
    }
  }
  void post(Task task) override {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return;
    state_->tasks.push_back(std::move(task));
    state_->wake.notify_one();
  }
  bool running_here() const noexcept override { return thread_.get_id() == std::this_thread::get_id(); }
  TimePoint now() const noexcept override { return Clock::now(); }
  TimerId schedule(TimePoint, Task) override { std::terminate(); }
  void cancel(TimerId) noexcept override { std::terminate(); }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Task> tasks;
    bool stopped = false;

    void run() {
      std::unique_lock lock(mutex);
      for (;;) {
        wake.wait(lock, [this] { return stopped || !tasks.empty(); });
        if (stopped) break;
        Task task = std::move(tasks.front());
        tasks.pop_front();
        lock.unlock();
        task();
        task = nullptr;
        lock.lock();
      }
      const auto left = std::move(tasks);
      lock.unlock();
    }
  };

  const std::shared_ptr<State> state_;
  std::thread thread_;
};

/// An io_context of the application's, run by two threads, and an executor on it.
class Context {
 public:
  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  std::shared_ptr<Executor> make_executor();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One of each kind in turn, as subcases of a test.
class AnyExecutor {
 public:
  AnyExecutor() {
    SUBCASE("on a loop of the library") { executor_ = make_asio_event_loop(); }
    SUBCASE("on the application's io_context, which two threads run") {
      context_.emplace();
      executor_ = context_->make_executor();
    }
    SUBCASE("on an executor of somebody else's") { executor_ = std::make_shared<ForeignExecutor>(); }
  }
  Executor& operator*() const { return *executor_; }
  const std::shared_ptr<Executor>& get() const { return executor_; }

 private:
  std::optional<Context> context_;
  std::shared_ptr<Executor> executor_;
};

}  // namespace client
