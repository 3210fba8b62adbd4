// Ways to break a recording that the judge must notice: otherwise its "ok" would mean nothing.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "api.hpp"
#include "plan.hpp"
#include "recording.hpp"

namespace wire {

struct Mutation {
  std::string what;
  std::size_t episode = 0;  ///< of the plan: the one to be played or judged again
  Api api = Api::messages;  ///< what our user lives it through
  /// True: the changed recording is played, and judged by the true one, as if our client or the server had gone wrong.
  /// False: the true one is played and judged by the changed one.
  bool played = false;
  std::function<void(Recording&)> apply;
};

/// In both directions: as the server's or our client's fault (played), and as the recording's.
void add_both(std::vector<Mutation>& found, std::size_t episode, Api api, const std::string& what,
              const std::function<void(Recording&)>& apply);

/// All that the judge can be asked to see in this recording.
std::vector<Mutation> mutations_of(const Recording& recording, const Plan& plan);

}  // namespace wire
