// The WebsocketDialer over websocketpp: on its own loop, on the user's io_context, and on an executor of somebody else.
#include <asio.hpp>
#include <map>
#include <signalr/event_loop.hpp>
#include <signalr/websocketpp/asio_executor.hpp>
#include <signalr/websocketpp/dialer.hpp>
#include <signalr/websocketpp/event_loop.hpp>
#include <thread>

#include "run_checks.hpp"

using namespace signalr;
using namespace signalr::conformance;

namespace {

class WebsocketppFixture : public Fixture {
 public:
  std::shared_ptr<WebsocketDialer> make_dialer(const std::shared_ptr<Executor>&, Peer&) override {
    return make_websocketpp_dialer();
  }
};

class OwnLoop final : public WebsocketppFixture {
 public:
  std::shared_ptr<Executor> make_executor() override { return make_asio_event_loop(); }
};

/// An io_context of the user's with two threads; it can be stopped for good by destroying it.
class UserContext {
 public:
  UserContext() {
    for (std::thread& thread : threads_) thread = std::thread([this] { context_->run(); });
  }
  ~UserContext() { stop(); }
  void stop() {
    if (context_ == nullptr) return;
    work_.reset();
    context_->stop();
    for (std::thread& thread : threads_) thread.join();
    context_ = nullptr;
  }
  asio::io_context& get() { return *context_; }

 private:
  std::unique_ptr<asio::io_context> context_ = std::make_unique<asio::io_context>();
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(*context_);
  std::thread threads_[2];
};

class UsersLoop final : public WebsocketppFixture {
 public:
  unsigned offers() const override { return Fixture::offers() | offer::stop; }
  std::shared_ptr<Executor> make_executor() override {
    auto context = std::make_unique<UserContext>();
    auto executor = make_asio_executor(context->get());
    contexts_[executor.get()] = std::move(context);
    return executor;
  }
  void stop(Executor& executor) override { contexts_.at(&executor)->stop(); }

 private:
  std::map<Executor*, std::unique_ptr<UserContext>> contexts_;
};

}  // namespace

TEST_CASE("the Asio event loop keeps the executor's contract") {
  OwnLoop fixture;
  run_checks(executor_checks(), fixture);
}

TEST_CASE("the executor on the user's io_context keeps the executor's contract") {
  UsersLoop fixture;
  run_checks(executor_checks(), fixture);
}

TEST_CASE("P#51 P#64 P#131 the dialer over websocketpp keeps its contract on its own loop") {
  OwnLoop fixture;
  run_checks(dialer_checks(), fixture);
}

TEST_CASE("the dialer over websocketpp keeps its contract on the user's io_context") {
  UsersLoop fixture;
  run_checks(dialer_checks(), fixture);
}

TEST_CASE("the dialer over websocketpp keeps its contract on another executor") {
  WebsocketppFixture fixture;
  run_checks(dialer_checks(), fixture);
}
