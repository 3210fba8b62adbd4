#include "score.hpp"

#include <chrono>
#include <utility>

namespace wire {
namespace {

// Shorter than any keep-alive timeout: our client may take another way than the recorded one, and never ask.
constexpr std::chrono::seconds kPatience(1);

}  // namespace

void Score::add(double t_ms, Part part) {
  parts_.emplace(t_ms, std::move(part));
  go_on();
}

bool Score::waits_for_turn(Part& part) {
  if (!part.in_turn || part.in_turn()) return false;
  if (!part.waits_since) part.waits_since = executor_->now();
  const signalr::TimePoint patient_until = *part.waits_since + kPatience;
  if (executor_->now() >= patient_until) return false;
  wake_at(patient_until);
  return true;
}

// Whether one was played. One that isn't in turn yet holds back all that take turns.
bool Score::play_next() {
  bool held_back = false;
  for (auto next = parts_.begin(); next != parts_.end(); ++next) {
    Part& part = next->second;
    if (const signalr::TimePoint due = timeline_.at(next->first); due > executor_->now()) {
      wake_at(due);
      return false;
    }
    if ((held_back && part.in_turn) || (part.can_play && !part.can_play())) continue;
    if (waits_for_turn(part)) {
      held_back = true;
      continue;
    }
    signalr::Task play = std::move(part.play);
    parts_.erase(next);
    play();
    return true;
  }
  return false;
}

void Score::wake_at(signalr::TimePoint time) {
  if (wakes_ && *wakes_ <= time) return;
  if (wakes_) executor_->cancel(timer_);
  wakes_ = time;
  timer_ = executor_->schedule(time, [this] {
    wakes_.reset();
    while (play_next()) {
    }
  });
}

}  // namespace wire
