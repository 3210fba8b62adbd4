#include <doctest/doctest.h>

#include "protocol/poll_loop.hpp"

using namespace signalr;
using namespace signalr::detail::protocol;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart = TimePoint(1000s);

/// A loop whose connect was answered at kStart.
PollLoop polling() {
  PollLoop loop(Command::connect, 110s, 2s);
  loop.on_request(kStart);
  loop.on_frame(kStart, false, 0);
  return loop;
}

}  // namespace

TEST_CASE("the first request is made again until a frame answers it, then there are polls") {
  for (const Command first : {Command::connect, Command::reconnect}) {
    PollLoop loop(first, 110s, 2s);
    CHECK(loop.next() == first);
    loop.on_request(kStart);
    CHECK(loop.on_nothing(kStart + 1s) == kStart + 3s);
    CHECK(loop.next() == first);
    loop.on_request(kStart + 3s);
    CHECK(loop.on_frame(kStart + 4s, false, 0) == kStart + 4s);
    CHECK(loop.next() == Command::poll);
  }
}

TEST_CASE("P#73 P#74 polls follow each other at once, and are given up ten seconds after the server's own timeout") {
  PollLoop loop = polling();
  CHECK(loop.timeout() == 120s);
  TimePoint now = kStart;
  for (int i = 0; i < 5; ++i) {
    loop.on_request(now);
    now += 110s;
    CHECK(loop.on_frame(now, false, 0) == now);
  }
  CHECK(PollLoop(Command::connect, Duration::max(), 2s).timeout() == Duration::max());
}

TEST_CASE("P#62 L delays the next poll, a minute at most") {
  PollLoop loop = polling();
  loop.on_request(kStart);
  CHECK(loop.on_frame(kStart + 5s, true, 2500) == kStart + 7500ms);
  loop.on_request(kStart + 8s);
  CHECK(loop.on_frame(kStart + 9s, true, ~std::uint64_t{0}) == kStart + 69s);
}

TEST_CASE("P#77 a second quick and empty answer in a row makes the next poll wait until a second after this one") {
  PollLoop loop = polling();
  loop.on_request(kStart);
  CHECK(loop.on_frame(kStart + 10ms, false, 0) == kStart + 10ms);  // kicked: may happen
  loop.on_request(kStart + 10ms);
  CHECK(loop.on_frame(kStart + 20ms, false, 0) == kStart + 1010ms);
  loop.on_request(kStart + 1010ms);
  CHECK(loop.on_frame(kStart + 1020ms, false, 1500) == kStart + 2520ms);  // L is longer
  loop.on_request(kStart + 3s);
  CHECK(loop.on_frame(kStart + 3001ms, true, 0) == kStart + 3001ms);  // messages end the suspicion
  loop.on_request(kStart + 3001ms);
  CHECK(loop.on_frame(kStart + 3002ms, false, 0) == kStart + 3002ms);
}

TEST_CASE("P#103 a reconnect without an answer counts as done after five seconds, or half of the time that is left") {
  CHECK(poll_taken_as_open(Duration::max()) == 5s);
  CHECK(poll_taken_as_open(10s) == 5s);
  CHECK(poll_taken_as_open(4s) == 2s);
}
