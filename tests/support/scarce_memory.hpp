// Memory that large things can't be had of, in a program with scarce_memory.cpp and allocation.cpp.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace signalr::test {

inline std::atomic<std::size_t> largest_allocation{SIZE_MAX};  ///< those that are larger fail
inline thread_local bool has_all_memory = false;               ///< of this thread none fails

/// Tells when the first one has failed.
class FirstFailure {
 public:
  void note() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      noted_ = true;
    }
    changed_.notify_all();
  }
  bool wait(std::chrono::seconds patience) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return noted_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool noted_ = false;
};
inline FirstFailure first_failure;

/// For a scope.
struct ScarceMemory {
  explicit ScarceMemory(std::size_t largest) { largest_allocation = largest; }
  ~ScarceMemory() { largest_allocation = SIZE_MAX; }
  ScarceMemory(const ScarceMemory&) = delete;
  ScarceMemory& operator=(const ScarceMemory&) = delete;
};

}  // namespace signalr::test
