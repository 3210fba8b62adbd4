// Points in time as ISO 8601 or as .NET's /Date(…)/, durations as .NET writes its TimeSpan.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>
#include <string>
#include <type_traits>

#include <signalr/export.hpp>
#include <signalr/json/value.hpp>
#include <signalr/json/writer.hpp>

namespace signalr {

namespace detail {

/// What .NET counts in: 100 ns.
using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

/// Since 1970, in UTC.
SIGNALR_API Ticks read_time(const JsonValue& json);
SIGNALR_API void write_time(JsonWriter& json, Ticks since_1970);
SIGNALR_API Ticks read_duration(const JsonValue& json);
SIGNALR_API void write_duration(JsonWriter& json, Ticks duration);
/// Throws UsageError.
[[noreturn]] SIGNALR_API void refuse_duration();

/// Whether `from` can be told in To: neither overflow nor NaN.
template <class To, class From>
bool fits(From from) {
  if constexpr (std::is_same_v<To, From> || std::is_floating_point_v<typename To::rep>) {
    return true;
  } else {
    const long double count = std::chrono::duration<long double, typename To::period>(from).count();
    // The largest count may be rounded up by the conversion: hence less, not equal.
    return count >= static_cast<long double>(std::numeric_limits<typename To::rep>::min()) &&
           count < static_cast<long double>(std::numeric_limits<typename To::rep>::max());
  }
}

template <class Duration>
Ticks to_ticks(Duration duration) {
  if (!fits<Ticks>(duration)) refuse_duration();
  return std::chrono::duration_cast<Ticks>(duration);
}

}  // namespace detail

/// "2024-02-29T23:59:59.1234567Z", or with an offset such as "+02:00"; without either it is taken as UTC. Also
/// "/Date(1709251199123)/" and "/Date(1709251199123+0200)/", .NET's older format: UTC in any case. What is finer than
/// the type can tell is cut off. A time that the type can't hold is a DecodeError: std::chrono::system_clock's own
/// time_point ends in 2262 with GCC; `time_point<system_clock, microseconds>` holds all that .NET has.
template <class Duration>
void from_json(const JsonValue& json, std::chrono::time_point<std::chrono::system_clock, Duration>& time) {
  const detail::Ticks since_1970 = detail::read_time(json);
  if (!detail::fits<Duration>(since_1970)) json.fail("a time that fits into the type that was asked for");
  time = std::chrono::time_point<std::chrono::system_clock, Duration>(std::chrono::floor<Duration>(since_1970));
}
/// In UTC, with as many digits as it takes, up to .NET's 7. Throws UsageError outside of the years 1 to 9999.
template <class Precision>
void to_json(JsonWriter& json, const std::chrono::time_point<std::chrono::system_clock, Precision>& time) {
  const Precision since_1970 = time.time_since_epoch();
  if (!detail::fits<detail::Ticks>(since_1970)) detail::refuse_duration();
  detail::write_time(json, std::chrono::floor<detail::Ticks>(since_1970));
}

/// "[-][d.]hh:mm:ss[.fffffff]". What is finer than the type can tell is cut off.
template <class Rep, class Period>
void from_json(const JsonValue& json, std::chrono::duration<Rep, Period>& duration) {
  using Target = std::chrono::duration<Rep, Period>;
  const detail::Ticks ticks = detail::read_duration(json);
  if (!detail::fits<Target>(ticks)) json.fail("a duration that fits into the type that was asked for");
  duration = std::chrono::duration_cast<Target>(ticks);
}
/// What is finer than 100 ns is cut off. Throws UsageError for more than .NET can hold, which is 29,000 years.
template <class Rep, class Period>
void to_json(JsonWriter& json, const std::chrono::duration<Rep, Period>& duration) {
  detail::write_duration(json, detail::to_ticks(duration));
}

}  // namespace signalr
