// Our client counts its calls in its own way: what was recorded for an id goes to the call that was made with it.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace wire {

class CallIds {
 public:
  /// Our client sent `ours` where the recorded one sent `recorded`.
  void note(std::string_view recorded, std::string_view ours);

  /// The server's message with our ids in place of the recorded ones. An id that nobody waits for gets one that our
  /// client never uses.
  std::string translated(std::string_view message);

 private:
  std::string ours(const std::string& recorded, bool answered);

  std::map<std::string, std::deque<std::string>> open_;  // by the recorded one: a client may use one again
};

/// The id in a message of either side, text or number; empty when there is none.
std::string id_in(std::string_view message);

}  // namespace wire
