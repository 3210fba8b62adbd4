#include "pool.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>

namespace signalr::threads {
namespace {

// At work for somebody who waits. A job that hangs and was abandoned makes room for another thread, up to the second
// number: a name that hangs for half a minute and was given up after ten seconds delays nobody.
constexpr std::size_t kMaxThreads = 32;
constexpr std::size_t kMaxThreadsWithAbandoned = 256;
// For one purpose, abandoned or not, so that a name that hangs, dialed again and again, leaves threads to the others.
constexpr int kMaxThreadsPerPurpose = 4;
constexpr std::chrono::seconds kIdle{5};

template <class Jobs>
auto count_for(const std::string& purpose, const Jobs& jobs) {
  return std::count_if(jobs.begin(), jobs.end(), [&](const auto& job) { return job->what_for == purpose; });
}

}  // namespace

void Pool::submit(std::shared_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    const bool enough = queue_.size() < idle_ || must_wait(*job) || !may_grow();
    if (enough || add_thread() || threads_ > 0) {
      queue_.push_back(std::move(job));
      wake_.notify_one();
      return;
    }
  }
  job->run();
}

void Pool::abandon(Job& job) noexcept {
  if (process_ != process_id()) return;  // a child after fork: none of the threads is here, and the lock may be held
  const std::lock_guard lock(mutex_);
  job.abandoned_ = true;
  const auto waits = std::find_if(queue_.begin(), queue_.end(), [&](const auto& other) { return other.get() == &job; });
  if (waits != queue_.end()) {
    queue_.erase(waits);
  } else if (queue_.size() > idle_ && may_grow()) {
    add_thread();
  }
}

// Others of its purpose have all the threads that there are for it: the first of them that ends takes it.
bool Pool::must_wait(const Job& job) const noexcept {
  return count_for(job.what_for, running_) + count_for(job.what_for, queue_) >= kMaxThreadsPerPurpose;
}

bool Pool::may_grow() const noexcept {
  const auto abandoned =
      std::count_if(running_.begin(), running_.end(), [](const auto& job) { return job->abandoned_; });
  return threads_ - static_cast<std::size_t>(abandoned) < kMaxThreads && threads_ < kMaxThreadsWithAbandoned;
}

bool Pool::add_thread() noexcept {
  try {
    const BlockedSignals blocked;
    std::thread([this] { work(); }).detach();
    ++threads_;
    return true;
  } catch (const std::exception&) {  // no thread, or no memory for one
    return false;
  }
}

std::shared_ptr<Pool::Job> Pool::take() {
  const auto next = std::find_if(queue_.begin(), queue_.end(), [this](const auto& job) {
    return count_for(job->what_for, running_) < kMaxThreadsPerPurpose;
  });
  if (next == queue_.end()) return nullptr;
  auto job = std::move(*next);
  queue_.erase(next);
  return job;
}

void Pool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (auto job = take()) {
      running_.push_back(job);
      lock.unlock();
      job->run();
      lock.lock();
      running_.erase(std::find(running_.begin(), running_.end(), job));
      lock.unlock();
      job.reset();  // what it holds may end here, and come back
      lock.lock();
      continue;
    }
    ++idle_;
    const auto woken = wake_.wait_for(lock, kIdle);
    --idle_;
    if (woken == std::cv_status::timeout && queue_.empty()) break;
  }
  --threads_;
}

}  // namespace signalr::threads
