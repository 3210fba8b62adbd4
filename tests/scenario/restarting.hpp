// A connection that is dialed anew whenever it is over, and tells each event.
#pragma once

#include <algorithm>

#include "scenario.hpp"

namespace scenario {

using namespace signalr;

inline std::string in_ms(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) + " ms";
}

/// Dials anew after exactly 2 s, 4 s, 8 s …; tells each event.
struct Restarting : World {
  Restarting() {
    options.restart.emplace();
    options.restart->jitter = 0;
    options.transports = {TransportKind::websockets};
    options.events.on_reconnecting = [this](const Error&, int attempt) {
      story.push_back("reconnecting " + std::to_string(attempt));
    };
    options.events.on_reconnected = [this](Duration) { story.emplace_back("reconnected"); };
    options.events.on_restarting = [this](const Error&, int attempt, Duration delay) {
      story.push_back("restarting " + std::to_string(attempt) + " in " + in_ms(delay));
    };
    options.events.on_restarted = [this](Duration downtime) { story.push_back("restarted after " + in_ms(downtime)); };
    options.events.on_gap = [this](const Gap& gap) {
      story.push_back((gap.certain ? "certain gap: " : "possible gap: ") + std::string(to_string(gap.reason)));
    };
    options.events.on_error = [this](const Error& error) { errors.push_back(error.clone()); };
  }
  Conn connect() {
    Conn conn = dial();
    settle();
    story.clear();
    return conn;
  }
  /// The server's last word.
  void end() {
    server.peer().send(R"({"E":"over"})");
    settle();
  }
  std::size_t count(const std::string& line) const {
    return static_cast<std::size_t>(std::count(story.begin(), story.end(), line));
  }
};

}  // namespace scenario
