#include "protocol/retry.hpp"

#include <algorithm>
#include <limits>

#include "protocol/cookie_date.hpp"

namespace signalr::detail::protocol {

bool RetryCount::take() noexcept {
  if (max_ >= 0 && taken_ >= max_) return false;
  if (taken_ < std::numeric_limits<int>::max()) ++taken_;
  return true;
}

Duration with_jitter(Duration interval, std::uint32_t random) noexcept {
  interval = std::max(interval, kShortestPause);
  // quarter * random / 2^32 without a product that overflows
  const std::int64_t quarter = interval.count() / 4;
  const std::int64_t factor = random;
  const std::int64_t extra = (quarter >> 32) * factor + (((quarter & 0xFFFFFFFF) >> 1) * factor >> 31);
  return interval + std::min(Duration(extra), Duration::max() - interval);
}

std::optional<Duration> parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now) noexcept {
  constexpr std::chrono::seconds kLongest = std::chrono::hours(24 * 365);
  if (!value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos) {
    std::int64_t seconds = 0;
    for (const char digit : value) seconds = std::min<std::int64_t>(seconds * 10 + (digit - '0'), kLongest.count());
    return std::chrono::seconds(seconds);
  }
  const auto date = parse_cookie_date(value);  // which are HTTP's dates, and more
  if (!date) return std::nullopt;
  if (*date <= now) return Duration::zero();
  return *date >= now + kLongest ? Duration(kLongest) : std::chrono::duration_cast<Duration>(*date - now);
}

bool is_transient_status(int status) noexcept {
  return (status >= 500 && status <= 599) || status == 408 || status == 429;
}

bool is_transient_failure(const TransportError& error) noexcept {
  if (error.proxy_status() != 0) return is_transient_status(error.proxy_status());
  const TransportFailure failure = error.failure();
  return failure != TransportFailure::tls && failure != TransportFailure::unsupported &&
         failure != TransportFailure::limit;
}

}  // namespace signalr::detail::protocol
