#include "session/gate.hpp"

namespace signalr::detail::session {

bool Gate::enter() noexcept {
  if (depth_ > 0) {
    if (closed()) return false;
    ++depth_;
    return true;
  }
  const std::uint32_t before = state_.fetch_or(kInside, std::memory_order_acq_rel);
  depth_ = 1;
  if ((before & kClosed) == 0) return true;
  leave();
  return false;
}

void Gate::leave() noexcept {
  if (--depth_ > 0) return;
  const std::uint32_t before = state_.fetch_and(~(kInside | kAwaited), std::memory_order_acq_rel);
  if ((before & kAwaited) != 0) wake();
}

void Gate::wake() noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++wakes_;
  outside_.notify_all();
}

void Gate::wait_until_outside() {
  std::unique_lock<std::mutex> lock(mutex_);
  const std::uint64_t seen = wakes_;
  const std::uint32_t before = state_.fetch_or(kAwaited, std::memory_order_acq_rel);
  if ((before & kInside) == 0) return;  // a stale kAwaited costs the next leave() one wake, no more
  outside_.wait(lock, [&] { return wakes_ != seen; });
}

}  // namespace signalr::detail::session
