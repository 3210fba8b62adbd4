// When to try again, as data: no clock, no timer, randomness is given.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <signalr/executor.hpp>
#include <signalr/transport_error.hpp>

namespace signalr::detail::protocol {

/// Counts the attempts of one step. `max_retries` 0: one attempt; negative: no bound.
class RetryCount {
 public:
  explicit RetryCount(int max_retries) : max_(max_retries) {}
  /// Whether one more attempt is allowed; takes it.
  bool take() noexcept;
  /// How many were taken.
  int taken() const noexcept { return taken_; }

 private:
  int max_;
  int taken_ = 0;
};

/// Nobody who refuses is asked again without a pause, whatever interval the user has chosen.
inline constexpr Duration kShortestPause = std::chrono::milliseconds(100);

/// `interval`, at least kShortestPause, plus up to a quarter of it, by `random` of [0, 2^32).
Duration with_jitter(Duration interval, std::uint32_t random) noexcept;

/// How long a server wants to be left alone, by the value of its Retry-After: seconds, or a date. Nothing for what is
/// neither; zero for a date that has passed.
std::optional<Duration> parse_retry_after(std::string_view value, std::chrono::system_clock::time_point now) noexcept;

/// Whether an HTTP status may heal by itself: 5xx, 408, 429 (design: a 404 won't).
bool is_transient_status(int status) noexcept;

/// Whether a failure of the network may heal by itself. Certificates don't within seconds, what an adapter can't do or
/// a limit forbids stays so, and a proxy that refuses is judged by its status (P#139).
bool is_transient_failure(const TransportError& error) noexcept;

}  // namespace signalr::detail::protocol
