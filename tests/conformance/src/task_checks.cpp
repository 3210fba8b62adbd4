// Executor: post, running_here, now, run_one.
#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "bench.hpp"
#include "check_lists.hpp"
#include "counted_task.hpp"

namespace signalr::conformance {
namespace {

void post_is_never_inline(Bench& b) {
  const auto life = std::make_shared<TaskLife>();
  b.strand([&] {
    b.executor()->post(CountedTask(life, b.verdict()));
    b.require(life->runs == 0, "post ran the task inside the call, on the strand");
  });
  b.wait_for([&] { return life->runs == 1; }, "a task posted on the strand to run");

  // Off the strand another thread may run it at once, so the thread is what tells.
  struct Posting {
    std::atomic<bool> going_on{true};
    std::atomic<bool> inside{false};
    std::atomic<bool> done{false};
  };
  const auto posting = std::make_shared<Posting>();
  b.executor()->post([posting, here = std::this_thread::get_id(), verdict = b.verdict()] {
    posting->inside = posting->going_on && std::this_thread::get_id() == here;
    posting->done = true;
    verdict->ring();
  });
  posting->going_on = false;
  b.wait_for([&] { return posting->done.load(); }, "a task posted off the strand to run");
  b.require(!posting->inside, "post ran the task inside the call, off the strand");
}

void tasks_run_in_order(Bench& b) {
  constexpr int kTasks = 2000;
  const auto order = std::make_shared<Notes>();
  for (int i = 0; i < kTasks; ++i) b.executor()->post([order, i] { order->add(i); });
  const std::vector<int> ran = b.strand([&] { return order->numbers(); });
  b.require(ran.size() == kTasks, "a task ran before one that was posted earlier");
  for (int i = 0; i < kTasks; ++i) {
    b.require(ran[static_cast<std::size_t>(i)] == i, "tasks posted by one thread ran out of order");
  }
}

void nested_posts_queue_behind(Bench& b) {
  const auto order = std::make_shared<Notes>();
  b.strand([&] {
    b.executor()->post([order, executor = b.executor()] {
      order->add('a');
      executor->post([order] { order->add('c'); });
    });
    b.executor()->post([order] { order->add('b'); });
  });
  b.until([&] { return order->size() == 3; }, "three tasks to run");
  b.require(order->letters() == "abc", "tasks ran in the order " + order->letters() + ", not abc");
}

void many_threads_may_post(Bench& b) {
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  struct Strand {
    std::array<std::atomic<int>, kThreads> next{};
    std::atomic<int> ran{0};
    std::atomic<bool> running{false};
  };
  const auto strand = std::make_shared<Strand>();
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([t, strand, executor = b.executor(), verdict = b.verdict()] {
      for (int i = 0; i < kEach; ++i) {
        executor->post([t, i, strand, verdict] {
          if (strand->running.exchange(true)) verdict->report("two tasks ran at once");
          if (strand->next[t]++ != i) verdict->report("tasks posted by one thread of several ran out of order");
          if (i % 100 == 0) let_callbacks_queue_up();  // time for a second one to come, if it can
          ++strand->ran;
          strand->running = false;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  b.until([&] { return strand->ran == kThreads * kEach; }, "all tasks of several threads to run");
}

void a_task_runs_once(Bench& b) {
  const auto life = std::make_shared<TaskLife>();
  b.executor()->post(CountedTask(life, b.verdict()));
  b.wait_for([&] { return life->destroyed.load(); }, "a task to be destroyed after it ran");
  b.settle();
  b.require(life->runs == 1, "a task ran " + std::to_string(life->runs) + " times");
}

void running_here_knows_its_thread(Bench& b) {
  b.require(!b.executor()->running_here(), "running_here is true outside of all tasks");
  const auto executor = b.executor();
  b.strand([&] {
    b.require(executor->running_here(), "running_here is false inside a task");
    bool elsewhere = false;
    std::thread([&] { elsewhere = executor->running_here(); }).join();
    b.require(!elsewhere, "running_here is true on another thread while a task runs");
  });
  const auto life = std::make_shared<TaskLife>();
  b.strand([&] {
    executor->schedule(executor->now(), [executor, life, verdict = b.verdict()] {
      if (!executor->running_here()) verdict->report("running_here is false inside a scheduled task");
      ++life->runs;
      verdict->ring();
    });
  });
  b.wait_for([&] { return life->runs == 1; }, "a scheduled task to run");
  b.require(!b.executor()->running_here(), "running_here is true after a task");
}

void running_here_knows_its_executor(Bench& b) {
  const auto one = b.executor();
  const auto other = b.fixture().make_executor();
  b.strand_of(other, [&] {
    b.require(!one->running_here(), "running_here is true inside a task of another executor");
    b.require(other->running_here(), "running_here is false inside a task, where there are two executors");
  });
}

void now_never_goes_back(Bench& b) {
  const auto executor = b.executor();
  TimePoint last = executor->now();
  for (int i = 0; i < 2000; ++i) {
    const TimePoint now = i % 100 == 0 ? b.strand([&] { return executor->now(); }) : executor->now();
    b.require(now >= last, "now went back");
    last = now;
  }
  std::thread([&] { b.require(executor->now() >= last, "now went back on another thread"); }).join();
}

/// 48 bytes that know whether somebody allocated them.
struct WideTask {
  static inline std::atomic<int> allocations{0};
  static void* operator new(std::size_t size) {
    ++allocations;
    return ::operator new(size);
  }
  static void operator delete(void* memory) { ::operator delete(memory); }

  std::shared_ptr<TaskLife> life;
  std::shared_ptr<Verdict> verdict;
  std::array<std::byte, 48 - 2 * sizeof(std::shared_ptr<void>)> ballast{};
  void operator()() {
    ++life->runs;
    verdict->ring();
  }
};
static_assert(sizeof(WideTask) == 48);

void wide_captures_are_kept_inside(Bench& b) {
  const auto life = std::make_shared<TaskLife>();
  WideTask::allocations = 0;
  b.executor()->post(WideTask{life, b.verdict()});
  b.wait_for([&] { return life->runs == 1; }, "a task of 48 bytes to run");
  b.require(WideTask::allocations == 0, "a task of 48 bytes was allocated");
}

void move_only_captures_are_taken(Bench& b) {
  auto value = std::make_unique<int>(7);
  const auto seen = std::make_shared<std::atomic<int>>(0);
  b.executor()->post([value = std::move(value), seen] { *seen = *value; });
  b.until([&] { return *seen == 7; }, "a task with a move-only capture to run");
}

void a_destructor_may_post(Bench& b) {
  const auto executor = b.executor();
  const auto life = std::make_shared<TaskLife>();
  executor->post(LastWords([executor, life, verdict = b.verdict()] { executor->post(CountedTask(life, verdict)); }));
  b.wait_for([&] { return life->runs == 1; }, "a task posted by another task's destructor to run");
}

void run_one_tells_the_truth(Bench& b) {
  const auto life = std::make_shared<TaskLife>();
  b.executor()->post(CountedTask(life, b.verdict()));
  bool ran = false;
  for (int i = 0; i < 100 && b.executor()->run_one(); ++i) ran = true;
  if (ran) b.require(life->runs == 1, "run_one said that it made progress, but a posted task did not run");
  b.wait_for([&] { return life->runs == 1; }, "a posted task to run");
  b.settle();
  for (int i = 0; i < 100; ++i) {
    if (!b.executor()->run_one()) return;
  }
  b.require(false, "run_one says that it makes progress when there is nothing to do");
}

}  // namespace

void add_task_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&)) { checks.push_back(make_check(name, 0, body)); };
  add("post runs the task later, never inside the call", post_is_never_inline);
  add("tasks run in the order of their posting", tasks_run_in_order);
  add("what a task posts runs after what was posted before", nested_posts_queue_behind);
  add("any thread may post, and tasks run one at a time", many_threads_may_post);
  add("a task runs once and is destroyed", a_task_runs_once);
  add("running_here is true inside a task, on its thread alone", running_here_knows_its_thread);
  add("running_here tells executors apart", running_here_knows_its_executor);
  add("now never goes back", now_never_goes_back);
  add("a task of 48 bytes is not allocated", wide_captures_are_kept_inside);
  add("a task may hold what can only be moved", move_only_captures_are_taken);
  add("a task's destructor may post", a_destructor_may_post);
  add("run_one says whether it made progress", run_one_tells_the_truth);
}

}  // namespace signalr::conformance
