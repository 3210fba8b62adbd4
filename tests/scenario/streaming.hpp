// A client of the hub "chat", connected, and a server that calls it with numbers.
#pragma once

#include <string>
#include <vector>

#include <signalr/client.hpp>

#include "scenario.hpp"

namespace scenario {

using namespace signalr;

struct Streaming : World {
  Conn conn = dial();
  Client chat{"chat", conn};

  Streaming() {
    settle();
    story.clear();
  }
  void tell(int from, int to) {
    for (int i = from; i < to; ++i) server.broadcast("Chat", "tick", "[" + std::to_string(i) + "]");
    settle();
  }
};

/// The arguments of all calls that wait.
inline std::vector<int> drain(CallbackStream& stream) {
  std::vector<int> seen;
  try {
    for (int value = 0;; seen.push_back(value)) {
      const HubCall call = stream.read_raw(CallOptions{1ms});
      value = decode_json<int>(call.args.at(0));
    }
  } catch (const Error&) {
    return seen;
  }
}

}  // namespace scenario
