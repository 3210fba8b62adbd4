// The strand of a test server: an Executor over an io_context that one thread runs.
#pragma once

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <map>
#include <signalr/executor.hpp>
#include <thread>
#include <utility>

namespace signalr::test {

/// Its owner runs `io()` on one thread, and destroys it after that thread has ended.
class LoopExecutor : public Executor {
 public:
  asio::io_context& io() noexcept { return io_; }
  /// Called by the thread that is going to run the loop.
  void adopt_thread() noexcept { thread_ = std::this_thread::get_id(); }

  void post(Task task) override;
  bool running_here() const noexcept override { return thread_.load() == std::this_thread::get_id(); }
  TimePoint now() const noexcept override { return Clock::now(); }
  TimerId schedule(TimePoint when, Task task) override;
  void cancel(TimerId id) noexcept override;

 private:
  using Key = std::pair<TimePoint, TimerId>;

  void arm();
  void run_due();

  asio::io_context io_{1};
  asio::steady_timer timer_{io_};
  std::map<Key, Task> timers_;
  std::map<TimerId, TimePoint> due_;
  TimerId last_id_ = 0;
  std::atomic<std::thread::id> thread_{};
};

}  // namespace signalr::test
