#include "protocol/restart_policy.hpp"

#include <algorithm>

#include "protocol/retry.hpp"

namespace signalr::detail::protocol {

std::optional<RestartPolicy::Step> RestartPolicy::on_over(TimePoint now, std::uint32_t random) noexcept {
  if (connected_at_ && now - *connected_at_ >= options_.max_delay) attempts_ = 0;
  connected_at_.reset();
  if (options_.max_attempts >= 0 && attempts_ >= options_.max_attempts) return std::nullopt;
  const Duration delay = next_delay();
  const double extra = static_cast<double>(delay.count()) * options_.jitter * (random / 4294967296.0);
  return Step{++attempts_, delay + Duration(static_cast<Duration::rep>(extra))};
}

Duration RestartPolicy::next_delay() const noexcept {
  const Duration longest = std::max(options_.max_delay, kShortestPause);
  Duration delay = std::max(options_.first_delay, kShortestPause);
  for (int i = 0; i < attempts_ && delay < longest; ++i) delay *= 2;
  return std::min(delay, longest);
}

}  // namespace signalr::detail::protocol
