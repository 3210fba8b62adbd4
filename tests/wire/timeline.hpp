// Recorded time in the virtual clock's time. Our client may be slower than the recorded one: then everything after it
// moves on by as much.
#pragma once

#include <signalr/executor.hpp>

#include <algorithm>
#include <chrono>

namespace wire {

class Timeline {
 public:
  Timeline(double first_ms, signalr::TimePoint origin) : first_ms_(first_ms), origin_(origin) {}

  signalr::TimePoint at(double t_ms) const { return origin_ + shift_ + since_first(t_ms); }

  /// The recorded time that it is at `now`.
  double recorded(signalr::TimePoint now) const { return first_ms_ + milliseconds(now - origin_ - shift_); }

  /// What was recorded at `t_ms` in the milliseconds of our run, which never go back, unless it happens later.
  double in_run(double t_ms) const { return milliseconds(at(t_ms) - origin_); }
  /// The same of what happens `now`: each time is later than the one before.
  double stamp(signalr::TimePoint now) {
    constexpr double kLater = 1e-6;
    return stamp_ = std::max(milliseconds(now - origin_), stamp_ + kLater);
  }

  /// What was recorded at `t_ms` happens `now`.
  void reached(double t_ms, signalr::TimePoint now) { shift_ = std::max(shift_, now - origin_ - since_first(t_ms)); }

 private:
  static double milliseconds(signalr::Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  }
  signalr::Duration since_first(double t_ms) const {
    const std::chrono::duration<double, std::milli> since(t_ms - first_ms_);
    return std::chrono::duration_cast<signalr::Duration>(since);
  }

  double first_ms_;
  signalr::TimePoint origin_;
  signalr::Duration shift_{0};
  double stamp_ = 0;
};

}  // namespace wire
