#include "faulty_executor.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace signalr::conformance {
namespace {

using Fault = ExecutorFault;

struct Timer {
  TimePoint when;
  TimerId id;
  Task task;
};

struct Queue : std::enable_shared_from_this<Queue> {
  explicit Queue(Fault what) : fault(what) {}

  const Fault fault;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Task> tasks;
  std::vector<Timer> timers;  // sorted by what runs first
  TimerId last_id = 0;
  bool stopped = false;
  // Of the present turn: the tasks and timers still to run, when it began, and the last timer that belongs to it.
  std::size_t tasks_left = 0;
  std::size_t timers_left = 0;
  TimePoint turn{};
  TimerId last_of_turn = 0;

  static thread_local const Queue* running;

  /// Waits for what is to run next; empty when the queue has stopped.
  Task next() {
    std::unique_lock lock(mutex);
    for (;;) {
      if (stopped) return {};
      if (Task task = next_of_turn()) return task;
      begin_turn();
      if (Task task = next_of_turn()) return task;
      if (timers.empty()) {
        changed.wait(lock);
      } else {
        const Duration left = timers.front().when - Clock::now();
        changed.wait_for(lock, std::min<Duration>(left, std::chrono::hours(1)));
      }
    }
  }

  void begin_turn() {
    turn = Clock::now() + early();
    tasks_left = tasks.size();
    timers_left = fault == Fault::one_timer_a_turn ? 1 : timers.size();
    last_of_turn = last_id;
  }

  Task next_of_turn() {
    const auto timer = next_timer();
    bool timer_first = timer != timers.end() && tasks_left == 0;
    if (fault == Fault::posts_starve_timers) timer_first = timer_first && tasks.empty();
    if (fault == Fault::timers_starve_posts) timer_first = !timers.empty() && timers.front().when <= Clock::now();
    if (fault == Fault::timers_before_posts) timer_first = timer != timers.end();
    if (timer_first) {
      const auto chosen = fault == Fault::timers_starve_posts ? timers.begin() : timer;
      if (timers_left > 0) --timers_left;
      Task task = std::move(chosen->task);
      timers.erase(chosen);
      return task;
    }
    const bool starving = fault == Fault::posts_starve_timers && !tasks.empty();
    if (tasks_left == 0 && !starving) return {};
    if (tasks_left > 0) --tasks_left;
    const bool last = fault == Fault::last_first;
    Task task = std::move(last ? tasks.back() : tasks.front());
    last ? tasks.pop_back() : tasks.pop_front();
    return task;
  }

  std::vector<Timer>::iterator next_timer() {
    const bool any =
        fault == Fault::new_timers_first || fault == Fault::ids_from_zero || fault == Fault::one_id_for_all;
    const auto next =
        std::find_if(timers.begin(), timers.end(), [&](const Timer& timer) { return any || timer.id <= last_of_turn; });
    return timers_left == 0 || next == timers.end() || next->when > turn ? timers.end() : next;
  }

  Duration early() const { return fault == Fault::early_timers ? std::chrono::hours(2) : Duration::zero(); }

  void run() {
    running = this;
    while (Task task = next()) {
      task();
      if (fault == Fault::runs_twice) task();
    }
    running = nullptr;
    drop();
  }

  void drop() {
    std::deque<Task> dropped_tasks;
    std::vector<Timer> dropped_timers;
    {
      const std::lock_guard lock(mutex);
      dropped_tasks.swap(tasks);
      dropped_timers.swap(timers);
    }
    if (fault != Fault::keeps_queued_tasks) return;
    static auto& kept = *new std::vector<Task>;  // for good
    for (Task& task : dropped_tasks) kept.push_back(std::move(task));
    for (Timer& timer : dropped_timers) kept.push_back(std::move(timer.task));
  }

  void stop() {
    const std::lock_guard lock(mutex);
    stopped = true;
    changed.notify_all();
  }
};

thread_local const Queue* Queue::running = nullptr;

class FaultyExecutor final : public Executor {
 public:
  explicit FaultyExecutor(Fault fault) : queue_(std::make_shared<Queue>(fault)) {
    for (int i = fault == Fault::two_threads ? 2 : 1; i > 0; --i)
      threads_.emplace_back([queue = queue_] { queue->run(); });
  }

  ~FaultyExecutor() override { end(); }

  void end() {
    queue_->stop();
    for (std::thread& thread : threads_) {
      if (thread.get_id() != std::this_thread::get_id()) {
        thread.join();
        continue;
      }
      thread.detach();
      if (queue_->fault == Fault::destructor_waits_for_itself) {
        // Not for ever, so that the suite's own process can end.
        std::mutex never;
        std::unique_lock lock(never);
        std::condition_variable().wait_for(lock, std::chrono::seconds(20));
      }
    }
    threads_.clear();
  }

  void post(Task task) override {
    if (is(Fault::post_runs_inline)) return task();
    std::unique_lock lock(queue_->mutex);
    if (queue_->stopped && !is(Fault::keeps_tasks_after_stop)) {
      lock.unlock();
      return;
    }
    queue_->tasks.push_back(std::move(task));
    queue_->changed.notify_one();
  }

  bool running_here() const noexcept override {
    if (is(Fault::always_here)) return true;
    if (is(Fault::never_here)) return false;
    return is(Fault::here_for_all) ? Queue::running != nullptr : Queue::running == queue_.get();
  }

  TimePoint now() const noexcept override {
    if (!is(Fault::clock_goes_back)) return Clock::now();
    static std::atomic<int> calls{0};
    return Clock::now() - std::chrono::seconds(++calls % 3);
  }

  TimerId schedule(TimePoint when, Task task) override {
    if (is(Fault::schedule_runs_inline) && when <= Clock::now()) return task(), 1;
    if (is(Fault::end_of_time_comes) && when == TimePoint::max()) when = Clock::now();
    std::unique_lock lock(queue_->mutex);
    if (queue_->stopped && !is(Fault::keeps_tasks_after_stop)) {
      lock.unlock();
      return 0;
    }
    const TimerId id = is(Fault::one_id_for_all) ? 1 : is(Fault::ids_from_zero) ? queue_->last_id++ : ++queue_->last_id;
    auto place = queue_->timers.end();
    if (!is(Fault::timers_in_order_of_scheduling)) {
      const auto later = [&](const Timer& timer) {
        return is(Fault::equal_times_backwards) ? timer.when >= when : timer.when > when;
      };
      place = std::find_if(queue_->timers.begin(), queue_->timers.end(), later);
    }
    queue_->timers.insert(place, Timer{when, id, std::move(task)});
    queue_->changed.notify_one();
    return id;
  }

  void cancel(TimerId id) noexcept override {
    if (is(Fault::cancel_is_ignored)) return;
    Task canceled;  // destroyed after the lock, since it may come back
    const std::lock_guard lock(queue_->mutex);
    const auto found =
        std::find_if(queue_->timers.begin(), queue_->timers.end(), [&](const Timer& timer) { return timer.id == id; });
    if (found == queue_->timers.end()) return;
    if (is(Fault::due_timers_cant_be_canceled) && found->when <= Clock::now()) return;
    canceled = std::move(found->task);
    queue_->timers.erase(found);
    if (is(Fault::cancel_keeps_the_task)) {
      static auto& kept = *new std::vector<Task>;  // for good
      kept.push_back(std::move(canceled));
    }
  }

  bool run_one() override { return is(Fault::run_one_lies); }

 private:
  bool is(Fault fault) const { return queue_->fault == fault; }

  const std::shared_ptr<Queue> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::shared_ptr<Executor> make_faulty_executor(ExecutorFault fault) { return std::make_shared<FaultyExecutor>(fault); }
void stop_faulty_executor(Executor& executor) { static_cast<FaultyExecutor&>(executor).end(); }

}  // namespace signalr::conformance
