// A step of a dial that blocks, on the pool.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <signalr/function.hpp>
#include <signalr/operation.hpp>

#include "loop.hpp"
#include "steps.hpp"
#include "threads/pool.hpp"

namespace signalr::net {

/// What `run_on_pool` begins.
template <class Result>
class PoolJob final : public threads::Pool::Job, public std::enable_shared_from_this<PoolJob<Result>> {
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

  threads::Pool& pool_ = threads::of_process<threads::Pool>();
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
