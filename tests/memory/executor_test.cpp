// The virtual clock: order, timers, run_one, stop, and what it refuses.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <signalr/errors.hpp>
#include <signalr/memory/virtual_executor.hpp>

using namespace std::chrono_literals;
using signalr::TimerId;
using signalr::UsageError;
using signalr::memory::VirtualExecutor;
using Lines = std::vector<std::string>;

TEST_CASE("posted tasks run in order, never inside post") {
  VirtualExecutor executor;
  Lines log;
  executor.post([&] {
    log.push_back("first");
    executor.post([&] { log.push_back("third"); });
    log.push_back("first ends");
  });
  executor.post([&] { log.push_back("second"); });
  CHECK(log.empty());
  CHECK(executor.pending_tasks() == 2);
  CHECK(executor.run_ready() == 3);
  CHECK(log == Lines{"first", "first ends", "second", "third"});
  CHECK(executor.pending_tasks() == 0);
}

TEST_CASE("poll_one runs a single task") {
  VirtualExecutor executor;
  int runs = 0;
  executor.post([&] { ++runs; });
  executor.post([&] { ++runs; });
  CHECK(executor.poll_one());
  CHECK(runs == 1);
  CHECK(executor.poll_one());
  CHECK_FALSE(executor.poll_one());
  CHECK(runs == 2);
}

TEST_CASE("running_here is true inside a task alone, and only on its thread") {
  VirtualExecutor executor;
  bool inside = false;
  bool elsewhere = true;
  executor.post([&] {
    inside = executor.running_here();
    std::thread([&] { elsewhere = executor.running_here(); }).join();
  });
  CHECK_FALSE(executor.running_here());
  executor.run_ready();
  CHECK(inside);
  CHECK_FALSE(elsewhere);
  CHECK_FALSE(executor.running_here());
}

TEST_CASE("advance fires timers in order, each at its own time, with what they make ready") {
  VirtualExecutor executor;
  Lines log;
  const auto note = [&](const char* what) { log.push_back(std::to_string(executor.elapsed() / 1ms) + " " + what); };
  executor.schedule(executor.now() + 20ms, [&] { note("late"); });
  executor.schedule(executor.now() + 10ms, [&] {
    note("early");
    executor.post([&] { note("posted by early"); });
    executor.schedule(executor.now() + 5ms, [&] { note("scheduled by early"); });
  });
  executor.schedule(executor.now() + 10ms, [&] { note("as early, scheduled later"); });
  executor.schedule(executor.now() + 31ms, [&] { note("beyond"); });
  executor.advance(30ms);
  CHECK(log ==
        Lines{"10 early", "10 as early, scheduled later", "10 posted by early", "15 scheduled by early", "20 late"});
  CHECK(executor.elapsed() == 30ms);
  CHECK(executor.pending_timers() == 1);
  executor.advance(1ms);
  CHECK(log.back() == "31 beyond");
  CHECK(executor.pending_timers() == 0);
}

TEST_CASE("a timer that is due already runs without the clock moving, but not inside schedule") {
  VirtualExecutor executor;
  bool ran = false;
  executor.schedule(executor.now() - 1s, [&] { ran = true; });
  CHECK_FALSE(ran);
  executor.run_ready();
  CHECK(ran);
  CHECK(executor.elapsed() == 0ms);
}

TEST_CASE("a canceled timer never runs, and is destroyed at once") {
  VirtualExecutor executor;
  bool ran = false;
  auto kept = std::make_shared<int>(1);
  const TimerId id = executor.schedule(executor.now() + 1ms, [&, kept] { ran = true; });
  CHECK(kept.use_count() == 2);
  executor.cancel(id);
  CHECK(kept.use_count() == 1);
  executor.cancel(id);
  executor.cancel(0);
  executor.advance(1s);
  CHECK_FALSE(ran);
}

TEST_CASE("a task may cancel a timer that is due at the same time") {
  VirtualExecutor executor;
  bool ran = false;
  TimerId second = 0;
  executor.schedule(executor.now() + 1ms, [&] { executor.cancel(second); });
  second = executor.schedule(executor.now() + 1ms, [&] { ran = true; });
  executor.advance(1ms);
  CHECK_FALSE(ran);
}

TEST_CASE("run_one runs a task, else jumps to the next timer, else says that there is nothing") {
  VirtualExecutor executor;
  Lines log;
  executor.post([&] { log.push_back("task"); });
  executor.schedule(executor.now() + 1h, [&] { log.push_back("timer"); });
  CHECK(executor.run_one());
  CHECK(log == Lines{"task"});
  CHECK(executor.elapsed() == 0s);
  while (executor.run_one()) {
  }
  CHECK(log == Lines{"task", "timer"});
  CHECK(executor.elapsed() == 1h);
}

TEST_CASE("run_until stops as soon as the predicate holds, and at the end of its time") {
  VirtualExecutor executor;
  int ticks = 0;
  std::function<void()> tick = [&] {
    ++ticks;
    executor.schedule(executor.now() + 1s, [&] { tick(); });
  };
  tick();
  CHECK(executor.run_until([&] { return ticks == 4; }));
  CHECK(executor.elapsed() == 3s);
  CHECK_FALSE(executor.run_until([&] { return ticks == 100; }, 10500ms));
  CHECK(executor.elapsed() == 13500ms);
  CHECK(ticks == 14);
}

TEST_CASE("stop destroys what is queued, un-run, and what comes later at once") {
  VirtualExecutor executor;
  bool ran = false;
  auto kept = std::make_shared<int>(1);
  executor.post([&, kept] { ran = true; });
  executor.schedule(executor.now(), [&, kept] { ran = true; });
  executor.stop();
  CHECK(kept.use_count() == 1);
  executor.post([&, kept] { ran = true; });
  CHECK(executor.schedule(executor.now(), [&, kept] { ran = true; }) == 0);
  CHECK(kept.use_count() == 1);
  executor.advance(1s);
  CHECK_FALSE(ran);
  CHECK(executor.stopped());
}

TEST_CASE("a task that is destroyed by stop may post, schedule and cancel") {
  VirtualExecutor executor;
  struct Farewell {
    VirtualExecutor* executor;
    bool live = true;
    explicit Farewell(VirtualExecutor& e) : executor(&e) {}
    Farewell(Farewell&& other) noexcept : executor(other.executor), live(other.live) { other.live = false; }
    ~Farewell() {
      if (!live) return;
      executor->post([] {});
      executor->cancel(executor->schedule(executor->now(), [] {}));
      executor->cancel(1);
    }
    void operator()() const {}
  };
  executor.schedule(executor.now() + 1s, Farewell(executor));
  executor.post(Farewell(executor));
  executor.stop();
  CHECK(executor.pending_tasks() == 0);
  CHECK(executor.pending_timers() == 0);
}

TEST_CASE("stop inside a task is refused, and the task goes on") {
  VirtualExecutor executor;
  const auto kept = std::make_shared<int>(1);
  bool ran = false;
  executor.post([&, kept] {
    CHECK_THROWS_AS(executor.stop(), UsageError);
    CHECK(*kept == 1);
  });
  executor.post([&] { ran = true; });
  executor.run_ready();
  CHECK(ran);
  CHECK_FALSE(executor.stopped());
}

TEST_CASE("running it in two threads at once is refused") {
  VirtualExecutor executor;
  bool refused = false;
  executor.post([&] {
    std::thread([&] {
      try {
        executor.run_ready();
      } catch (const UsageError&) {
        refused = true;
      }
    }).join();
  });
  executor.run_ready();
  CHECK(refused);
}

TEST_CASE("run_one gives up after 30 days of its own: a test that waits for what never comes ends") {
  VirtualExecutor executor;
  std::function<void()> tick = [&] { executor.schedule(executor.now() + std::chrono::hours(1), [&] { tick(); }); };
  tick();
  const auto run_one = [&](signalr::Duration time) {
    for (const signalr::TimePoint end = executor.now() + time; executor.now() < end;) executor.run_one();
  };
  run_one(std::chrono::hours(24 * 30));
  CHECK_THROWS_WITH_AS(run_one(std::chrono::hours(1)), doctest::Contains("give it a deadline"), std::runtime_error);
  run_one(std::chrono::hours(24 * 20));
  executor.advance(std::chrono::hours(1));
  run_one(std::chrono::hours(24 * 20));
}

TEST_CASE("a timer at the end of time never comes: run_one doesn't jump there") {
  VirtualExecutor executor;
  bool ran = false;
  const TimerId never = executor.schedule(signalr::TimePoint::max(), [&] { ran = true; });
  CHECK_FALSE(executor.run_one());
  CHECK_FALSE(executor.run_until([&] { return ran; }));
  CHECK(executor.elapsed() == 10min);
  CHECK(executor.pending_timers() == 1);
  executor.cancel(never);
  CHECK(executor.pending_timers() == 0);
}

TEST_CASE("running it inside one of its tasks is refused") {
  VirtualExecutor executor;
  int refused = 0;
  executor.post([&] {
    CHECK_THROWS_AS(executor.run_ready(), UsageError);
    CHECK_THROWS_AS(executor.advance(1s), UsageError);
    CHECK_THROWS_AS(executor.run_one(), UsageError);
    ++refused;
  });
  executor.run_ready();
  CHECK(refused == 1);
}

TEST_CASE("a task that throws leaves the executor usable") {
  VirtualExecutor executor;
  bool ran = false;
  executor.post([] { throw std::runtime_error("a failing check"); });
  executor.post([&] { ran = true; });
  CHECK_THROWS_AS(executor.run_ready(), std::runtime_error);
  CHECK_FALSE(executor.running_here());
  executor.run_ready();
  CHECK(ran);
}

TEST_CASE("tasks that post themselves for ever are found out") {
  VirtualExecutor executor;
  std::function<void()> again = [&] { executor.post([&] { again(); }); };
  again();
  CHECK_THROWS_AS(executor.run_ready(), std::runtime_error);
}

TEST_CASE("post comes from any thread") {
  VirtualExecutor executor;
  int ran = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) executor.post([&] { ++ran; });
    });
  }
  while (ran < 2000) executor.poll_one();
  for (std::thread& thread : threads) thread.join();
  executor.run_ready();
  CHECK(ran == 4000);
}
