// An Executor on a std::thread: a queue of tasks, filled from anywhere, and timers that only the loop touches.
#include <signalr/event_loop.hpp>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#if !defined(_WIN32)
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#endif

namespace signalr {
namespace {

#if defined(_WIN32)
using ProcessId = int;
ProcessId current_process() noexcept { return 0; }  // no fork()
#else
using ProcessId = pid_t;
ProcessId current_process() noexcept { return getpid(); }
#endif

/// While it lives, threads that are started inherit a mask of all signals: the application's own threads take them.
class SignalsBlocked {
 public:
#if !defined(_WIN32)
  SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
#else
  SignalsBlocked() noexcept = default;
  ~SignalsBlocked() {}
#endif
 public:
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
};

/// What the loop works on. Its thread owns it too, and so may outlive the Executor.
class Loop {
 public:
  void post(Task task) {
    bool was_empty = false;
    {
      const std::lock_guard lock(mutex_);
      if (stopped()) return;  // the task ends with its parameter, after the lock
      was_empty = queue_.empty();
      queue_.push_back(std::move(task));
    }
    if (was_empty) wake_.notify_one();  // else the loop is awake, or about to be
  }

  TimerId schedule(TimePoint when, Task task) {
    if (stopped()) return 0;
    const TimerId id = ++last_id_;
    due_.emplace(id, when);
    timers_.emplace(std::pair(when, id), std::move(task));
    return id;
  }

  void cancel(TimerId id) noexcept {
    const auto due = due_.find(id);
    if (due == due_.end()) return;
    // Taken out first: the task's destructor may come back here.
    const auto timer = timers_.extract(std::pair(due->second, id));
    due_.erase(due);
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_.store(true, std::memory_order_relaxed);
    }
    wake_.notify_one();
  }

  bool running_here() const noexcept { return running_ == this; }

  void run() noexcept {
    running_ = this;
    std::vector<Task> batch;
    while (wait_for_work(batch)) {
      for (Task& slot : batch) {
        if (stopped()) break;
        Task task = std::move(slot);  // so that its captures end with it, not with the batch
        task();
      }
      batch.clear();
      run_due_timers();
    }
    batch.clear();
    drop_everything();
    running_ = nullptr;
  }

 private:
  bool stopped() const noexcept { return stopped_.load(std::memory_order_relaxed); }

  /// Waits until there is a task or a timer is due, and begins a turn: takes all tasks and the time. False: the loop
  /// has stopped.
  bool wait_for_work(std::vector<Task>& batch) {
    std::unique_lock lock(mutex_);
    while (!stopped()) {
      // Before the tasks are taken: what was posted by a timer's time is among them when the timer is due.
      turn_ = timers_.empty() ? TimePoint::min() : Clock::now();
      if (!queue_.empty()) break;
      if (timers_.empty()) {
        wake_.wait(lock);
        continue;
      }
      const Duration left = timers_.begin()->first.first - turn_;
      if (left <= Duration::zero()) break;
      // An hour at most, since the wait adds the time to its own clock's now, where a huge one would overflow.
      wake_.wait_for(lock, std::min<Duration>(left, std::chrono::hours(1)));
    }
    last_of_turn_ = last_id_;
    batch.swap(queue_);
    return !stopped();
  }

  void run_due_timers() {
    while (!stopped()) {
      auto next = timers_.begin();
      while (next != timers_.end() && next->first.second > last_of_turn_) ++next;
      if (next == timers_.end() || next->first.first > turn_) return;
      auto timer = timers_.extract(next);
      due_.erase(timer.key().second);
      timer.mapped()();
    }
  }

  void drop_everything() {
    std::vector<Task> queue;
    {
      const std::lock_guard lock(mutex_);
      queue.swap(queue_);
    }
    queue.clear();
    due_.clear();
    while (!timers_.empty()) timers_.extract(timers_.begin());
  }

  static thread_local const Loop* running_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Task> queue_;
  std::atomic<bool> stopped_{false};

  // The loop's thread only.
  TimePoint turn_{};          // when it began
  TimerId last_of_turn_ = 0;  // what is scheduled in it waits for the next one
  TimerId last_id_ = 0;
  std::map<std::pair<TimePoint, TimerId>, Task> timers_;
  std::unordered_map<TimerId, TimePoint> due_;
};

thread_local const Loop* Loop::running_ = nullptr;

class EventLoop final : public Executor {
 public:
  EventLoop() {
    const SignalsBlocked blocked;
    thread_ = std::make_unique<std::thread>([loop = loop_] { loop->run(); });
  }

  ~EventLoop() override {
    if (process_ != current_process()) {
      // In a child of fork() there is no such thread to join or detach, and its lock may be held for ever.
      static_cast<void>(thread_.release());
      return;
    }
    loop_->stop();
    if (std::this_thread::get_id() == thread_->get_id()) {
      thread_->detach();
    } else {
      thread_->join();
    }
  }

  void post(Task task) override { loop_->post(std::move(task)); }
  bool running_here() const noexcept override { return loop_->running_here(); }
  TimePoint now() const noexcept override { return Clock::now(); }
  Runner runner() const noexcept override { return process_ == current_process() ? Runner::own : Runner::missing; }

  TimerId schedule(TimePoint when, Task task) override {
    assert(running_here());
    return loop_->schedule(when, std::move(task));
  }
  void cancel(TimerId id) noexcept override {
    assert(running_here());
    loop_->cancel(id);
  }

 private:
  const ProcessId process_ = current_process();
  const std::shared_ptr<Loop> loop_ = std::make_shared<Loop>();
  std::unique_ptr<std::thread> thread_;
};

/// Who shares a loop in this process. Weak, so that the loop ends with its last user.
struct Registry {
  const ProcessId process = current_process();
  std::mutex mutex;
  std::weak_ptr<Executor> loop;
};

/// Never destroyed: connections may be, after the statics are. A child of fork() makes a new one, because the
/// parent's lock may have been held at that moment.
Registry& registry() {
  static std::atomic<Registry*> current{nullptr};
  Registry* found = current.load(std::memory_order_acquire);
  while (found == nullptr || found->process != current_process()) {
    auto fresh = std::make_unique<Registry>();
    if (current.compare_exchange_strong(found, fresh.get(), std::memory_order_acq_rel)) found = fresh.release();
  }
  return *found;
}

}  // namespace

std::shared_ptr<Executor> make_event_loop() { return std::make_shared<EventLoop>(); }

std::shared_ptr<Executor> shared_event_loop() {
  Registry& shared = registry();
  const std::lock_guard lock(shared.mutex);
  std::shared_ptr<Executor> loop = shared.loop.lock();
  if (loop == nullptr) {
    loop = make_event_loop();
    shared.loop = loop;
  }
  return loop;
}

}  // namespace signalr
