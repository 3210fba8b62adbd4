// Threads that wait: for an executor that stops, and for one that they have to drive themselves.
#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <signalr/event_loop.hpp>

#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

namespace {

/// An executor with a thread, that somebody else may stop: as an application's io_context that ends.
class StoppableLoop final : public Executor {
 public:
  void post(Task task) override {
    if (const auto loop = get()) loop->post(std::move(task));
  }
  bool running_here() const noexcept override {
    const auto loop = get();
    return loop != nullptr && loop->running_here();
  }
  TimePoint now() const noexcept override { return Clock::now(); }
  TimerId schedule(TimePoint when, Task task) override {
    const auto loop = get();
    return loop == nullptr ? 0 : loop->schedule(when, std::move(task));
  }
  void cancel(TimerId id) noexcept override {
    if (const auto loop = get(); loop != nullptr && loop->running_here()) loop->cancel(id);
  }
  void stop() {
    std::unique_lock<std::mutex> lock(mutex_);
    auto last = std::move(loop_);
    loop_ = nullptr;
    lock.unlock();
    last = nullptr;  // joins, and destroys what was queued
  }

 private:
  std::shared_ptr<Executor> get() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return loop_;
  }

  mutable std::mutex mutex_;
  std::shared_ptr<Executor> loop_ = make_event_loop();
};

/// Never answers.
struct SilentHttpClient final : HttpClient {
  struct Nothing final : HttpOperation {
    void resume() override {}
  };
  std::unique_ptr<HttpOperation> send(const std::shared_ptr<Executor>&, HttpRequest, HttpSink&) override {
    asked.set_value();
    return std::make_unique<Nothing>();
  }
  std::promise<void> asked;
};

struct NoDialer final : WebsocketDialer {
  std::unique_ptr<Operation> dial(const std::shared_ptr<Executor>&, DialRequest, DialHandler) override {
    return nullptr;
  }
};

/// Waits for what a thread does, and fails instead of waiting for ever.
void require_ready(std::future<void>& done) {
  if (done.wait_for(1min) == std::future_status::ready) return done.get();
  FAIL("a blocking call doesn't come to its end");
  std::terminate();  // the thread couldn't be joined
}

}  // namespace

TEST_CASE("a dial that waits ends with ConnectionGone when its executor is stopped") {
  const auto loop = std::make_shared<StoppableLoop>();
  const auto http = std::make_shared<SilentHttpClient>();
  DialOptions options;
  options.http_client = http;
  options.dialer = std::make_shared<NoDialer>();
  options.executor = loop;
  auto done = std::async(std::launch::async, [&] {
    CHECK_THROWS_AS(signalr::dial("http://server.test", Hubs{{"chat"}}, options), ConnectionGone);
  });
  http->asked.get_future().wait();
  loop->stop();
  require_ready(done);
}

TEST_CASE("a dial on an executor that was stopped before ends with ConnectionGone") {
  const auto loop = std::make_shared<StoppableLoop>();
  loop->stop();
  DialOptions options;
  options.http_client = std::make_shared<SilentHttpClient>();
  options.dialer = std::make_shared<NoDialer>();
  options.executor = loop;
  CHECK_THROWS_AS(signalr::dial("http://server.test", Hubs{{"chat"}}, options), ConnectionGone);
}

TEST_CASE("reads that wait end with ConnectionGone when the executor is stopped; calls made later too") {
  const auto loop = std::make_shared<StoppableLoop>();
  std::optional<memory::Network> network;
  std::optional<memory::FakeServer> server;
  DialOptions options;
  const auto on_strand = [&](auto work) {
    std::promise<void> done;
    loop->post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  };
  on_strand([&] {
    network.emplace(loop);
    server.emplace(*network, "http://server.test");
    options.http_client = network->http_client();
    options.dialer = network->dialer();
  });
  options.executor = loop;
  {
    Conn conn = signalr::dial("http://server.test", Hubs{{"chat"}}, options, CallOptions{1min});
    std::vector<std::future<void>> readers;
    for (int i = 0; i < 3; ++i) {
      readers.push_back(std::async(std::launch::async, [&] { CHECK_THROWS_AS(conn.read_message(), ConnectionGone); }));
    }
    on_strand([] {});
    loop->stop();
    for (auto& reader : readers) require_ready(reader);
    CHECK_THROWS_AS(conn.read_message(), ConnectionGone);
    CHECK_THROWS_AS(conn.close(), ConnectionGone);
  }
  server.reset();
  network.reset();
}

TEST_CASE("two threads in blocking calls drive one virtual clock in turns") {
  World world;
  Conn conn = world.dial();
  constexpr int kCalls = 200;
  const auto echo = [&](const char* name) {
    for (int i = 0; i < kCalls; ++i) conn.write_message(call(name, "Echo", {"1"}), CallOptions{1h});
  };
  auto other = std::async(std::launch::async, [&] { echo("b"); });
  echo("a");
  require_ready(other);
  int answers = 0;
  while (answers < 2 * kCalls) answers += conn.read_message(CallOptions{1h}).is_result() ? 1 : 0;
  CHECK(answers == 2 * kCalls);
}

TEST_CASE("a thread whose first turn found nothing to do drives the clock once another brings work") {
  World world;
  Conn conn = world.dial();
  world.settle();
  std::promise<void> begun;
  auto reader = std::async(std::launch::async, [&] {
    begun.set_value();
    CHECK(conn.read_message(CallOptions{}).messages().at(0).method == "late");
  });
  begun.get_future().wait();
  for (int i = 0; i < 100; ++i) std::this_thread::yield();
  std::promise<void> told;
  world.server.clock().post([&] {
    world.server.broadcast("Chat", "late", "[]");
    told.set_value();
  });
  told.get_future().wait();
  require_ready(reader);
}

TEST_CASE("a blocking call without a deadline, for what never comes, ends a test instead of hanging it") {
  World world;
  Conn conn = world.dial();
  CHECK_THROWS_WITH_AS(conn.read_message(), doctest::Contains("waits for what never comes"), std::runtime_error);
  conn.close();
}
