#include <doctest/doctest.h>

#include <limits>

#include "protocol/retry.hpp"

using namespace signalr;
using namespace signalr::detail::protocol;
using namespace std::chrono_literals;

TEST_CASE("retries are counted: none, some, without bound") {
  RetryCount none(0);
  CHECK_FALSE(none.take());
  RetryCount two(2);
  CHECK(two.take());
  CHECK(two.take());
  CHECK_FALSE(two.take());
  CHECK_FALSE(two.take());
  RetryCount unlimited(-1);
  for (int i = 0; i < 1000; ++i) CHECK(unlimited.take());
  CHECK(unlimited.taken() == 1000);
  CHECK(two.taken() == 2);
}

TEST_CASE("jitter adds nothing to a quarter") {
  constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
  CHECK(with_jitter(2s, 0) == 2s);
  CHECK(with_jitter(2s, 0x80000000U) == 2250ms);
  CHECK(with_jitter(2s, kMost) < 2500ms);
  CHECK(with_jitter(2s, kMost) > 2499ms);
  CHECK(with_jitter(1000h * 24, 0x80000000U) == 1125h * 24);
}

TEST_CASE("jitter never overflows, and no pause is shorter than the shortest") {
  CHECK(with_jitter(Duration::max(), 0xFFFFFFFFU) == Duration::max());
  CHECK(with_jitter(Duration::zero(), 0) == 100ms);
  CHECK(with_jitter(1ns, 0x80000000U) == 112'500us);
  CHECK(with_jitter(-5s, 0) == 100ms);
}

TEST_CASE("only 5xx, 408 and 429 may heal by themselves") {
  for (const int status : {408, 429, 500, 502, 503, 504, 599}) CHECK(is_transient_status(status));
  for (const int status : {0, 101, 200, 301, 400, 401, 403, 404, 407, 410, 499, 600})
    CHECK_FALSE(is_transient_status(status));
}

TEST_CASE("a Retry-After is a number of seconds or a date; all else is nothing") {
  const std::chrono::system_clock::time_point now(std::chrono::seconds(784111777));  // Sun, 06 Nov 1994 08:49:37 GMT
  CHECK(parse_retry_after("0", now) == Duration::zero());
  CHECK(parse_retry_after("120", now) == 120s);
  CHECK(parse_retry_after("99999999999999999999999", now) == 24h * 365);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now) == 60s);
  CHECK(parse_retry_after("Sunday, 06-Nov-94 08:49:47 GMT", now) == 10s);
  CHECK(parse_retry_after("Sun Nov  6 08:49:38 1994", now) == 1s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:36 GMT", now) == Duration::zero());
  CHECK(parse_retry_after("Sun, 06 Nov 9994 08:49:37 GMT", now) == 24h * 365);
  for (const char* none : {"", " ", "-1", "1.5", "1s", "soon", "0x10"}) {
    CAPTURE(none);
    CHECK_FALSE(parse_retry_after(none, now));
  }
}
