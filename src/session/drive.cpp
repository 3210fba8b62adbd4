#include "session/drive.hpp"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace signalr::detail::session {
namespace {

/// The executors that are being driven now, in all of the process: hardly ever more than a few.
class Driven {
 public:
  bool add(const Executor& executor) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (std::find(executors_.begin(), executors_.end(), &executor) != executors_.end()) return false;
    executors_.push_back(&executor);
    return true;
  }
  void remove(const Executor& executor) noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    executors_.erase(std::find(executors_.begin(), executors_.end(), &executor));
  }

 private:
  std::mutex mutex_;
  std::vector<const Executor*> executors_;
};

/// Never destroyed: threads may wait while the program ends.
Driven& driven() {
  static Driven& all = *new Driven;
  return all;
}

thread_local const Executor* driven_here = nullptr;

}  // namespace

bool drive(Executor& executor) {
  if (!driven().add(executor)) return false;
  struct Turn {
    explicit Turn(const Executor& now) : executor(now), before(std::exchange(driven_here, &now)) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      driven_here = before;
      driven().remove(executor);
    }
    const Executor& executor;
    const Executor* before;
  } const turn(executor);
  return executor.run_one();
}

bool is_driving(const Executor& executor) noexcept { return driven_here == &executor; }

}  // namespace signalr::detail::session
