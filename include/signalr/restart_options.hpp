// Dialing anew once a connection is over: whether, how often, how soon.
#pragma once

#include <chrono>

#include <signalr/executor.hpp>

namespace signalr {

/// How long to wait before each attempt to dial anew, and how many to make. Attempts count as being in a row until the
/// connection has stayed up for `max_delay`: a server that takes it and ends it again at once is asked ever more
/// rarely, too.
struct RestartOptions {
  /// Before the first attempt, at least 100 ms; each further one waits for twice as long …
  Duration first_delay = std::chrono::seconds(2);
  /// … up to this.
  Duration max_delay = std::chrono::seconds(60);
  /// Up to this part of the delay is added to it at random: 0 to 1.
  double jitter = 0.25;
  /// Attempts in a row; negative: without bound.
  int max_attempts = -1;
};

}  // namespace signalr
