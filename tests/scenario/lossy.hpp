// A connection that is about to lose its transport, and tells what it does about it.
#pragma once

#include <string>
#include <vector>

#include "scenario.hpp"

namespace scenario {

using namespace signalr;

struct Lossy : World {
  Lossy() {
    options.events.on_reconnecting = [this](const Error&, int attempt) {
      story.push_back("reconnecting " + std::to_string(attempt));
    };
    options.events.on_reconnected = [this](Duration downtime) {
      story.push_back("reconnected after " +
                      std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(downtime).count()) + " ms");
    };
    options.events.on_gap = [this](const Gap& gap) { gaps.push_back(gap); };
  }
  Conn connect() {
    Conn conn = dial();
    settle();
    story.clear();
    return conn;
  }
  std::vector<std::string> methods(Conn& conn, std::size_t count) {
    std::vector<std::string> seen;
    while (seen.size() < count) {
      const Message message = conn.read_message(CallOptions{1min});
      for (const auto& element : message.messages()) seen.emplace_back(element.method);
    }
    return seen;
  }
  std::vector<Gap> gaps;
};

}  // namespace scenario
