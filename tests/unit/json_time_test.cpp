// Points in time and durations, as .NET writes them.
#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <limits>
#include <signalr/errors.hpp>
#include <signalr/json.hpp>
#include <string>

#include "json_tools.hpp"

using namespace signalr;
using namespace signalr::test;
using namespace std::chrono_literals;
using std::chrono::system_clock;

namespace {

using Micros = std::chrono::time_point<system_clock, std::chrono::microseconds>;
using Seconds = std::chrono::time_point<system_clock, std::chrono::seconds>;
using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

template <class Time>
auto since_1970(std::string_view text) {
  return decode<Time>('"' + std::string(text) + '"').time_since_epoch();
}

template <class Duration>
Duration duration(std::string_view text) {
  return decode<Duration>('"' + std::string(text) + '"');
}

}  // namespace

TEST_CASE("ISO 8601 as .NET writes it") {
  CHECK(since_1970<system_clock::time_point>("1970-01-01T00:00:00Z") == 0s);
  CHECK(since_1970<system_clock::time_point>("2024-02-29T23:59:59.1234567Z") == 1709251199s + 123456700ns);
  CHECK(since_1970<system_clock::time_point>("1969-12-31T23:59:59.9Z") == -100ms);
  CHECK(since_1970<Seconds>("2000-02-29T00:00:00Z") == 951782400s);
  CHECK(since_1970<Micros>("0001-01-01T00:00:00") == -62135596800s);
  CHECK(since_1970<Micros>("9999-12-31T23:59:59.9999999") == 253402300799s + 999999us);
}

TEST_CASE("offsets, and UTC when there is none") {
  CHECK(since_1970<Seconds>("1970-01-01T02:00:00+02:00") == 0s);
  CHECK(since_1970<Seconds>("1969-12-31T18:30:00-05:30") == 0s);
  CHECK(since_1970<Seconds>("1970-01-01T00:00:10") == 10s);
}

TEST_CASE("/Date(…)/, .NET's older format: milliseconds since 1970 in UTC, whatever zone is told") {
  CHECK(since_1970<Seconds>("/Date(0)/") == 0s);
  CHECK(since_1970<Micros>("/Date(1709251199123)/") == 1709251199123ms);
  CHECK(since_1970<Micros>("/Date(1709251199123+0200)/") == 1709251199123ms);
  CHECK(since_1970<Micros>("/Date(-1-0530)/") == -1ms);
  CHECK(since_1970<Seconds>("/Date(-1)/") == -1s);
  CHECK(since_1970<Micros>("/Date(-62135596800000)/") == -62135596800s);
  CHECK(since_1970<Micros>("/Date(253402300799999)/") == 253402300799999ms);
  CHECK(decode<Micros>(R"("\/Date(1709251199123)\/")").time_since_epoch() == 1709251199123ms);  // as it is written
  CHECK_THROWS_AS(since_1970<system_clock::time_point>("/Date(-62135596800000)/"), DecodeError);
}

TEST_CASE("what is finer than the type is cut off, downwards") {
  CHECK(since_1970<Seconds>("1970-01-01T00:00:01.9999999Z") == 1s);
  CHECK(since_1970<Seconds>("1969-12-31T23:59:59.5Z") == -1s);
}

TEST_CASE("a time that the type can't hold is an error, not another time") {
  using Nanos = std::chrono::time_point<system_clock, std::chrono::nanoseconds>;
  CHECK_THROWS_AS(since_1970<Nanos>("0001-01-01T00:00:00"), DecodeError);
  CHECK_THROWS_AS(since_1970<Nanos>("2262-04-12T00:00:00Z"), DecodeError);
  CHECK(since_1970<Nanos>("2262-04-11T00:00:00Z") == 9223286400s);
}

TEST_CASE("what is no time") {
  for (const char* text : {"",
                           "2024-02-29",
                           "2024-02-30T00:00:00Z",
                           "2023-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2024-13-01T00:00:00Z",
                           "2024-00-01T00:00:00Z",
                           "2024-01-00T00:00:00Z",
                           "2024-01-01T24:00:00Z",
                           "2024-01-01T00:60:00Z",
                           "2024-01-01T00:00:60Z",
                           "2024-01-01T00:00:00.Z",
                           "2024-01-01T00:00:00.12345678Z",
                           "2024-01-01 00:00:00Z",
                           "2024-01-01T00:00:00z",
                           "2024-01-01T00:00:00Z ",
                           "2024-01-01T00:00:00+2:00",
                           "2024-01-01T00:00:00+15:00",
                           "0000-01-01T00:00:00Z",
                           "12024-01-01T00:00:00Z",
                           "2024-1-1T00:00:00Z",
                           "/Date()/",
                           "/Date(-)/",
                           "/Date(0)",
                           "Date(0)",
                           "/Date(1.5)/",
                           "/Date(0Z)/",
                           "/Date(0+2:00)/",
                           "/Date(0+02:00)/",
                           "/Date(0+1500)/",
                           "/Date(0+0260)/",
                           "/Date(0) /",
                           "/date(0)/",
                           "/Date(-62135596800001)/",
                           "/Date(253402300800000)/",
                           "/Date(9999999999999999999999)/"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(since_1970<Micros>(text), DecodeError);
  }
  CHECK(complaint<system_clock::time_point>("5") ==
        "can't decode the JSON value: expected a time such as \"2024-02-29T23:59:59.1234567Z\", but got the number 5");
}

TEST_CASE("times are written in UTC with the digits that it takes") {
  CHECK(encode(Seconds(951782400s)) == "\"2000-02-29T00:00:00Z\"");
  CHECK(encode(Micros(-1us)) == "\"1969-12-31T23:59:59.999999Z\"");
  CHECK(encode(system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(1500ms))) ==
        "\"1970-01-01T00:00:01.5Z\"");
  CHECK(encode(Seconds(-62135596800s)) == "\"0001-01-01T00:00:00Z\"");
  CHECK(encode(Seconds(253402300799s)) == "\"9999-12-31T23:59:59Z\"");
  CHECK_THROWS_AS(encode(Seconds(253402300800s)), UsageError);
  CHECK_THROWS_AS(encode(Seconds(-62135596801s)), UsageError);
  CHECK_THROWS_AS(encode(Seconds::max()), UsageError);
}

TEST_CASE("every day of 800 years is written as the C library has it, and read back") {
  for (std::int64_t day = -146097; day < 146097; day += 7) {
    const Seconds time(std::chrono::seconds(day * 24 * 3600));
    const std::time_t c_time = day * 24 * 3600;
    std::tm parts{};
    REQUIRE(gmtime_r(&c_time, &parts) != nullptr);
    char text[32];
    REQUIRE(std::strftime(text, sizeof text, "\"%Y-%m-%dT%H:%M:%SZ\"", &parts) != 0);
    REQUIRE(encode(time) == text);
    REQUIRE(decode<Seconds>(text) == time);
  }
}

TEST_CASE("durations as .NET writes its TimeSpan") {
  CHECK(duration<std::chrono::seconds>("00:00:00") == 0s);
  CHECK(duration<std::chrono::seconds>("23:59:59") == 86399s);
  CHECK(duration<std::chrono::nanoseconds>("-1.02:03:04.0000001") == -(26h + 3min + 4s + 100ns));
  CHECK(duration<std::chrono::milliseconds>("00:00:00.5") == 500ms);
  CHECK(duration<std::chrono::duration<double>>("00:00:00.25").count() == 0.25);
  CHECK(duration<std::chrono::hours>("10675199.02:00:00") == 256204778h);

  CHECK(encode(0s) == "\"00:00:00\"");
  CHECK(encode(-(26h + 3min + 4s + 100ns)) == "\"-1.02:03:04.0000001\"");
  CHECK(encode(500ms) == "\"00:00:00.5000000\"");
  CHECK(encode(std::chrono::duration<double>(1.5)) == "\"00:00:01.5000000\"");
}

TEST_CASE("the longest and the shortest TimeSpan") {
  const char* const longest = "10675199.02:48:05.4775807";
  const char* const shortest = "-10675199.02:48:05.4775808";
  CHECK(duration<Ticks>(longest) == Ticks::max());
  CHECK(duration<Ticks>(shortest) == Ticks::min());
  CHECK(encode(Ticks::max()) == '"' + std::string(longest) + '"');
  CHECK(encode(Ticks::min()) == '"' + std::string(shortest) + '"');
  CHECK_THROWS_AS(duration<Ticks>("10675199.02:48:05.4775808"), DecodeError);
  CHECK_THROWS_AS(duration<Ticks>("-10675199.02:48:05.4775809"), DecodeError);
  CHECK_THROWS_AS(duration<Ticks>("10675200.00:00:00"), DecodeError);
  CHECK_THROWS_AS(duration<Ticks>("99999999.00:00:00"), DecodeError);
  CHECK_THROWS_AS(duration<std::chrono::nanoseconds>(longest), DecodeError);
  CHECK_THROWS_AS(encode(std::chrono::hours::max()), UsageError);
  CHECK_THROWS_AS(encode(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())), UsageError);
}

TEST_CASE("what is no duration") {
  for (const char* text :
       {"", "-", "5", "1.", "00:00", "0:0:0", "24:00:00", "00:60:00", "00:00:60", "1:00:00:00", "+00:00:01",
        "--00:00:01", " 00:00:01", "00:00:01.12345678", "00:00:01.", "1.-2:00:00", "PT5S", "123456789.00:00:00"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(duration<std::chrono::seconds>(text), DecodeError);
  }
}
