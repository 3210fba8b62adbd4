#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "protocol/keep_alive.hpp"

using namespace signalr;
using namespace std::chrono_literals;
using Monitor = detail::protocol::KeepAliveMonitor;
using Verdict = Monitor::Verdict;

namespace {

const TimePoint kStart = TimePoint(1000s);

/// A monitor with its clock: asks whenever it wants to be asked, as the session's timer does.
struct Watched {
  Monitor monitor;
  TimePoint now = kStart;

  explicit Watched(std::optional<Duration> timeout = 30s, Duration disconnect = 30s) : monitor(timeout, disconnect) {}

  /// Lets time pass and returns what was said: "slow@20000 lost@30000", in milliseconds since kStart.
  std::string pass(Duration time) {
    std::string said;
    const TimePoint end = now + time;
    while (monitor.next_check() <= end) {
      now = std::max(now, monitor.next_check());
      const Verdict verdict = monitor.check(now);
      if (verdict == Verdict::fine) continue;
      if (!said.empty()) said += ' ';
      said += verdict == Verdict::slow ? "slow@" : verdict == Verdict::lost ? "lost@" : "slept@";
      said += std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now - kStart).count());
    }
    now = end;
    return said;
  }
};

}  // namespace

TEST_CASE("P#98 silence is slow at two thirds of the timeout and lost at its end, each said once") {
  Watched watched;
  watched.monitor.watch(kStart, true);
  CHECK(watched.pass(1h) == "slow@20000 lost@30000");
}

TEST_CASE("P#98 ConnectionSlow comes again only after activity") {
  Watched watched;
  watched.monitor.watch(kStart, true);
  CHECK(watched.pass(25s) == "slow@20000");
  watched.monitor.on_frame(watched.now);
  CHECK(watched.pass(29s) == "slow@45000");
}

TEST_CASE("P#99 frames keep the connection fine for ever") {
  Watched watched;
  watched.monitor.watch(kStart, true);
  for (int i = 0; i < 100; ++i) {
    CHECK(watched.pass(19s).empty());
    watched.monitor.on_frame(watched.now);
  }
}

TEST_CASE("P#100 nothing is said of silence without a timeout, without keep-alives, or while not connected") {
  Watched off(std::nullopt);
  off.monitor.watch(kStart, true);
  CHECK(off.pass(1h).empty());
  Watched polling;
  polling.monitor.watch(kStart, false);
  CHECK(polling.pass(1h).empty());
  Watched reconnecting;
  reconnecting.monitor.watch(kStart, true);
  CHECK(reconnecting.pass(5s).empty());
  reconnecting.monitor.watch_sleep_only(reconnecting.now);
  CHECK(reconnecting.pass(1h).empty());
}

TEST_CASE("P#103 after a reconnect clock and verdicts begin anew") {
  Watched watched;
  watched.monitor.watch(kStart, true);
  CHECK(watched.pass(40s) == "slow@20000 lost@30000");
  watched.monitor.watch(watched.now, true);
  CHECK(watched.pass(40s) == "slow@60000 lost@70000");
}

TEST_CASE("P#106 a machine that slept for the reconnect window is told to disconnect, not to reconnect") {
  Watched watched(20s, 30s);
  watched.monitor.watch(kStart, true);
  CHECK(watched.monitor.check(kStart + 50s) == Verdict::slept);
}

TEST_CASE("P#106 a shorter sleep is a lost connection, which may be resumed") {
  Watched watched(20s, 30s);
  watched.monitor.watch(kStart, true);
  CHECK(watched.monitor.check(kStart + 50s - 1ns) == Verdict::lost);
}

TEST_CASE("P#106 sleep is noticed without keep-alives and while reconnecting, too") {
  Watched off(std::nullopt, 30s);
  off.monitor.watch(kStart, true);
  CHECK(off.monitor.check(kStart + 30s) == Verdict::slept);
  Watched reconnecting(20s, 30s);
  reconnecting.monitor.watch_sleep_only(kStart);
  CHECK(reconnecting.monitor.check(kStart + 50s) == Verdict::slept);
}

TEST_CASE("P#106 checks come often enough that only sleep makes such a gap") {
  for (const auto timeout : {std::optional<Duration>(), std::optional<Duration>(2s), std::optional<Duration>(600s)}) {
    Watched watched(timeout, 6s);
    watched.monitor.watch(kStart, false);
    CHECK(watched.pass(2h).empty());
  }
}

TEST_CASE("while we don't read, silence means nothing") {
  Watched watched;
  watched.monitor.watch(kStart, true);
  CHECK(watched.pass(15s).empty());
  watched.monitor.pause(watched.now);
  watched.monitor.pause(watched.now);
  CHECK(watched.pass(1h).empty());
  watched.monitor.resume(watched.now);
  CHECK(watched.pass(4s).empty());
  CHECK(watched.pass(2s) == "slow@3620000");  // 15 s before the pause and 5 s after it
}

TEST_CASE("resuming without a pause, or after a frame came during it, changes nothing more") {
  Watched watched;
  watched.monitor.watch(kStart, true);
  watched.monitor.resume(kStart + 5s);
  watched.monitor.pause(kStart + 5s);
  watched.monitor.on_frame(kStart + 8s);
  watched.monitor.resume(kStart + 10s);
  watched.now = kStart + 10s;
  CHECK(watched.pass(1h) == "slow@30000 lost@40000");
}
