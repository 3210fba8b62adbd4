#include <doctest/doctest.h>
#include <signalr/call_options.hpp>

#include <limits>

using namespace signalr;
using namespace std::chrono_literals;

namespace {

const TimePoint kNow = TimePoint(1000s);

}  // namespace

TEST_CASE("a default deadline never comes") { CHECK(CallOptions{}.deadline.resolve(kNow) == TimePoint::max()); }

TEST_CASE("a duration counts from the call on, in whatever unit it is given") {
  CHECK(CallOptions{std::chrono::seconds(5)}.deadline.resolve(kNow) == kNow + 5s);
  CHECK(Deadline(std::chrono::duration<double>(0.25)).resolve(kNow) == kNow + 250ms);
  CHECK(Deadline(std::chrono::hours(24)).resolve(kNow) == kNow + 24h);
  CHECK(Deadline(1ns).resolve(kNow) == kNow + 1ns);
}

TEST_CASE("a point of time is taken as it is") {
  CHECK(Deadline(kNow - 5s).resolve(kNow) == kNow - 5s);
  CHECK(Deadline(kNow + 5s).resolve(kNow) == kNow + 5s);
}

TEST_CASE("zero and negative durations have passed at once") {
  CHECK(Deadline(0s).resolve(kNow) == kNow);
  CHECK(Deadline(-5s).resolve(kNow) == kNow);
  CHECK(Deadline(std::chrono::hours::min()).resolve(kNow) == kNow);
}

TEST_CASE("durations that no clock can hold mean for ever") {
  using Seconds = std::chrono::duration<double>;
  CHECK(Deadline(std::chrono::hours::max()).resolve(kNow) == TimePoint::max());
  CHECK(Deadline(Duration::max()).resolve(kNow) == TimePoint::max());
  CHECK(Deadline(Seconds(1e300)).resolve(kNow) == TimePoint::max());
  CHECK(Deadline(Seconds(std::numeric_limits<double>::infinity())).resolve(kNow) == TimePoint::max());
  CHECK(Deadline(Seconds(std::numeric_limits<double>::quiet_NaN())).resolve(kNow) == TimePoint::max());
  CHECK(Deadline(280 * 365 * 24h).resolve(TimePoint(100 * 365 * 24h)) == TimePoint::max());
}

TEST_CASE("a token can be given without a deadline") {
  CancelSource source;
  const CallOptions options{{}, source.token()};
  CHECK(options.cancel.can_be_canceled());
  CHECK(options.deadline.resolve(kNow) == TimePoint::max());
  CHECK_FALSE(CallOptions{}.cancel.can_be_canceled());
}
