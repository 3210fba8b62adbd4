#include "session/silence_watch.hpp"

#include <utility>

namespace signalr::detail::session {
namespace {

constexpr Duration kGrace = std::chrono::milliseconds(100);

}  // namespace

void SilenceWatch::begin(std::optional<Duration> keep_alive_timeout, Duration disconnect_timeout) {
  monitor_.emplace(keep_alive_timeout, disconnect_timeout);
}

void SilenceWatch::watch(bool transport_has_keep_alives) {
  monitor_->watch(context_.executor->now(), transport_has_keep_alives);
  handlers_before_ = context_.turns->total();
  second_look_ = false;
  exact_stamps_ = 0;
  frame_seen_ = false;
  ask_in_time();
}

void SilenceWatch::watch_sleep_only() { monitor_->watch_sleep_only(context_.executor->now()); }

// The times of the first frames after each check are taken exactly, those of a flood only roughly: taking the time
// costs as much as a fifth of a small frame.
void SilenceWatch::on_frame() {
  constexpr int kExactStamps = 64;
  if (!monitor_) return;
  if (exact_stamps_ < kExactStamps) {
    ++exact_stamps_;
    monitor_->on_frame(context_.executor->now());
  } else {
    frame_seen_ = true;
  }
}

void SilenceWatch::pause() {
  if (monitor_) monitor_->pause(context_.executor->now());
}

void SilenceWatch::resume() {
  if (monitor_) monitor_->resume(context_.executor->now());
}

void SilenceWatch::stop() noexcept {
  next_check_.cancel();
  monitor_.reset();
}

// When the strand was held up, or the whole process, what came meanwhile may still be on its way from another thread.
void SilenceWatch::check() {
  const TimePoint now = context_.executor->now();
  const Duration busy = context_.turns->total() - handlers_before_;
  const bool held_up = now - monitor_->next_check() > Timer::kHeldUp;
  if (held_up && !monitor_->slept(now, busy) && !std::exchange(second_look_, true)) {
    return next_check_.judge_after(kGrace, [this] { check(); });
  }
  second_look_ = false;
  if (std::exchange(frame_seen_, false)) monitor_->on_frame(now);
  exact_stamps_ = 0;
  handlers_before_ += busy;
  const Verdict verdict = monitor_->check(now, busy);
  if (verdict != Verdict::fine) handler_(verdict);
  if (monitor_) ask_in_time();
}

void SilenceWatch::ask_in_time() {
  next_check_.set_at(monitor_->next_check(), [this] { check(); });
}

}  // namespace signalr::detail::session
