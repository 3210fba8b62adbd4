#include "protocol/retry.hpp"

#include <algorithm>

namespace signalr::protocol {

bool RetryCount::take() noexcept {
  if (left_ == 0) return false;
  if (left_ > 0) --left_;
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

bool is_transient_status(int status) noexcept {
  return (status >= 500 && status <= 599) || status == 408 || status == 429;
}

bool is_transient_failure(const TransportError& error) noexcept {
  if (error.proxy_status() != 0) return is_transient_status(error.proxy_status());
  const TransportFailure failure = error.failure();
  return failure != TransportFailure::kTls && failure != TransportFailure::kUnsupported &&
         failure != TransportFailure::kLimit;
}

}  // namespace signalr::protocol
