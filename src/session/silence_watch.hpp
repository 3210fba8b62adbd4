// When a connection's silence, or the machine's sleep, has to be noticed: asks the monitor in time (P§7.2, P§7.3).
#pragma once

#include <optional>

#include <signalr/function.hpp>

#include "protocol/keep_alive.hpp"
#include "session/timer.hpp"

namespace signalr::detail::session {

/// On the strand. Until `begin`, and after `stop`, calls do nothing.
class SilenceWatch {  // NOLINT(clang-analyzer-optin.performance.Padding): one a connection
 public:
  using Verdict = protocol::KeepAliveMonitor::Verdict;
  /// Called with slow, lost or slept; may stop the watch.
  using Handler = UniqueFunction<void(Verdict)>;

  SilenceWatch(Context& context, Handler handler)
      : context_(context), handler_(std::move(handler)), next_check_(context) {}

  /// A connection begins, with these timeouts of its server; see KeepAliveMonitor.
  void begin(std::optional<Duration> keep_alive_timeout, Duration disconnect_timeout);
  /// Connected, or connected again, over a transport that carries keep-alives or not.
  void watch(bool transport_has_keep_alives);
  /// Reconnecting.
  void watch_sleep_only();
  /// A frame came.
  void on_frame();
  /// We don't read for now, or read again: silence counts from then on.
  void pause();
  void resume();
  void stop() noexcept;

 private:
  void check();
  void ask_in_time();

  Context& context_;
  Handler handler_;
  std::optional<protocol::KeepAliveMonitor> monitor_;
  Timer next_check_;
  bool second_look_ = false;
  Duration handlers_before_{0};  // how long handlers had the strand by the last check
  int exact_stamps_ = 0;         // frames since the last check whose time was taken
  bool frame_seen_ = false;      // frames came since, whose time was not
};

}  // namespace signalr::detail::session
