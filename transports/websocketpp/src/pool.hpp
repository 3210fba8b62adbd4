// A few threads for what blocks and can't be woken: whoever waits for it must be able to walk away, from the dial and
// from the process.
#pragma once

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
#include "process.hpp"
#include "steps.hpp"

namespace signalr::net {

/// Threads come as they are needed, end when idle, and are never joined; nor is the pool ever destroyed.
class Pool {
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

   private:
    friend class Pool;
    bool abandoned_ = false;
  };

  /// Where the system gives no thread at all, the job runs here and now.
  void submit(std::shared_ptr<Job> job);
  /// Nobody waits for the job any more: it won't begin, or doesn't count where threads are scarce.
  void abandon(Job& job) noexcept;

 private:
  bool may_grow() const noexcept;
  bool add_thread() noexcept;
  std::shared_ptr<Job> take();
  void work();

  const decltype(process_id()) process_ = process_id();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> queue_;
  std::vector<std::shared_ptr<Job>> running_;
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

  void start() { pool_.submit(this->shared_from_this()); }
  void cancel() noexcept {
    handler_ = nullptr;
    pool_.abandon(*this);
  }

 private:
  void run() override {
    loop_->post([self = this->shared_from_this(), result = work_()]() mutable {
      if (self->handler_) std::exchange(self->handler_, nullptr)(std::move(result));
    });
  }

  Pool& pool_ = of_process<Pool>();
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
