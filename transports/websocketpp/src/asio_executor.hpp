// The Executors of this library, known by their common base: sockets run on their loops.
#pragma once

#include <memory>

#include <signalr/executor.hpp>

#include "loop.hpp"

namespace signalr::net {

class AsioExecutor : public Executor {
 public:
  void post(Task task) override { loop_->post(std::move(task)); }
  bool running_here() const noexcept override { return loop_->running_here(); }
  TimePoint now() const noexcept override { return Clock::now(); }
  TimerId schedule(TimePoint when, Task task) override { return loop_->schedule(when, std::move(task)); }
  void cancel(TimerId id) noexcept override { loop_->cancel(id); }

  const std::shared_ptr<Loop>& loop() const noexcept { return loop_; }

 protected:
  explicit AsioExecutor(std::shared_ptr<Loop> loop) : loop_(std::move(loop)) {}

 private:
  std::shared_ptr<Loop> loop_;
};

}  // namespace signalr::net
