// The core's own Executor, held to the contract in executor.hpp.
#include <doctest/doctest.h>
#include <signalr/event_loop.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <ostream>  // doctest prints with it
#include <thread>
#include <vector>

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

#if defined(__SANITIZE_THREAD__)
#define SIGNALR_TEST_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SIGNALR_TEST_TSAN
#endif
#endif

namespace signalr {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;  // only a failing test waits this long

template <class T>
T wait(std::future<T> future) {
  REQUIRE(future.wait_for(kPatience) == std::future_status::ready);
  return future.get();
}

void post_and_wait(Executor& loop, Task task) {
  std::promise<void> done;
  std::future<void> finished = done.get_future();
  loop.post([task = std::move(task), done = std::move(done)]() mutable {
    task();
    done.set_value();
  });
  wait(std::move(finished));
}

/// Fulfils its promise when it is destroyed.
class Witness {
 public:
  Witness() = default;
  Witness(Witness&&) = default;
  ~Witness() {
    if (gone_ != nullptr) gone_->set_value(std::this_thread::get_id());
  }
  std::future<std::thread::id> gone() { return gone_->get_future(); }

 private:
  std::unique_ptr<std::promise<std::thread::id>> gone_ = std::make_unique<std::promise<std::thread::id>>();
};

TEST_CASE("tasks run in the order of posting, one at a time, not inside post") {
  const auto loop = make_event_loop();
  constexpr int kThreads = 4;
  constexpr int kTasks = 5000;
  std::vector<int> last(kThreads, -1);  // written by tasks only
  std::atomic<int> inside{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> posters;
  for (int thread = 0; thread < kThreads; ++thread) {
    posters.emplace_back([&, thread] {
      for (int number = 0; number < kTasks; ++number) {
        loop->post([&, thread, number] {
          if (++inside != 1 || last[static_cast<std::size_t>(thread)] != number - 1) ++wrong;
          last[static_cast<std::size_t>(thread)] = number;
          --inside;
        });
      }
    });
  }
  for (std::thread& poster : posters) poster.join();
  post_and_wait(*loop, [&] {
    bool nested = false;
    loop->post([&nested] { nested = true; });
    CHECK_FALSE(nested);
  });
  post_and_wait(*loop, [] {});  // so that the nested one has run before its variable goes
  CHECK(wrong == 0);
  CHECK(last == std::vector<int>(kThreads, kTasks - 1));
}

TEST_CASE("running_here is true inside a task and a timer of this loop, and nowhere else") {
  const auto loop = make_event_loop();
  const auto other = make_event_loop();
  CHECK_FALSE(loop->running_here());
  post_and_wait(*loop, [&] {
    CHECK(loop->running_here());
    CHECK_FALSE(other->running_here());
  });
  std::promise<bool> timer;
  auto in_timer = timer.get_future();
  loop->post([&] { loop->schedule(loop->now(), [&] { timer.set_value(loop->running_here()); }); });
  CHECK(wait(std::move(in_timer)));
}

TEST_CASE("timers run by their time, those of the same time by their scheduling, never early or inside schedule") {
  const auto loop = make_event_loop();
  std::vector<int> order;
  bool early = false;
  std::promise<void> done;
  auto finished = done.get_future();
  loop->post([&] {
    const TimePoint base = loop->now();
    const auto at = [&](TimePoint when, int number) {
      loop->schedule(when, [&order, &loop, &early, when, number] {
        if (loop->now() < when) early = true;
        order.push_back(number);
      });
    };
    at(base + 20ms, 4);
    at(base + 10ms, 2);
    at(base + 10ms, 3);
    at(base - 1h, 1);
    CHECK(order.empty());  // not inside
    loop->schedule(base + 20ms, [&] { done.set_value(); });
    loop->schedule(TimePoint::max(), [] { FAIL("the end of time"); });
  });
  wait(std::move(finished));
  CHECK(order == std::vector<int>{1, 2, 3, 4});
  CHECK_FALSE(early);
}

TEST_CASE("a canceled timer never runs, also when it is due already, and its task is destroyed by cancel") {
  const auto loop = make_event_loop();
  std::promise<void> done;
  auto finished = done.get_future();
  bool ran = false;
  loop->post([&] {
    Witness witness;
    auto gone = witness.gone();
    const auto id = std::make_shared<TimerId>(0);
    loop->schedule(TimePoint(), [&loop, id] { loop->cancel(*id); });
    *id = loop->schedule(TimePoint(), [&ran, witness = std::move(witness)] { ran = true; });
    loop->schedule(TimePoint(1ns), [&loop, &done, id, gone = std::move(gone)] {
      CHECK(gone.wait_for(0s) == std::future_status::ready);
      loop->cancel(*id);  // gone already
      loop->cancel(0);
      loop->cancel(123456789);
      done.set_value();
    });
  });
  wait(std::move(finished));
  CHECK_FALSE(ran);
}

TEST_CASE("a canceled task's destructor may cancel and schedule") {
  const auto loop = make_event_loop();
  std::promise<void> done;
  auto finished = done.get_future();
  bool ran = false;
  loop->post([&] {
    const TimerId second = loop->schedule(loop->now() + 1h, [&] { ran = true; });
    const auto reenter = [&loop, second, &done](std::nullptr_t) {
      loop->cancel(second);
      loop->schedule(loop->now(), [&done] { done.set_value(); });
    };
    std::shared_ptr<void> guard(nullptr, reenter);
    const TimerId first = loop->schedule(loop->now() + 1h, [held = std::move(guard)] { FAIL("canceled"); });
    loop->cancel(first);
  });
  wait(std::move(finished));
  CHECK_FALSE(ran);
}

TEST_CASE("a timer that is always due does not keep tasks from running, nor tasks a timer") {
  const auto loop = make_event_loop();
  struct Again {  // for ever, as a task or as a timer
    Executor& loop;
    std::atomic<bool>& stop;
    bool timer;
    void operator()() const {
      if (stop) return;
      timer ? static_cast<void>(loop.schedule(TimePoint(), Task(*this))) : loop.post(Task(*this));
    }
  };
  std::atomic<bool> stop{false};
  loop->post([&] { loop->schedule(TimePoint(), Again{*loop, stop, true}); });
  loop->post(Again{*loop, stop, false});
  post_and_wait(*loop, [] {});
  std::promise<void> fired;
  auto answer = fired.get_future();
  loop->post([&] { loop->schedule(loop->now() + 1ms, [&] { fired.set_value(); }); });
  // The one that is always due has the earlier time: it has to end before a later one is looked at.
  loop->post([&] { stop = true; });
  wait(std::move(answer));
}

TEST_CASE("a task's captures end with the task, before the next one runs") {
  const auto loop = make_event_loop();
  std::atomic<bool> ended{false};
  post_and_wait(*loop, [&] {  // the two come in one batch
    loop->post([held = std::shared_ptr<void>(nullptr, [&](std::nullptr_t) { ended = true; })] {});
    loop->post([&] { CHECK(ended); });
  });
  post_and_wait(*loop, [] {});
}

TEST_CASE("letting go of the loop elsewhere waits for the running task; what is queued and timed is destroyed un-run") {
  auto loop = make_event_loop();
  Executor* const raw = loop.get();
  std::promise<void> entered;
  auto inside = entered.get_future();
  std::atomic<bool> finished{false};
  std::atomic<bool> ran{false};
  Witness queued;
  Witness timed;
  auto queued_gone = queued.gone();
  auto timed_gone = timed.gone();
  loop->post([&, raw, queued = std::move(queued), timed = std::move(timed)]() mutable {
    raw->schedule(raw->now() + 1h, [&ran, timed = std::move(timed)] { ran = true; });
    raw->post([&ran, queued = std::move(queued)] { ran = true; });
    entered.set_value();
    for (bool stopped = false; !stopped;) {  // once it has, post destroys its task at once
      Witness probe;
      auto gone = probe.gone();
      raw->post([&ran, probe = std::move(probe)] { ran = true; });
      stopped = gone.wait_for(0s) == std::future_status::ready;
      std::this_thread::yield();
    }
    finished = true;
  });
  wait(std::move(inside));
  loop.reset();
  CHECK(finished);
  CHECK_FALSE(ran);
  CHECK(timed_gone.wait_for(0s) == std::future_status::ready);
  CHECK(queued_gone.wait_for(0s) == std::future_status::ready);
}

TEST_CASE("the last owner may be released inside a task: the loop detaches and ends") {
  std::promise<void> go;
  std::shared_future<void> allowed = go.get_future().share();
  Witness witness;
  auto gone = witness.gone();
  std::atomic<bool> ran{false};
  std::future<std::thread::id> ended;
  {
    std::shared_ptr<Executor> loop = make_event_loop();
    Executor& raw = *loop;
    Witness last;
    ended = last.gone();
    raw.post([loop = std::move(loop), allowed, last = std::move(last)]() mutable {
      allowed.wait();
      loop.reset();
      CHECK(loop == nullptr);  // we are still here
    });
    raw.post([&ran, witness = std::move(witness)] { ran = true; });
  }
  go.set_value();
  const std::thread::id on_loop = wait(std::move(ended));
  CHECK(wait(std::move(gone)) == on_loop);
  CHECK_FALSE(ran);
}

TEST_CASE("the process's loop is shared, ends with its last user and is made anew") {
  auto first = shared_event_loop();
  auto second = shared_event_loop();
  CHECK(first == second);
  const std::weak_ptr<Executor> old = first;
  first.reset();
  CHECK_FALSE(old.expired());
  second.reset();
  CHECK(old.expired());
  post_and_wait(*shared_event_loop(), [] {});
}

#if !defined(_WIN32) && !defined(SIGNALR_TEST_TSAN)  // TSan refuses new threads after a fork with threads
TEST_CASE("a child of fork gets a loop of its own, and may let go of its parent's") {
  auto parents = shared_event_loop();
  post_and_wait(*parents, [] {});
  CHECK(parents->runner() == Executor::Runner::own);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto own = shared_event_loop();
    const bool good =
        own != parents && own->runner() == Executor::Runner::own && parents->runner() == Executor::Runner::missing;
    post_and_wait(*own, [] {});
    parents.reset();
    own.reset();
    _exit(good ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);  // ended by itself, with 0
  post_and_wait(*parents, [] {});
}
#endif

}  // namespace
}  // namespace signalr
