#include "protocol/keep_alive.hpp"

#include <algorithm>
#include <chrono>

namespace signalr::detail::protocol {
namespace {

constexpr Duration kIntervalWithoutKeepAlives = std::chrono::seconds(5);
constexpr Duration kShortestInterval = std::chrono::milliseconds(100);  // whatever a server negotiates
constexpr int kMissedChecks = 3;                                        // fewer are no sleep, however short its memory

}  // namespace

KeepAliveMonitor::KeepAliveMonitor(std::optional<Duration> keep_alive_timeout, Duration disconnect_timeout) noexcept
    : timeout_(keep_alive_timeout),
      interval_(kIntervalWithoutKeepAlives),
      window_(disconnect_timeout + keep_alive_timeout.value_or(Duration::zero())) {
  if (timeout_) {
    warn_after_ = *timeout_ * 2 / 3;
    interval_ = std::max(kShortestInterval, (*timeout_ - warn_after_) / 3);
  }
  window_ = std::max(window_, interval_ * kMissedChecks);
}

void KeepAliveMonitor::watch(TimePoint now, bool transport_has_keep_alives) noexcept {
  watching_ = transport_has_keep_alives;
  slow_ = lost_ = false;
  paused_at_.reset();
  last_activity_ = last_check_ = now;
}

void KeepAliveMonitor::watch_sleep_only(TimePoint now) noexcept { watch(now, false); }

void KeepAliveMonitor::pause(TimePoint now) noexcept {
  if (!paused_at_) paused_at_ = now;
}

void KeepAliveMonitor::resume(TimePoint now) noexcept {
  if (!paused_at_) return;
  last_activity_ += now - std::max(*paused_at_, last_activity_);
  paused_at_.reset();
}

KeepAliveMonitor::Verdict KeepAliveMonitor::check(TimePoint now, Duration busy) noexcept {
  const bool has_slept = slept(now, busy);
  last_check_ = now;
  if (has_slept) return Verdict::slept;
  if (!silence_counts()) return Verdict::fine;
  const Duration silence = now - last_activity_;
  if (silence >= *timeout_) {
    lost_ = true;
    return Verdict::lost;
  }
  if (silence < warn_after_ || slow_) return Verdict::fine;
  slow_ = true;
  return Verdict::slow;
}

TimePoint KeepAliveMonitor::next_check() const noexcept {
  const TimePoint regular = last_check_ + interval_;
  if (!silence_counts()) return regular;
  return std::min(regular, last_activity_ + (slow_ ? *timeout_ : warn_after_));
}

}  // namespace signalr::detail::protocol
