#include <doctest/doctest.h>

#include <vector>

#include "protocol/restart_policy.hpp"

using namespace signalr;
using namespace signalr::detail::protocol;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart = TimePoint(1000s);
constexpr std::uint32_t kMost = 0xFFFFFFFFU;

RestartOptions without_jitter() {
  RestartOptions options;
  options.jitter = 0;
  return options;
}

std::vector<Duration> delays(RestartPolicy& policy, int count, TimePoint now = kStart) {
  std::vector<Duration> found;
  for (int i = 0; i < count; ++i) found.push_back(policy.on_over(now, kMost)->delay);
  return found;
}

}  // namespace

TEST_CASE("each delay is twice the one before, up to the longest") {
  RestartOptions options = without_jitter();
  options.max_delay = 15s;
  RestartPolicy policy(options);
  CHECK(delays(policy, 5) == std::vector<Duration>{2s, 4s, 8s, 15s, 15s});
  CHECK(policy.on_over(kStart, 0)->attempt == 6);
}

TEST_CASE("jitter adds up to its part of the delay") {
  RestartOptions options;
  options.jitter = 0.5;
  CHECK(RestartPolicy(options).on_over(kStart, 0)->delay == 2s);
  CHECK(RestartPolicy(options).on_over(kStart, 0x80000000U)->delay == 2500ms);
  const Duration longest = RestartPolicy(options).on_over(kStart, kMost)->delay;
  CHECK(longest > 2999ms);
  CHECK(longest <= 3s);
}

TEST_CASE("the row ends with a connection that stayed up for max_delay, not with one that didn't") {
  RestartPolicy policy(without_jitter());
  CHECK(delays(policy, 2) == std::vector<Duration>{2s, 4s});
  policy.on_connected(kStart);
  CHECK(delays(policy, 1, kStart + 59s) == std::vector<Duration>{8s});
  policy.on_connected(kStart);
  CHECK(delays(policy, 2, kStart + 60s) == std::vector<Duration>{2s, 4s});
}

TEST_CASE("max_attempts bounds a row; none means none") {
  RestartOptions options = without_jitter();
  options.max_attempts = 2;
  RestartPolicy policy(options);
  CHECK(policy.on_over(kStart, 0)->attempt == 1);
  CHECK(policy.on_over(kStart, 0)->attempt == 2);
  CHECK_FALSE(policy.on_over(kStart, 0));
  policy.on_connected(kStart);
  CHECK(policy.on_over(kStart + 1h, 0)->attempt == 1);
  options.max_attempts = 0;
  CHECK_FALSE(RestartPolicy(options).on_over(kStart, 0));
}

TEST_CASE("no delay is shorter than 100 ms, and a thousand years of attempts don't overflow") {
  RestartOptions options;
  options.first_delay = options.max_delay = 0s;
  options.jitter = 1;
  RestartPolicy hasty(options);
  for (int i = 0; i < 100; ++i) CHECK(hasty.on_over(kStart, 0)->delay == 100ms);
  options.first_delay = 1ns;
  options.max_delay = std::chrono::hours(24 * 365 * 100);
  RestartPolicy patient(options);
  for (int i = 0; i < 200; ++i) {
    const Duration delay = patient.on_over(kStart, kMost)->delay;
    CHECK(delay >= 100ms);
    CHECK(delay <= 2 * options.max_delay);
  }
}
