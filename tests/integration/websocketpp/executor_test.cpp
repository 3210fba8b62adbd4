// The Executors over Asio against their contract: order, timers, and the end in all its forms.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>

#include <signalr/websocketpp/asio_executor.hpp>

#include "client.hpp"

using namespace signalr;
using namespace std::chrono_literals;

namespace {

/// The library's kinds, as subcases.
class OurExecutor {
 public:
  OurExecutor() {
    SUBCASE("a loop of its own") { executor_ = make_asio_event_loop(); }
    SUBCASE("the shared loop") { executor_ = shared_asio_event_loop(); }
    SUBCASE("an io_context that two threads run") {
      context_.emplace();
      executor_ = context_->make_executor();
    }
  }
  Executor* operator->() const { return executor_.get(); }
  Executor& operator*() const { return *executor_; }
  const std::shared_ptr<Executor>& get() const { return executor_; }

 private:
  std::optional<client::Context> context_;
  std::shared_ptr<Executor> executor_;
};

/// Tells when it is destroyed, and whether it was run before.
struct Trace {
  std::atomic<int>* destroyed;
  explicit Trace(std::atomic<int>& count) : destroyed(&count) {}
  Trace(Trace&& other) noexcept : destroyed(std::exchange(other.destroyed, nullptr)) {}
  Trace& operator=(Trace&&) = delete;
  ~Trace() {
    if (destroyed != nullptr) ++*destroyed;
  }
};

bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + client::kDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace

TEST_CASE("tasks run in the order of their posting, one at a time, never inside post") {
  const OurExecutor executor;
  constexpr int kThreads = 4, kTasks = 2000;
  std::vector<int> last(kThreads, -1);
  int running = 0, overlaps = 0, disorder = 0, elsewhere = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kTasks; ++i) {
        executor->post([&, thread, i] {
          if (running++ != 0) ++overlaps;
          if (last[static_cast<std::size_t>(thread)] != i - 1) ++disorder;
          if (!executor->running_here()) ++elsewhere;
          last[static_cast<std::size_t>(thread)] = i;
          --running;
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  client::on(*executor, [] {});
  CHECK(last == std::vector<int>(kThreads, kTasks - 1));
  CHECK(overlaps == 0);
  CHECK(disorder == 0);
  CHECK(elsewhere == 0);
  CHECK_FALSE(executor->running_here());
}

TEST_CASE("a task that is posted by a task runs after it, and after those posted before") {
  const OurExecutor executor;
  std::vector<int> order;
  std::promise<void> done;
  client::on(*executor, [&] {
    executor->post([&] { order.push_back(1); });
    executor->post([&] {
      order.push_back(2);
      executor->post([&] {
        order.push_back(4);
        done.set_value();
      });
      order.push_back(3);
    });
    order.push_back(0);
  });
  REQUIRE(done.get_future().wait_for(client::kDeadline) == std::future_status::ready);
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("timers run in the order of their times, equal times in the order of scheduling, and never inside schedule") {
  const OurExecutor executor;
  std::vector<int> order;
  std::promise<void> done;
  const TimePoint now = executor->now();
  client::on(*executor, [&] {
    executor->schedule(now + 30ms, [&] {
      order.push_back(5);
      done.set_value();
    });
    executor->schedule(now + 20ms, [&] { order.push_back(3); });
    executor->schedule(now + 20ms, [&] { order.push_back(4); });
    executor->schedule(now - 10ms, [&] {
      order.push_back(1);
      CHECK(executor->now() >= now);
      executor->schedule(now - 20ms, [&] { order.push_back(2); });  // overdue already, and yet not inside
      order.push_back(11);
    });
    order.push_back(0);
  });
  REQUIRE(done.get_future().wait_for(client::kDeadline) == std::future_status::ready);
  CHECK(order == std::vector<int>{0, 1, 11, 2, 3, 4, 5});
}

TEST_CASE("a timer isn't early") {
  const OurExecutor executor;
  std::promise<TimePoint> ran;
  const TimePoint when = Clock::now() + 20ms;
  client::on(*executor, [&] { executor->schedule(when, [&] { ran.set_value(executor->now()); }); });
  auto future = ran.get_future();
  REQUIRE(future.wait_for(client::kDeadline) == std::future_status::ready);
  CHECK(future.get() >= when);
}

TEST_CASE("a canceled timer is destroyed at once and never runs; unknown ids are ignored") {
  const OurExecutor executor;
  std::atomic<int> destroyed{0};
  bool ran = false;
  TimerId second = 0;
  client::on(*executor, [&] {
    const TimePoint now = executor->now();
    executor->schedule(now - 2ms, [&] { executor->cancel(second); });  // also where both are due
    second = executor->schedule(now - 1ms, [&, trace = Trace(destroyed)] { ran = true; });
    const TimerId later = executor->schedule(now + 1h, [&, trace = Trace(destroyed)] { ran = true; });
    executor->cancel(later);
    CHECK(destroyed == 1);
    executor->cancel(later);
    executor->cancel(0);
    executor->cancel(123456);
  });
  CHECK(comes_true([&] { return destroyed == 2; }));
  client::on(*executor, [] {});
  CHECK_FALSE(ran);
}

TEST_CASE("what waits when a loop ends is destroyed un-run") {
  std::atomic<int> destroyed{0};
  bool ran = false;
  {
    std::promise<void> go_on;
    std::promise<void> begun;
    const auto executor = make_asio_event_loop();  // ends before what its task waits for
    executor->post([&] {
      executor->schedule(executor->now() + 1h, [&, trace = Trace(destroyed)] { ran = true; });
      executor->schedule(executor->now() + 1h, [&, trace = Trace(destroyed)] { ran = true; });
      begun.set_value();
      go_on.get_future().wait_for(client::kDeadline);
    });
    begun.get_future().wait();
    std::thread releases([&] { go_on.set_value(); });
    releases.join();
  }
  CHECK(destroyed == 2);
  CHECK_FALSE(ran);
}

TEST_CASE("the last owner may be released by a task of its own") {
  std::atomic<int> destroyed{0};
  for (int i = 0; i < 50; ++i) {
    auto executor = make_asio_event_loop();
    Executor& raw = *executor;
    raw.post([executor = std::move(executor), &destroyed]() mutable {
      executor->post([trace = Trace(destroyed)] {});
      executor->schedule(executor->now() + 1h, [trace = Trace(destroyed)] {});
      executor.reset();
    });
  }
  CHECK(comes_true([&] { return destroyed == 100; }));
}

TEST_CASE("after its io_context was destroyed an executor destroys tasks at once") {
  std::atomic<int> destroyed{0};
  bool ran = false;
  auto context = std::make_optional<asio::io_context>();
  const auto executor = make_asio_executor(*context);
  executor->post([&, trace = Trace(destroyed)] { ran = true; });  // nobody runs the io_context
  context.reset();
  CHECK(destroyed == 1);
  executor->post([&, trace = Trace(destroyed)] { ran = true; });
  CHECK(destroyed == 2);
  CHECK(executor->schedule(executor->now(), [&, trace = Trace(destroyed)] { ran = true; }) == 0);
  CHECK(destroyed == 3);
  executor->cancel(1);
  CHECK_FALSE(executor->running_here());
  CHECK_FALSE(ran);
}

TEST_CASE("an executor that is released leaves nothing for its io_context to do") {
  asio::io_context context;
  std::atomic<int> destroyed{0};
  bool ran = false;
  auto executor = make_asio_executor(context);
  executor->post([&] {
    executor->schedule(executor->now() + 1h, [&, trace = Trace(destroyed)] { ran = true; });
    executor->post([&, trace = Trace(destroyed)] { ran = true; });
    executor.reset();
  });
  context.run();  // returns since there is no work
  CHECK(destroyed == 2);
  CHECK_FALSE(ran);
}

TEST_CASE("the shared loop is one, ends with its last owner, and begins anew") {
  auto first = shared_asio_event_loop();
  auto second = shared_asio_event_loop();
  CHECK((first == second));
  const std::weak_ptr<Executor> seen = first;
  std::atomic<int> destroyed{0};
  client::on(*first, [&] { first->schedule(first->now() + 1h, [trace = Trace(destroyed)] {}); });
  first.reset();
  CHECK(destroyed == 0);
  second.reset();
  CHECK(destroyed == 1);
  CHECK(seen.expired());
  const auto third = shared_asio_event_loop();
  CHECK(client::on(*third, [] { return 7; }) == 7);
}

// Sanitizers don't support threads in the child of a process that has some.
#if !defined(__SANITIZE_THREAD__)
TEST_CASE("a child process after fork gets a shared loop that runs") {
  auto parents = shared_asio_event_loop();
  client::on(*parents, [] {});
  const pid_t child = ::fork();
  if (child == 0) {
    auto own = shared_asio_event_loop();
    std::promise<void> ran;
    own->post([&] { ran.set_value(); });
    const bool good = own != parents && ran.get_future().wait_for(client::kDeadline) == std::future_status::ready;
    own.reset();
    parents.reset();  // must not wait for a thread that isn't there
    ::_exit(good ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif

TEST_CASE("an executor on an io_context knows when somebody runs it, and no more") {
  asio::io_context io;
  const auto executor = make_asio_executor(io);
  CHECK(executor->runner() == Executor::Runner::unknown);
  Executor::Runner inside = Executor::Runner::unknown;
  executor->post([&] { inside = executor->runner(); });
  io.run();
  CHECK(inside == Executor::Runner::present);
  CHECK(executor->runner() == Executor::Runner::unknown);
  CHECK(make_asio_event_loop()->runner() == Executor::Runner::own);
}

TEST_CASE("an executor on an io_context runs no two tasks at once, whatever runs it") {
  client::Context context;
  const auto first = context.make_executor();
  const auto second = context.make_executor();
  std::atomic<int> depth[2] = {0, 0};
  std::atomic<int> overlaps{0};
  for (int i = 0; i < 2000; ++i) {
    for (int which = 0; which < 2; ++which) {
      Executor& executor = which == 0 ? *first : *second;
      executor.post([&, which] {
        if (depth[which]++ != 0) ++overlaps;
        if ((which == 0 ? *second : *first).running_here()) ++overlaps;
        --depth[which];
      });
    }
  }
  client::on(*first, [] {});
  client::on(*second, [] {});
  CHECK(overlaps == 0);
}
