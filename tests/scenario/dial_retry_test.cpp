// A dial that tries again: what it tells meanwhile, and how long it waits.
#include <ctime>

#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

/// Notes each retry, and the lines that the log was told at `info`.
struct Retrying : World {
  struct Retry {
    ErrorPtr reason;
    int attempt;
    Duration delay;
  };

  Retrying() {
    options.random = [] { return 0U; };  // no jitter
    options.events.on_dial_retry = [this](const Error& reason, int attempt, Duration delay) {
      retries.push_back({reason.clone(), attempt, delay});
    };
    options.log = [this](LogLevel level, std::string_view line) {
      if (level == LogLevel::info) log.emplace_back(line);
    };
  }
  long told(std::string_view part) const {
    return std::count_if(log.begin(), log.end(), [&](const std::string& line) { return line.find(part) != line.npos; });
  }
  template <class Step>
  void check_retries(int count) {
    REQUIRE(retries.size() == static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      const Retry& retry = retries[static_cast<std::size_t>(i)];
      CHECK(dynamic_cast<const Step*>(retry.reason.get()) != nullptr);
      CHECK(retry.attempt == i + 1);
      CHECK(retry.delay == 2s);
      CHECK(told(retry.reason->what() + std::string("; attempt ") + std::to_string(i + 1) +
                 " failed, the next one follows in 2000 ms") == 1);
    }
  }

  std::vector<Retry> retries;
};

std::string http_date(std::chrono::system_clock::time_point when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

/// How long passes before negotiate is asked again, after a 503 with that Retry-After.
Duration pause_after(const std::string& retry_after, std::optional<Duration> longest = {}) {
  Retrying world;
  if (longest) world.options.max_retry_after = *longest;
  world.server.expect_negotiate().answer(503, "busy", {{"Retry-After", retry_after}});
  Conn conn = world.dial();
  REQUIRE(world.retries.size() == 1);
  CHECK(world.server.clock().elapsed() == world.retries[0].delay);
  return world.retries[0].delay;
}

}  // namespace

TEST_CASE("each attempt of negotiate that fails is told before the next one, and in the log") {
  Retrying world;
  world.options.max_negotiate_retries = 3;
  world.server.expect_negotiate().times(2).answer(503);
  world.server.expect_negotiate().fail(TransportFailure::connect, "nobody listens");
  Conn conn = world.dial();
  world.check_retries<NegotiateError>(3);
  CHECK(dynamic_cast<const NegotiateError&>(*world.retries[0].reason).status() == 503);
  CHECK(find_cause<TransportError>(*world.retries[2].reason) != nullptr);
  CHECK(world.errors.empty());
}

TEST_CASE("the attempt that is the last one is the dial's error, and no retry") {
  Retrying world;
  world.options.max_negotiate_retries = 1;
  world.server.expect_negotiate().times(2).answer(503);
  CHECK(dynamic_cast<const NegotiateError*>(world.dial_error().get()) != nullptr);
  world.check_retries<NegotiateError>(1);
}

TEST_CASE("each attempt to connect that fails and is made again is told, over each transport") {
  for (const TransportKind kind :
       {TransportKind::websockets, TransportKind::server_sent_events, TransportKind::long_polling}) {
    CAPTURE(to_string(kind));
    Retrying world;
    world.options.transports = {kind};
    world.server.expect_connect().times(2).answer(503);
    Conn conn = world.dial();
    world.check_retries<ConnectError>(2);
  }
}

TEST_CASE("each attempt of start that fails and is made again is told") {
  Retrying world;
  world.server.expect_connect().accept();
  bool connected = false;
  const PendingDial pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options,
                                         [&](const Result<Conn>& conn) { connected = conn.ok(); });
  world.settle();
  world.server.network().fail_connections(TransportFailure::connect);
  world.server.peer().send(R"({"C":"d-0","S":1,"M":[]})");
  world.server.clock().advance(3s);
  world.server.network().heal();
  world.server.clock().advance(3s);
  CHECK(connected);
  world.check_retries<StartError>(2);
}

TEST_CASE("a handler of retries may give the dial up") {
  Retrying world;
  PendingDial pending;
  world.options.events.on_dial_retry = [&](const Error&, int, Duration) { pending = PendingDial(); };
  world.server.expect_negotiate().always().answer(503);
  pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options,
                       [](const Result<Conn>&) { FAIL_CHECK("the dial was given up"); });
  world.server.clock().advance(1min);
  CHECK(world.server.requests("negotiate").size() == 1);
}

TEST_CASE("negotiate is asked again no sooner than its Retry-After says, within max_retry_after") {
  CHECK(pause_after("7") == 7s);
  CHECK(pause_after("1") == 2s);  // retry_interval
  CHECK(pause_after("3600") == 1min);
  CHECK(pause_after("99999999999999999999999") == 1min);
  CHECK(pause_after("3600", 10min) == 10min);
  CHECK(pause_after("7", 0s) == 2s);
  for (const char* none : {"", "-7", "7.5", "soon"}) {
    CAPTURE(none);
    CHECK(pause_after(none) == 2s);
  }
}

TEST_CASE("a Retry-After may be a date") {
  const auto now = std::chrono::system_clock::now();
  CHECK(pause_after(http_date(now + 24h)) == 1min);
  CHECK(pause_after(http_date(now - 24h)) == 2s);
  const Duration soon = pause_after(http_date(now + 1h), 2h);
  CHECK(soon > 30min);
  CHECK(soon <= 1h);
}
