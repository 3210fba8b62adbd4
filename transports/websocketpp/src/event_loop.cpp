#include <signalr/websocketpp/event_loop.hpp>

#include <mutex>
#include <thread>

#include <asio/executor_work_guard.hpp>

#include "asio_executor.hpp"
#include "threads/process.hpp"

namespace signalr {
namespace {

/// An io_context and the thread that runs it. The thread owns the io_context: where the last owner is released by a
/// task, it goes on for as long as that task needs.
class EventLoop final : public net::AsioExecutor {
 public:
  EventLoop() : EventLoop(std::make_unique<asio::io_context>()) {}

  ~EventLoop() override {
    if (process_ != threads::process_id()) {
      // In a child after fork the thread isn't here, and what it had locked stays locked.
      // NOLINTBEGIN(bugprone-unhandled-exception-at-new): a child without memory for this may end here
      new std::thread(std::move(thread_));
      new std::shared_ptr<net::Loop>(loop());
      // NOLINTEND(bugprone-unhandled-exception-at-new)
      return;
    }
    loop()->stop();
    context_.stop();
    if (thread_.get_id() == std::this_thread::get_id()) {
      thread_.detach();
    } else {
      thread_.join();
    }
  }

  Runner runner() const noexcept override { return process_ == threads::process_id() ? Runner::own : Runner::missing; }

 private:
  explicit EventLoop(std::unique_ptr<asio::io_context> context)
      : AsioExecutor(net::Loop::on(*context, net::Loop::Threads::one)), context_(*context) {
    const threads::BlockedSignals blocked;
    thread_ = std::thread([context = std::move(context)]() mutable {
      const auto work = asio::make_work_guard(*context);
      context->run();
    });
  }

  asio::io_context& context_;  // lives until `stop` at least: the thread ends after it
  const decltype(threads::process_id()) process_ = threads::process_id();
  std::thread thread_;
};

struct Registry {
  std::mutex mutex;
  std::weak_ptr<Executor> loop;
};

}  // namespace

std::shared_ptr<Executor> make_asio_event_loop() { return std::make_shared<EventLoop>(); }

std::shared_ptr<Executor> shared_asio_event_loop() {
  auto& registry = threads::of_process<Registry>();
  const std::lock_guard lock(registry.mutex);
  std::shared_ptr<Executor> loop = registry.loop.lock();
  if (loop == nullptr) {
    loop = make_asio_event_loop();
    registry.loop = loop;
  }
  return loop;
}

}  // namespace signalr
