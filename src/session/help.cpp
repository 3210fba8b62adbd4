#include "session/help.hpp"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace signalr::detail::session {
namespace {

/// The executors that are being helped now, in all of the process: hardly ever more than a few.
class Helped {
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
Helped& helped() {
  static Helped& all = *new Helped;
  return all;
}

thread_local const Executor* helped_here = nullptr;

}  // namespace

bool help(Executor& executor) {
  if (!helped().add(executor)) return false;
  struct Turn {
    explicit Turn(const Executor& helped_now) : executor(helped_now), before(std::exchange(helped_here, &helped_now)) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      helped_here = before;
      helped().remove(executor);
    }
    const Executor& executor;
    const Executor* before;
  } const turn(executor);
  return executor.help();
}

bool is_helping(const Executor& executor) noexcept { return helped_here == &executor; }

}  // namespace signalr::detail::session
