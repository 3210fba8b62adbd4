// When to dial anew after Disconnected. Data only: it is told what happens, when, and a random number.
#pragma once

#include <cstdint>
#include <optional>

#include <signalr/restart_options.hpp>

namespace signalr::detail::protocol {

class RestartPolicy {
 public:
  /// An attempt to make: which one of its row, and how long from now.
  struct Step {
    int attempt = 1;
    Duration delay{0};
  };

  explicit RestartPolicy(const RestartOptions& options) : options_(options) {}

  void on_connected(TimePoint now) noexcept { connected_at_ = now; }
  /// The connection is over, or an attempt failed. Nothing: there are no more attempts.
  std::optional<Step> on_over(TimePoint now, std::uint32_t random) noexcept;

 private:
  Duration next_delay() const noexcept;

  RestartOptions options_;
  std::optional<TimePoint> connected_at_;
  int attempts_ = 0;  // in a row
};

}  // namespace signalr::detail::protocol
