// Watches over a connection's silence (P§7.2) and over the machine's sleep (P§7.3). Data only: it is told what happens
// and when, and tells what to do and when to ask again.
#pragma once

#include <optional>

#include <signalr/executor.hpp>

namespace signalr::detail::protocol {

class KeepAliveMonitor {
 public:
  enum class Verdict {
    fine,
    slow,   ///< silent for two thirds of the timeout: ConnectionSlow; said once per silence (P#98)
    lost,   ///< silent for the whole timeout: reconnect; said once, then nothing more until `watch`
    slept,  ///< nobody asked for the whole reconnect window: the server has forgotten us, disconnect (P#106)
  };

  /// `keep_alive_timeout` as negotiated, nothing when the server sends no keep-alives (P#100). The reconnect window is
  /// `disconnect_timeout` plus it (P§7.1), and not so short that checks which come in time would be a sleep.
  KeepAliveMonitor(std::optional<Duration> keep_alive_timeout, Duration disconnect_timeout) noexcept;

  /// Connected, or connected again, over a transport that carries keep-alives or not (long polling doesn't): clock and
  /// verdicts begin anew (P#103).
  void watch(TimePoint now, bool transport_has_keep_alives) noexcept;
  /// Reconnecting: silence is known already, only sleep is watched for.
  void watch_sleep_only(TimePoint now) noexcept;

  /// A frame came, whatever it holds (P#99). Cheap: once per frame.
  void on_frame(TimePoint now) noexcept {
    last_activity_ = now;
    slow_ = false;
  }

  /// We don't read for now, so silence means nothing: the clock stands still between these two.
  void pause(TimePoint now) noexcept;
  void resume(TimePoint now) noexcept;

  /// To be asked at `next_check()`, or somewhat later; asking earlier does no harm. For so long since then handlers
  /// were `busy`: whoever works isn't asleep.
  Verdict check(TimePoint now, Duration busy = Duration::zero()) noexcept;
  /// Whether that is the verdict.
  bool slept(TimePoint now, Duration busy) const noexcept { return now - last_check_ - busy >= window_; }
  /// When to ask: at the next point where silence would be noticed, and at least once per interval, so that a longer
  /// gap between two checks means sleep.
  TimePoint next_check() const noexcept;

 private:
  bool silence_counts() const noexcept { return timeout_ && watching_ && !lost_ && !paused_at_; }

  std::optional<Duration> timeout_;
  Duration warn_after_{0};
  Duration interval_;
  Duration window_;
  TimePoint last_activity_{};
  TimePoint last_check_{};
  std::optional<TimePoint> paused_at_;
  bool watching_ = false;
  bool slow_ = false;
  bool lost_ = false;
};

}  // namespace signalr::detail::protocol
