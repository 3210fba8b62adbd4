// A client of the hub "chat", connected: what tests of hub calls begin with.
#pragma once

#include <string>
#include <string_view>

#include <signalr/client.hpp>

#include "scenario.hpp"

namespace scenario {

struct Caller : World {
  signalr::Conn conn = dial();
  signalr::Client chat{"chat", conn};

  Caller() {
    settle();
    story.clear();
  }
  /// Sends a frame as the server's and lets it arrive.
  void frame(std::string_view text) {
    server.peer().send(text);
    settle();
  }
  std::string sent() { return server.received().back(); }
};

}  // namespace scenario
