#include "loop.hpp"

#include <asio/execution_context.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>

namespace signalr::net {
namespace {

/// Tells the loops of an io_context that it is being destroyed, while its other services are still there.
class LoopService : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;  // NOLINT(readability-identifier-naming): Asio's name for it
  explicit LoopService(asio::execution_context& context) : service(context) {}

  void add(const std::shared_ptr<Loop>& loop) {
    const std::lock_guard lock(mutex_);
    for (auto& slot : loops_) {
      if (slot.expired()) {
        slot = loop;
        return;
      }
    }
    loops_.push_back(loop);
  }

 private:
  void shutdown() noexcept override {
    std::vector<std::weak_ptr<Loop>> loops;
    {
      const std::lock_guard lock(mutex_);
      loops.swap(loops_);
    }
    for (const auto& slot : loops) {
      if (const auto loop = slot.lock()) loop->end();
    }
  }

  std::mutex mutex_;
  std::vector<std::weak_ptr<Loop>> loops_;
};

asio::execution_context::id LoopService::id;

constexpr std::size_t kUsualTasks = 16;  // posted in a turn: for so many the queue never grows

}  // namespace

std::shared_ptr<Loop> Loop::on(asio::io_context& context, Threads threads) {
  asio::any_io_executor executor = context.get_executor();
  if (threads == Threads::several) executor = asio::make_strand(context);
  std::shared_ptr<Loop> loop(new Loop(std::move(executor)));
  asio::use_service<LoopService>(context).add(loop);
  return loop;
}

Loop::Loop(asio::any_io_executor executor) : executor_(std::move(executor)), timer_(executor_) {
  queue_.reserve(kUsualTasks);
  batch_.reserve(kUsualTasks);
}

Loop::~Loop() = default;

void Loop::post(Task task) {
  const std::lock_guard lock(mutex_);  // released before `task`, a parameter, is destroyed
  if (stopped()) return;
  queue_.push_back(std::move(task));
  if (queue_scheduled_) return;
  asio::post(executor_, [self = shared_from_this()] { self->run_queue(); });
  queue_scheduled_ = true;
}

void Loop::run_queue() {
  const Scope scope(*this);
  // Else tasks that post tasks could go on while the reactor, perhaps on another thread, comes to a timer that is due;
  // it runs the queue itself.
  const bool timer_comes = !timers_.empty() && timers_.begin()->first.first <= Clock::now();
  if (!timer_comes) run_posted();
}

void Loop::run_posted() {
  {
    const std::lock_guard lock(mutex_);
    batch_.swap(queue_);
    queue_scheduled_ = false;
  }
  for (Task& task : batch_) {
    if (stopped()) break;
    task();
    task = nullptr;
  }
  batch_.clear();
}

TimerId Loop::schedule(TimePoint when, Task task) {
  if (stopped()) return 0;
  const TimerId id = ++last_timer_;
  const auto position = timers_.emplace(Due{when, id}, std::move(task)).first;
  deadlines_.emplace(id, when);
  if (position == timers_.begin()) arm();
  return id;
}

void Loop::cancel(TimerId id) noexcept {
  const auto deadline = deadlines_.find(id);
  if (deadline == deadlines_.end()) return;
  const auto timer = timers_.find(Due{deadline->second, id});
  deadlines_.erase(deadline);
  const auto doomed = timers_.extract(timer);  // destroyed last: its captures may come back here
}

void Loop::arm() {
  timer_->expires_at(timers_.begin()->first.first);
  timer_->async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->run_timers();
  });
}

void Loop::run_timers() {
  const Scope scope(*this);
  const TimePoint now = Clock::now();
  const TimerId last = last_timer_;  // what the tasks schedule waits for the next turn
  run_posted();                      // with what was posted before these timers' times
  while (!stopped()) {
    auto next = timers_.begin();
    while (next != timers_.end() && next->first.second > last) ++next;
    if (next == timers_.end() || next->first.first > now) break;
    auto due = timers_.extract(next);
    deadlines_.erase(due.key().second);
    due.mapped()();
  }
  if (!stopped() && !timers_.empty()) arm();
}

void Loop::stop() noexcept {
  const std::lock_guard lock(mutex_);
  stopped_.store(true, std::memory_order_release);
}

void Loop::end_soon() {
  const std::lock_guard lock(mutex_);
  if (stopped_.exchange(true, std::memory_order_acq_rel)) return;
  asio::post(executor_, [self = shared_from_this()] { self->end(); });
}

void Loop::end() noexcept {
  const Scope scope(*this);
  stop();
  while (!users_.empty()) {
    User& user = **users_.begin();
    users_.erase(users_.begin());
    user.on_loop_end();
  }
  std::vector<Task> queue;
  asio::any_io_executor executor;  // a strand must not outlive its io_context
  {
    const std::lock_guard lock(mutex_);
    queue.swap(queue_);
    std::swap(executor, executor_);
  }
  timer_.reset();
  deadlines_.clear();
  auto timers = std::exchange(timers_, {});
}

}  // namespace signalr::net
