#include "protocol/poll_loop.hpp"

#include <algorithm>

#include "protocol/retry.hpp"

namespace signalr::detail::protocol {
namespace {

constexpr Duration kTakenAsOpen = std::chrono::seconds(5);
constexpr Duration kGrace = std::chrono::seconds(10);
constexpr std::uint64_t kLongestDelayMs = 60'000;  // what a server may make us wait
// Faster than this an empty answer is no poll that timed out; a single one is a poll that another one took over.
constexpr Duration kQuick = std::chrono::seconds(1);

}  // namespace

Duration poll_taken_as_open(Duration left) noexcept { return std::min(kTakenAsOpen, left / 2); }

PollLoop::PollLoop(Command first, Duration connection_timeout, Duration pause) noexcept
    : first_(first), timeout_(connection_timeout), pause_(pause) {}

Duration PollLoop::timeout() const noexcept { return timeout_ + std::min(kGrace, Duration::max() - timeout_); }

TimePoint PollLoop::on_frame(TimePoint now, bool has_messages, std::uint64_t delay_ms) noexcept {
  const bool poll = answered_;  // connects and reconnects are answered at once
  answered_ = true;
  quick_empties_ = poll && !has_messages && now - asked_at_ < kQuick ? quick_empties_ + 1 : 0;
  const TimePoint soonest = quick_empties_ > 1 ? asked_at_ + kQuick : now;
  return std::max(soonest, now + std::chrono::milliseconds(std::min(delay_ms, kLongestDelayMs)));
}

TimePoint PollLoop::on_nothing(TimePoint now) const noexcept { return now + std::max(pause_, kShortestPause); }

}  // namespace signalr::detail::protocol
