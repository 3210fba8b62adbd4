// One Asio timer serves all scheduled tasks, so that those due at the same time run in the order of their scheduling.
#include "loop_executor.hpp"

#include <asio/post.hpp>

namespace signalr::test {

void LoopExecutor::post(Task task) {
  asio::post(io_, [task = std::move(task)]() mutable { task(); });
}

TimerId LoopExecutor::schedule(TimePoint when, Task task) {
  const TimerId id = ++last_id_;
  timers_.emplace(Key{when, id}, std::move(task));
  due_.emplace(id, when);
  if (timers_.begin()->first.second == id) arm();
  return id;
}

void LoopExecutor::cancel(TimerId id) noexcept {
  const auto found = due_.find(id);
  if (found == due_.end()) return;
  timers_.erase(Key{found->second, id});
  due_.erase(found);
}

void LoopExecutor::arm() {
  timer_.expires_after(std::max(timers_.begin()->first.first - now(), Duration::zero()));
  timer_.async_wait([this](std::error_code error) {
    if (!error) run_due();
  });
}

void LoopExecutor::run_due() {
  const TimePoint until = now();
  while (!timers_.empty() && timers_.begin()->first.first <= until) {
    auto first = timers_.extract(timers_.begin());
    due_.erase(first.key().second);
    first.mapped()();
  }
  if (!timers_.empty()) arm();
}

}  // namespace signalr::test
