// What a user of hubs gets to see, one by one: by the judge's own reading of the recorded frames, and by our client's.
#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

namespace wire {

/// All JSON is as it was written in the frame.
struct HubEvent {
  enum class Kind {
    call,      ///< by the server
    progress,  ///< of one of the user's calls
    result,    ///< its end
    failure,   ///< its end by the server's word
    lost,      ///< its end since no answer can come any more
  };
  Kind kind = Kind::call;
  std::string hub;                ///< in lower case
  std::size_t call = 0;           ///< of all but kCall: which of the user's, counted from 0
  std::string method;             ///< of kCall
  std::vector<std::string> args;  ///< of kCall
  std::string value;              ///< the whole call, the progress, the result, the failure's text
  bool hub_error = false;         ///< of kFailure
  std::string data;               ///< of kFailure; empty: none
  std::string state;              ///< the hub's afterwards, an object with names in lower case, in order
};

inline bool operator==(const HubEvent& a, const HubEvent& b) {
  const auto all = [](const HubEvent& event) {
    return std::tie(event.kind, event.hub, event.call, event.method, event.args, event.value, event.hub_error,
                    event.data, event.state);
  };
  return all(a) == all(b);
}

}  // namespace wire
