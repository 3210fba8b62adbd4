// What our user got to see, in the same terms whichever part of our API it used: to be compared with what the recorded
// client's program printed.
#pragma once

#include <string>
#include <vector>

#include "transcript.hpp"

namespace wire {

struct Experience {
  /// A call by the server, or any other element of `M`.
  struct Received {
    std::string hub;
    std::string method;  ///< empty: no call
    std::vector<std::string> args;
    std::string json;
  };
  /// What a call got back.
  struct Answer {
    bool came = false;
    bool failed = false;
    std::string value;  ///< the result, or the failure's text
    bool hub_error = false;
    std::string data;  ///< of a failure; empty: none
    std::vector<std::string> progress;
    std::string state;  ///< of the hub, afterwards; an object
  };
  std::vector<Received> received;
  std::vector<Answer> answers;  ///< one for each call that our user made, in their order
};

Experience experience_of(const Transcript& seen);

}  // namespace wire
