// The server's part: what it says comes in the recorded order, whichever exchanges carry it, and however late our
// client asks for some of them.
#pragma once

#include <signalr/executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "timeline.hpp"

namespace wire {

class Score {
 public:
  using Condition = std::function<bool()>;

  /// Something that the server says or does, at the recorded time or later.
  struct Part {
    /// Without this it isn't played: what it answers must have come. Empty: none.
    Condition can_play;
    /// It waits a second for this, and what comes after it with it: that our client has asked for all that the recorded
    /// one had by then. Empty: it waits for nothing.
    Condition in_turn;
    signalr::Task play;
    std::optional<signalr::TimePoint> waits_since = std::nullopt;
  };

  Score(std::shared_ptr<signalr::Executor> executor, const Timeline& timeline)
      : executor_(std::move(executor)), timeline_(timeline) {}

  /// Parts of the same time are played in the order in which they were added.
  void add(double t_ms, Part part);
  /// Something came from the client, for which parts may have waited.
  void go_on() { wake_at(executor_->now()); }

 private:
  bool play_next();
  bool waits_for_turn(Part& part);
  void wake_at(signalr::TimePoint time);

  std::shared_ptr<signalr::Executor> executor_;
  const Timeline& timeline_;
  std::multimap<double, Part> parts_;
  std::optional<signalr::TimePoint> wakes_;
  signalr::TimerId timer_{};
};

}  // namespace wire
