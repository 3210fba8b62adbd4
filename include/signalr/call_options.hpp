// What every call that may take long can be given: until when, and by whom it may be canceled.
#pragma once

#include <chrono>
#include <utility>

#include <signalr/cancel.hpp>
#include <signalr/executor.hpp>
#include <signalr/export.hpp>

namespace signalr {

/// Until when a call may take: for ever (the default), for some time from the call on, or until a point of the
/// executor's clock. Zero and negative durations have passed at once. Very long ones, from about 285 years on, mean
/// for ever.
class Deadline {
 public:
  constexpr Deadline() noexcept = default;
  template <class Rep, class Period>
  constexpr Deadline(std::chrono::duration<Rep, Period> after)  // NOLINT(google-explicit-constructor)
      : kind_(Kind::after), after_(bounded(after)) {}
  constexpr Deadline(TimePoint at) noexcept : kind_(Kind::at), at_(at) {}  // NOLINT(google-explicit-constructor)

  /// Whether it is the default: for ever.
  constexpr bool is_never() const noexcept { return kind_ == Kind::never; }

  /// The point of time that is meant by a call made at `now`; TimePoint::max() for ever.
  constexpr TimePoint resolve(TimePoint now) const noexcept {
    if (kind_ == Kind::at) return at_;
    if (kind_ == Kind::never || after_ >= TimePoint::max() - now) return TimePoint::max();
    return after_ <= Duration::zero() ? now : now + after_;
  }

 private:
  enum class Kind : unsigned char { never, after, at };

  template <class Rep, class Period>
  static constexpr Duration bounded(std::chrono::duration<Rep, Period> after) {
    using Seconds = std::chrono::duration<double>;
    constexpr Seconds kForEver(9e9);
    if (!(Seconds(after) < kForEver)) return Duration::max();  // NaN as well
    if (Seconds(after) < Seconds::zero()) return Duration::zero();
    return std::chrono::duration_cast<Duration>(after);
  }

  Kind kind_ = Kind::never;
  Duration after_{0};
  TimePoint at_{};
};

/// `CallOptions{std::chrono::seconds(5)}`, `CallOptions{{}, source.token()}`: the call ends with DeadlineError or
/// CanceledError, whichever comes first.
struct CallOptions {
  // No aggregate: g++ 12 destroys temporary aggregates twice in statements with co_await.
  CallOptions() noexcept = default;
  CallOptions(Deadline until, CancelToken token = {}) noexcept  // NOLINT(google-explicit-constructor)
      : deadline(until), cancel(std::move(token)) {}
  /// For `dial(url, hubs, options, 5s)`: from a duration it would take two conversions otherwise.
  template <class Rep, class Period>
  CallOptions(std::chrono::duration<Rep, Period> after) noexcept  // NOLINT(google-explicit-constructor)
      : deadline(after) {}

  Deadline deadline;
  CancelToken cancel;
};

}  // namespace signalr
