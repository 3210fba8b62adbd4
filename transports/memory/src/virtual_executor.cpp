// The virtual clock: a queue of posted tasks, a map of timers, and a time that is only a number.
#include <signalr/memory/virtual_executor.hpp>

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>

#include <signalr/errors.hpp>

namespace signalr::memory {

namespace {

constexpr std::chrono::hours kLongestDrive(24 * 30);

}  // namespace

struct VirtualExecutor::State {
  std::mutex mutex;  // guards `posted` and `stopped`: post comes from any thread
  std::deque<Task> posted;
  bool stopped = false;

  std::map<std::pair<TimePoint, TimerId>, Task> timers;  // ids grow, so equal times fire in order of scheduling
  std::unordered_map<TimerId, TimePoint> due;
  TimerId last_id = 0;
  // Of the present turn: the tasks still to run, when it began, and the last timer that belongs to it.
  std::size_t tasks_of_turn = 0;
  TimePoint turn{};
  TimerId last_of_turn = 0;
  Duration driven{};  // how far `run_one` alone has moved the clock

  std::atomic<Duration::rep> now{kStart.time_since_epoch().count()};
  std::atomic<std::thread::id> running{std::thread::id()};

  void begin_turn() {
    const std::lock_guard<std::mutex> lock(mutex);
    tasks_of_turn = posted.size();
    turn = TimePoint(Duration(now.load()));
    last_of_turn = last_id;
  }

  /// The next task of the turn, posted or due; false when there is none left.
  bool take(Task& task) { return take_posted(task) || take_due(task); }

  bool take_posted(Task& task) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (tasks_of_turn == 0) return false;
    --tasks_of_turn;
    task = std::move(posted.front());
    posted.pop_front();
    return true;
  }

  bool take_due(Task& task) {
    auto next = timers.begin();
    while (next != timers.end() && next->first.second > last_of_turn) ++next;
    if (next == timers.end() || next->first.first > turn) return false;
    auto node = timers.extract(next);
    due.erase(node.key().second);
    task = std::move(node.mapped());
    return true;
  }
};

VirtualExecutor::VirtualExecutor() : state_(std::make_unique<State>()) {}
VirtualExecutor::~VirtualExecutor() { drop_everything(); }

void VirtualExecutor::post(Task task) {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  // A parameter is destroyed by the caller, after the lock: what it captured may post as well.
  if (!state_->stopped) state_->posted.push_back(std::move(task));
}

bool VirtualExecutor::running_here() const noexcept { return state_->running.load() == std::this_thread::get_id(); }

TimePoint VirtualExecutor::now() const noexcept { return TimePoint(Duration(state_->now.load())); }

TimerId VirtualExecutor::schedule(TimePoint when, Task task) {
  if (stopped()) return 0;
  const TimerId id = ++state_->last_id;
  state_->due.emplace(id, when);
  state_->timers.emplace(std::make_pair(when, id), std::move(task));
  return id;
}

void VirtualExecutor::cancel(TimerId id) noexcept {
  const auto found = state_->due.find(id);
  if (found == state_->due.end()) return;
  const auto node = state_->timers.extract(std::make_pair(found->second, id));  // destroyed last, at the brace
  state_->due.erase(found);
}

bool VirtualExecutor::poll_one() {
  forbid_inside_task("poll_one");
  struct Running {  // also when the task throws, as a failing check of a test does
    std::atomic<std::thread::id>& id;
    explicit Running(std::atomic<std::thread::id>& value) : id(value) {
      std::thread::id nobody;
      if (!id.compare_exchange_strong(nobody, std::this_thread::get_id())) {
        throw UsageError(
            "two threads run the same VirtualExecutor at once, and its tasks must run one at a time: drive it from one "
            "thread");
      }
    }
    ~Running() { id = std::thread::id(); }
  } const running(state_->running);
  Task task;  // destroyed before `running`: what it captured goes on the strand
  if (!state_->take(task)) {
    state_->begin_turn();
    if (!state_->take(task)) return false;
  }
  task();
  return true;
}

std::size_t VirtualExecutor::run_ready() {
  constexpr std::size_t kEndless = 1'000'000;
  std::size_t count = 0;
  while (poll_one()) {
    if (++count == kEndless) {
      throw std::runtime_error(
          "VirtualExecutor::run_ready ran a million tasks without the clock moving: "
          "something posts itself for ever");
    }
  }
  return count;
}

void VirtualExecutor::advance(Duration time) {
  const TimePoint end = now() + time;
  run_ready();
  while (progress(end)) run_ready();
}

bool VirtualExecutor::run_one() {
  const TimePoint before = now();
  const bool more = progress(TimePoint::max());
  state_->driven += now() - before;
  if (state_->driven > kLongestDrive) {
    state_->driven = Duration::zero();
    throw std::runtime_error(
        "VirtualExecutor::run_one moved the clock by 30 days: a blocking call waits for what never comes; give it a "
        "deadline");
  }
  return more;
}

bool VirtualExecutor::progress(TimePoint end) {
  if (end != TimePoint::max()) state_->driven = Duration::zero();
  if (poll_one()) return true;
  const TimePoint next = state_->timers.empty() ? TimePoint::max() : state_->timers.begin()->first.first;
  if (next <= end && next != TimePoint::max()) {  // which is a time that never comes
    state_->now = next.time_since_epoch().count();
    return true;
  }
  if (end != TimePoint::max() && now() < end) state_->now = end.time_since_epoch().count();
  return false;
}

void VirtualExecutor::stop() {
  forbid_inside_task("stop");
  drop_everything();
}

void VirtualExecutor::drop_everything() {
  std::deque<Task> posted;
  {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    state_->stopped = true;
    posted.swap(state_->posted);
    state_->tasks_of_turn = 0;
  }
  state_->due.clear();
  const auto timers = std::exchange(state_->timers, {});
}

bool VirtualExecutor::stopped() const noexcept {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->stopped;
}

std::size_t VirtualExecutor::pending_tasks() const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->posted.size();
}

std::size_t VirtualExecutor::pending_timers() const noexcept { return state_->timers.size(); }

void VirtualExecutor::forbid_inside_task(const char* function) const {
  if (running_here()) {
    throw UsageError("VirtualExecutor::" + std::string(function) +
                     " was called inside one of its own tasks, which must end first: call it outside");
  }
}

}  // namespace signalr::memory
