#include "executors.hpp"

#include <asio/executor_work_guard.hpp>
#include <signalr/websocketpp/asio_executor.hpp>

namespace client {

struct Context::State {
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::thread threads[2];
};

Context::Context() : state_(std::make_unique<State>()) {
  for (auto& thread : state_->threads) {
    thread = std::thread([state = state_.get()] { state->context.run(); });
  }
}

Context::~Context() {
  state_->context.stop();
  for (auto& thread : state_->threads) thread.join();
}

std::shared_ptr<Executor> Context::make_executor() { return make_asio_executor(state_->context); }

}  // namespace client
