// Executor: how it stops, and how it is destroyed.
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "bench.hpp"
#include "check_lists.hpp"
#include "counted_task.hpp"

namespace signalr::conformance {
namespace {

using std::chrono::hours;

void its_last_owner_may_be_a_task(Bench& b) {
  auto executor = b.fixture().make_executor();
  if (has_no_thread(*executor)) return;  // whoever calls run_one owns it: its last owner is no task
  const auto gate = std::make_shared<std::atomic<bool>>(false);
  const auto after = std::make_shared<std::atomic<bool>>(false);
  const auto behind = std::make_shared<TaskLife>();
  const auto timer = std::make_shared<TaskLife>();
  const std::weak_ptr<Executor> watch = executor;
  executor->post([own = executor, gate, after, behind, timer, verdict = b.verdict()]() mutable {
    while (!*gate) std::this_thread::yield();
    own->post(CountedTask(behind, verdict));
    own->schedule(own->now() + hours(1), CountedTask(timer, verdict));
    own = nullptr;  // ~Executor, on its own thread
    *after = true;
    verdict->ring();
  });
  executor = nullptr;
  *gate = true;
  b.wait_for([&] { return after->load(); }, "the executor's destructor to return on the executor's own thread");
  b.require(watch.expired(), "an executor outlived its last owner");
  b.wait_for([&] { return behind->destroyed && timer->destroyed; },
             "tasks to be destroyed that were queued when the last owner went");
}

void it_may_go_with_tasks_queued(Bench& b) {
  auto executor = b.fixture().make_executor();
  std::vector<std::shared_ptr<TaskLife>> lives;
  for (int i = 0; i < 50; ++i) {
    lives.push_back(std::make_shared<TaskLife>());
    executor->post(CountedTask(lives.back(), b.verdict()));
  }
  const auto timer = std::make_shared<TaskLife>();
  b.strand_of(executor, [&] { executor->schedule(executor->now() + hours(1), CountedTask(timer, b.verdict())); });
  executor = nullptr;
  b.wait_for(
      [&] {
        for (const auto& life : lives) {
          if (!life->destroyed) return false;
        }
        return timer->destroyed.load();
      },
      "all tasks to be destroyed with their executor");
  b.require(timer->runs == 0, "a task scheduled for later ran when its executor was destroyed");
}

void queued_tasks_are_destroyed_by_stop(Bench& b) {
  const auto queued = std::make_shared<TaskLife>();
  const auto timer = std::make_shared<TaskLife>();
  struct Gate {
    std::atomic<bool> reached{false};
    std::atomic<bool> open{false};
  };
  const auto gate = std::make_shared<Gate>();
  const auto never = std::make_shared<TaskLife>();
  b.strand([&] {
    b.executor()->schedule(b.executor()->now() + hours(1), CountedTask(timer, b.verdict()));
    b.executor()->schedule(TimePoint::max(), CountedTask(never, b.verdict()));
  });
  if (!has_no_thread(*b.executor())) {
    // The strand is held by a task while others queue up behind it.
    b.executor()->post([gate, verdict = b.verdict()] {
      gate->reached = true;
      verdict->ring();
      while (!gate->open) std::this_thread::yield();
    });
    try {
      b.wait_for([&] { return gate->reached.load(); }, "a task to run");
    } catch (const Failure&) {
      gate->open = true;  // or the task would hold the strand for ever
      throw;
    }
  }
  b.executor()->post(CountedTask(queued, b.verdict()));
  const auto releaser = std::async(std::launch::async, [gate] { gate->open = true; });
  b.stop_executor();
  releaser.wait();
  // The task that ran meanwhile may have ended before the stop, and then the queued one could run.
  b.require(queued->destroyed, "a task that was queued when the executor stopped was not destroyed");
  b.require(timer->destroyed, "a timer that was pending when the executor stopped was not destroyed");
  b.require(timer->runs == 0, "a timer ran when the executor stopped");
  b.require(never->destroyed, "a timer at the end of time was not destroyed when the executor stopped");
  b.require(never->runs == 0, "a timer at the end of time ran when the executor stopped");
}

void stopped_executors_destroy_tasks(Bench& b) {
  b.strand([] {});
  b.stop_executor();
  const auto executor = b.executor();
  const std::thread::id here = std::this_thread::get_id();

  const auto posted = std::make_shared<TaskLife>();
  executor->post(CountedTask(posted, b.verdict()));
  b.require(posted->destroyed, "post on a stopped executor did not destroy the task at once");
  b.require(posted->destroyed_on.load() == here, "post on a stopped executor destroyed the task on another thread");
  b.require(posted->runs == 0, "post on a stopped executor ran the task");

  const auto scheduled = std::make_shared<TaskLife>();
  const TimerId id = executor->schedule(executor->now(), CountedTask(scheduled, b.verdict()));
  b.require(scheduled->destroyed, "schedule on a stopped executor did not destroy the task at once");
  b.require(scheduled->destroyed_on.load() == here, "schedule on a stopped executor destroyed the task elsewhere");
  b.require(scheduled->runs == 0, "schedule on a stopped executor ran the task");

  executor->cancel(id);
  executor->cancel(0);
  static_cast<void>(executor->now());
  b.require(!executor->running_here(), "running_here is true on a stopped executor");
  b.require(!executor->run_one(), "run_one says that a stopped executor makes progress");
}

void destructors_may_post_when_it_stops(Bench& b) {
  const auto executor = b.executor();
  const auto inner = std::make_shared<TaskLife>();
  b.strand([&] {
    executor->schedule(executor->now() + hours(1), LastWords([executor, inner, verdict = b.verdict()] {
                         executor->post(CountedTask(inner, verdict));
                       }));
  });
  b.stop_executor();
  b.require(inner->destroyed, "what a task's destructor posted when the executor stopped was not destroyed");
  b.require(inner->runs == 0, "what a task's destructor posted when the executor stopped ran");

  const auto late = std::make_shared<TaskLife>();
  executor->post(LastWords([executor, late, verdict = b.verdict()] { executor->post(CountedTask(late, verdict)); }));
  b.require(late->destroyed, "what a task's destructor posted after the stop was not destroyed");
}

}  // namespace

void add_executor_end_checks(Checks& checks) {
  checks.push_back(make_check("the last owner may go on the executor's own thread", 0, its_last_owner_may_be_a_task));
  checks.push_back(make_check("queued tasks are destroyed with the executor", 0, it_may_go_with_tasks_queued));
  checks.push_back(make_check("stopping destroys what is queued", offer::stop, queued_tasks_are_destroyed_by_stop));
  checks.push_back(make_check("after the stop tasks are destroyed at once, un-run, on the calling thread", offer::stop,
                              stopped_executors_destroy_tasks));
  checks.push_back(make_check("a task's destructor may post while the executor stops", offer::stop,
                              destructors_may_post_when_it_stops));
}

}  // namespace signalr::conformance
