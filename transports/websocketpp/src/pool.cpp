#include "pool.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

#include "process.hpp"

namespace signalr::net {
namespace {

constexpr std::size_t kMaxThreads = 32;
// For one purpose, so that a name that hangs, dialed again and again, leaves threads to the others.
constexpr int kMaxThreadsPerPurpose = 4;
constexpr std::chrono::seconds kIdle{5};

}  // namespace

std::shared_ptr<Pool> Pool::of_process() {
  struct Registry {
    std::mutex mutex;
    std::shared_ptr<Pool> pool;
    decltype(process_id()) process{};
  };
  static Registry& registry = *new Registry;  // leaked: the threads outlive main
  const std::lock_guard lock(registry.mutex);
  if (registry.pool == nullptr || registry.process != process_id()) {
    if (registry.pool != nullptr) new std::shared_ptr<Pool>(registry.pool);  // the parent's: never touched again
    registry.pool = std::make_shared<Pool>();
    registry.process = process_id();
  }
  return registry.pool;
}

void Pool::submit(std::shared_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    const bool enough = queue_.size() < idle_ || threads_ >= kMaxThreads;
    if (enough || add_thread() || threads_ > 0) {
      queue_.push_back(std::move(job));
      wake_.notify_one();
      return;
    }
  }
  job->run();
}

bool Pool::add_thread() {
  try {
    const BlockedSignals blocked;
    std::thread([self = shared_from_this()] { self->work(); }).detach();
    ++threads_;
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

std::shared_ptr<Pool::Job> Pool::take() {
  const auto cancelled = [](const std::shared_ptr<Job>& job) { return job->cancelled.load(std::memory_order_relaxed); };
  queue_.erase(std::remove_if(queue_.begin(), queue_.end(), cancelled), queue_.end());
  const auto next = std::find_if(queue_.begin(), queue_.end(), [this](const std::shared_ptr<Job>& job) {
    return std::count(running_.begin(), running_.end(), job->what_for) < kMaxThreadsPerPurpose;
  });
  if (next == queue_.end()) return nullptr;
  auto job = std::move(*next);
  queue_.erase(next);
  return job;
}

void Pool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (const auto job = take()) {
      running_.push_back(job->what_for);
      lock.unlock();
      job->run();
      lock.lock();
      running_.erase(std::find(running_.begin(), running_.end(), job->what_for));
      continue;
    }
    ++idle_;
    const auto woken = wake_.wait_for(lock, kIdle);
    --idle_;
    if (woken == std::cv_status::timeout && queue_.empty()) break;
  }
  --threads_;
}

}  // namespace signalr::net
