// Executor: schedule, cancel.
#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "bench.hpp"
#include "check_lists.hpp"
#include "counted_task.hpp"

namespace signalr::conformance {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

void timers_are_never_early(Bench& b) {
  const auto fired = std::make_shared<std::atomic<int>>(0);
  TimerId far = 0;
  b.strand([&] {
    const auto executor = b.executor();
    for (const Duration delay :
         {Duration(milliseconds(7)), Duration(milliseconds(3)), Duration(0), Duration(hours(1))}) {
      const TimePoint when = executor->now() + delay;
      far = executor->schedule(when, [executor, fired, when, verdict = b.verdict()] {
        if (!executor->running_here()) verdict->report("a scheduled task ran off the strand");
        if (executor->now() < when) verdict->report("a scheduled task ran before its time");
        ++*fired;
        verdict->ring();
      });
    }
  });
  b.until([&] { return *fired >= 3; }, "three scheduled tasks to run");
  b.settle();  // the fourth runs only where a virtual clock goes there
  b.strand([&] { b.executor()->cancel(far); });
}

void schedule_is_never_inline(Bench& b) {
  const auto life = std::make_shared<TaskLife>();
  b.strand([&] {
    b.executor()->schedule(b.executor()->now(), CountedTask(life, b.verdict()));
    b.executor()->schedule(b.executor()->now() - hours(1), CountedTask(life, b.verdict()));
    b.require(life->runs == 0, "schedule ran a task that was due inside the call");
  });
  b.until([&] { return life->runs == 2; }, "tasks scheduled for the past to run");
}

void timers_run_in_order_of_time(Bench& b) {
  const auto order = std::make_shared<Notes>();
  b.strand([&] {
    const TimePoint now = b.executor()->now();
    const auto at = [&](int delay, char letter) {
      b.executor()->schedule(now + milliseconds(delay), [order, letter] { order->add(letter); });
    };
    at(6, 'e');
    at(2, 'a');
    at(4, 'c');
    at(2, 'b');
    at(6, 'f');
    at(4, 'd');
  });
  b.until([&] { return order->size() == 6; }, "six scheduled tasks to run");
  b.require(order->letters() == "abcdef", "scheduled tasks ran in the order " + order->letters() + ", not abcdef");
}

void equal_times_keep_their_order(Bench& b) {
  const auto order = std::make_shared<Notes>();
  b.strand([&] {
    const TimePoint when = b.executor()->now();
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      b.executor()->schedule(when, [order, letter] { order->add(letter); });
    }
  });
  b.until([&] { return order->size() == 26; }, "26 tasks due at the same time to run");
  b.require(order->letters() == "abcdefghijklmnopqrstuvwxyz",
            "tasks due at the same time ran in the order " + order->letters());
}

void ids_name_timers(Bench& b) {
  b.strand([&] {
    std::set<TimerId> ids;
    for (int i = 0; i < 100; ++i) {
      const TimerId id = b.executor()->schedule(b.executor()->now() + hours(1), [] {});
      b.require(id != 0, "schedule returned 0, which names no timer");
      b.require(ids.insert(id).second, "schedule returned the id of another timer that is pending");
    }
    for (const TimerId id : ids) b.executor()->cancel(id);
  });
}

void canceled_timers_never_run(Bench& b) {
  const auto life = std::make_shared<TaskLife>();
  const auto due = std::make_shared<TaskLife>();
  const auto later = std::make_shared<TaskLife>();
  b.strand([&] {
    const auto executor = b.executor();
    const TimerId id = executor->schedule(executor->now() + milliseconds(2), CountedTask(life, b.verdict()));
    const TimerId overdue = executor->schedule(executor->now() - hours(1), CountedTask(due, b.verdict()));
    executor->schedule(executor->now() + milliseconds(3), CountedTask(later, b.verdict()));
    executor->cancel(id);
    executor->cancel(overdue);
  });
  b.until([&] { return later->runs == 1; }, "a timer beside a canceled one to run");
  b.wait_for([&] { return life->destroyed && due->destroyed; }, "a canceled task to be destroyed");
  b.require(life->runs == 0, "a canceled task ran");
  b.require(due->runs == 0, "a task that was canceled when it was due already ran");
}

void a_timer_may_cancel_its_neighbour(Bench& b) {
  const auto life = std::make_shared<TaskLife>();
  const auto others = std::make_shared<TaskLife>();
  b.strand([&] {
    const TimePoint when = b.executor()->now() + milliseconds(1);
    const auto neighbour = std::make_shared<std::atomic<TimerId>>(0);
    b.executor()->schedule(when,
                           [neighbour, executor = b.executor(), task = CountedTask(others, b.verdict())]() mutable {
                             executor->cancel(*neighbour);
                             task();
                           });
    *neighbour = b.executor()->schedule(when, CountedTask(life, b.verdict()));
    b.executor()->schedule(when, CountedTask(others, b.verdict()));
  });
  b.until([&] { return others->runs == 2; }, "the timers beside a canceled one to run");
  b.require(life->runs == 0, "a task that was canceled by another one due at the same time ran");
}

void a_posted_task_may_cancel_a_due_timer(Bench& b) {
  const auto life = std::make_shared<TaskLife>();
  b.strand([&] {
    const TimerId id = b.executor()->schedule(b.executor()->now() + milliseconds(1), CountedTask(life, b.verdict()));
    // The strand is kept busy until the timer is due, where time goes by itself.
    const auto give_up = std::chrono::steady_clock::now() + milliseconds(20);
    const TimePoint due = b.executor()->now() + milliseconds(1);
    while (b.executor()->now() < due && std::chrono::steady_clock::now() < give_up) {
    }
    b.executor()->cancel(id);
  });
  b.settle();
  b.require(life->runs == 0, "a timer that came due while the strand was busy ran although it had been canceled");
}

void cancel_ignores_strangers(Bench& b) {
  const auto ran = std::make_shared<std::atomic<int>>(0);
  b.strand([&] {
    const auto executor = b.executor();
    executor->cancel(0);
    executor->cancel(12345);
    executor->cancel(std::numeric_limits<TimerId>::max());
    const auto own = std::make_shared<std::atomic<TimerId>>(0);
    *own = executor->schedule(executor->now(), [ran, executor, own] {
      executor->cancel(*own);  // of the task that is running
      ++*ran;
      executor->schedule(executor->now() + milliseconds(1), [ran] { ++*ran; });
      executor->cancel(*own);
    });
  });
  b.until([&] { return *ran == 2; }, "a timer to run after ids that name none were canceled");
}

void destructors_may_come_back(Bench& b) {
  const auto life = std::make_shared<TaskLife>();
  b.strand([&] {
    const auto executor = b.executor();
    const TimerId id =
        executor->schedule(executor->now() + hours(1), LastWords([executor, life, verdict = b.verdict()] {
                             executor->cancel(0);
                             executor->post(CountedTask(life, verdict));
                           }));
    executor->cancel(id);
  });
  b.wait_for([&] { return life->runs == 1; }, "what a canceled task's destructor posted to run");
}

/// Something that asks for itself again so many times, and when something else happened beside it.
struct Starving {
  static constexpr int kRounds = 20'000;
  std::atomic<int> rounds{0};
  std::atomic<int> happened_in{0};  // round; 0: not yet
};

void busy_strands_run_timers(Bench& b) {
  const auto state = std::make_shared<Starving>();
  const auto again = std::make_shared<std::function<void()>>();
  *again = [state, executor = b.executor(), watch = std::weak_ptr(again)] {
    if (++state->rounds < Starving::kRounds) executor->post([next = watch.lock()] { (*next)(); });
  };
  b.strand([&] {
    (*again)();
    b.executor()->schedule(b.executor()->now(), [state] { state->happened_in = state->rounds.load(); });
  });
  b.until([&] { return state->rounds == Starving::kRounds && state->happened_in != 0; }, "a due timer to run");
  b.strand([&] {
    b.require(state->happened_in < Starving::kRounds, "a due timer waited for tasks that post themselves again");
  });
}

void busy_timers_let_tasks_run(Bench& b) {
  const auto state = std::make_shared<Starving>();
  const auto again = std::make_shared<std::function<void()>>();
  *again = [state, executor = b.executor(), watch = std::weak_ptr(again)] {
    if (++state->rounds < Starving::kRounds) executor->schedule(executor->now(), [next = watch.lock()] { (*next)(); });
  };
  b.strand([&] {
    (*again)();
    b.executor()->post([state] { state->happened_in = state->rounds.load(); });
  });
  b.until([&] { return state->rounds == Starving::kRounds && state->happened_in != 0; }, "a posted task to run");
  b.strand([&] {
    b.require(state->happened_in < Starving::kRounds, "a posted task waited for timers that schedule themselves again");
  });
}

/// Keeps the strand until then, where time goes by itself.
void wait_on_strand(Executor& executor, TimePoint when) {
  const auto give_up = std::chrono::steady_clock::now() + milliseconds(50);
  while (executor.now() < when && std::chrono::steady_clock::now() < give_up) {
  }
}

void what_was_posted_comes_first(Bench& b) {
  const auto order = std::make_shared<Notes>();
  b.strand([&] {
    const auto executor = b.executor();
    const TimePoint due = executor->now() + milliseconds(5);
    executor->schedule(due, [order] { order->add('c'); });
    executor->post([order] { order->add('a'); });
    std::thread([order, executor] { executor->post([order] { order->add('b'); }); }).join();
    wait_on_strand(*executor, due);
  });
  b.until([&] { return order->size() == 3; }, "two tasks and a timer to run");
  b.require(order->letters() == "abc",
            "a timer ran before what had been posted before its time: " + order->letters() + ", not abc");
}

/// Posts itself again for a while; tells how often it ran, and when all timers that were due had run.
struct Chain {
  static constexpr int kLength = 100;
  static constexpr int kTimers = 20;
  std::atomic<int> runs{0};
  std::atomic<int> timers{0};
  std::atomic<int> done_at{-1};
};

void due_timers_run_in_one_turn(Bench& b) {
  const auto chain = std::make_shared<Chain>();
  const auto again = std::make_shared<std::function<void()>>();
  *again = [chain, executor = b.executor(), watch = std::weak_ptr(again)] {
    if (++chain->runs < Chain::kLength) executor->post([next = watch.lock()] { (*next)(); });
  };
  b.strand([&] {
    const auto executor = b.executor();
    const TimePoint now = executor->now();
    for (int i = 0; i < Chain::kTimers; ++i) {
      executor->schedule(now - milliseconds(i), [chain] {
        if (++chain->timers == Chain::kTimers) chain->done_at = chain->runs.load();
      });
    }
    executor->post([again] { (*again)(); });
  });
  b.until([&] { return chain->runs == Chain::kLength && chain->timers == Chain::kTimers; },
          "tasks and due timers to run");
  b.require(chain->done_at <= 4, "20 timers that were due waited while a task posted itself again " +
                                     std::to_string(chain->done_at) + " times; they are served in one turn");
}

void early_timers_starve_none(Bench& b) {
  const auto state = std::make_shared<Starving>();
  const auto again = std::make_shared<std::function<void()>>();
  *again = [state, executor = b.executor(), watch = std::weak_ptr(again)] {
    if (++state->rounds >= 1000) return;
    executor->schedule(executor->now() - hours(1), [next = watch.lock()] { (*next)(); });
  };
  b.strand([&] {
    (*again)();
    b.executor()->schedule(b.executor()->now(), [state] { state->happened_in = state->rounds.load(); });
  });
  b.until([&] { return state->rounds == 1000 && state->happened_in != 0; }, "a due timer to run");
  b.strand([&] {
    b.require(state->happened_in < 1000, "a due timer waited for one that schedules itself again for an earlier time");
  });
}

void far_timers_wait(Bench& b) {
  const auto life = std::make_shared<TaskLife>();
  const TimerId id = b.strand([&] { return b.executor()->schedule(TimePoint::max(), CountedTask(life, b.verdict())); });
  const auto near = std::make_shared<TaskLife>();
  b.strand([&] { b.executor()->schedule(b.executor()->now() + milliseconds(1), CountedTask(near, b.verdict())); });
  b.until([&] { return near->runs == 1; }, "a near timer to run beside one at the end of time");
  b.strand([&] { b.require(life->runs == 0, "a timer at the end of time ran"); });
  for (int i = 0; i < 100 && b.executor()->run_one(); ++i) {
    // nothing else is scheduled: whoever runs by run_one may move its clock to the one that never comes now
  }
  b.strand([&] {
    b.require(life->runs == 0, "a timer at the end of time ran when nothing else was scheduled");
    b.executor()->cancel(id);
  });
}

}  // namespace

void add_timer_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&)) { checks.push_back(make_check(name, 0, body)); };
  add("schedule runs the task on the strand, never before its time", timers_are_never_early);
  add("schedule never runs the task inside the call", schedule_is_never_inline);
  add("scheduled tasks run in the order of their times", timers_run_in_order_of_time);
  add("tasks due at the same time run in the order of their scheduling", equal_times_keep_their_order);
  add("ids tell timers apart, and 0 names none", ids_name_timers);
  add("a canceled task never runs and is destroyed", canceled_timers_never_run);
  add("a timer may cancel one that is due at the same time", a_timer_may_cancel_its_neighbour);
  add("a timer that came due meanwhile can still be canceled", a_posted_task_may_cancel_a_due_timer);
  add("cancel ignores unknown, past and zero ids", cancel_ignores_strangers);
  add("a canceled task's destructor may post and cancel", destructors_may_come_back);
  add("posted tasks don't starve timers", busy_strands_run_timers);
  add("timers don't starve posted tasks", busy_timers_let_tasks_run);
  add("a timer runs after what was posted before its time", what_was_posted_comes_first);
  add("all timers that are due run in one turn", due_timers_run_in_one_turn);
  add("a timer for the past doesn't starve those that are due", early_timers_starve_none);
  add("a timer at the end of time waits", far_timers_wait);
}

}  // namespace signalr::conformance
