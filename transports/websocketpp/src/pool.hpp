// A few threads for what blocks and can't be woken: whoever waits for it must be able to walk away, from the dial and
// from the process.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <signalr/function.hpp>
#include <signalr/operation.hpp>

#include "loop.hpp"
#include "steps.hpp"

namespace signalr::net {

/// Threads come as they are needed, end when idle, are never joined, and each keeps the pool alive.
class Pool : public std::enable_shared_from_this<Pool> {
 public:
  /// `run` is called on a thread of the pool; what it is for names the jobs that may hang together.
  class Job {
   public:
    explicit Job(std::string purpose) : what_for(std::move(purpose)) {}
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    virtual ~Job() = default;
    virtual void run() = 0;

    const std::string what_for;
    std::atomic<bool> cancelled{false};
  };

  /// The one of this process; after fork the child has one of its own.
  static std::shared_ptr<Pool> of_process();

  /// Where the system gives no thread at all, the job runs here and now.
  void submit(std::shared_ptr<Job> job);

 private:
  bool add_thread();
  std::shared_ptr<Job> take();
  void work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> queue_;
  std::vector<std::string> running_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
};

/// What `run_on_pool` begins.
template <class Result>
class PoolJob final : public Pool::Job, public std::enable_shared_from_this<PoolJob<Result>> {
 public:
  PoolJob(std::shared_ptr<Loop> loop, std::string purpose, std::function<Result()> work,
          UniqueFunction<void(Result)> handler)
      : Job(std::move(purpose)), loop_(std::move(loop)), work_(std::move(work)), handler_(std::move(handler)) {}

  void start() { Pool::of_process()->submit(this->shared_from_this()); }
  void cancel() noexcept {
    cancelled.store(true, std::memory_order_relaxed);
    handler_ = nullptr;
  }

 private:
  void run() override {
    loop_->post([self = this->shared_from_this(), result = work_()]() mutable {
      if (self->handler_) std::exchange(self->handler_, nullptr)(std::move(result));
    });
  }

  const std::shared_ptr<Loop> loop_;
  const std::function<Result()> work_;
  UniqueFunction<void(Result)> handler_;  // touched on the loop alone
};

/// Runs `work` on the pool and then `handler` on the loop, never inside. Destroying the operation, on the loop, cancels
/// at once: the handler is dropped, the work goes on to its end unseen.
template <class Result>
std::unique_ptr<Operation> run_on_pool(const std::shared_ptr<Loop>& loop, std::string what_for,
                                       std::function<Result()> work, UniqueFunction<void(Result)> handler) {
  return begin_step<PoolJob<Result>>(loop, std::move(what_for), std::move(work), std::move(handler));
}

}  // namespace signalr::net
