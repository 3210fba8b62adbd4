// What our client has to do so that it can be compared with a recording. The exchanges are sorted by connection: a
// session is a negotiate answer and all that was done with its token in an order that our client can have, too.
// Whatever no client of ours would ever send is not played; its answer is fed to a connection of its own instead.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "recording.hpp"

namespace wire {

/// How our user's part in a session ends.
enum class Ending {
  close,  ///< it closes the connection
  drop,   ///< it destroys it, as a client does that just goes away
};

/// Which exchanges belong to one episode, and what the recording doesn't hold of it. Independent of what the exchanges
/// contain, so that it still fits a recording that was changed (see mutations.hpp).
struct Outline {
  bool fed = false;                    ///< one exchange, whose answer is fed to a connection of its own
  std::vector<std::size_t> exchanges;  ///< indices, in order of time
  bool usual_connect = false;          ///< to be added: see usual.hpp
  bool usual_start = false;
  bool usual_abort = false;
  bool silent = false;       ///< the program told its client to close without telling the server
  bool repeats = false;      ///< the last negotiate redirects for ever
  std::size_t left_out = 0;  ///< repetitions that were recorded, but are not in the file
  Ending ending = Ending::drop;
  double end_ms = 0;
  std::size_t saw_begin = 0;  ///< lines of client_saw; none when both are equal
  std::size_t saw_end = 0;
};

struct Plan {
  std::vector<Outline> episodes;
  std::string needs;  ///< what our client can't do; empty when it can all
};

Plan make_plan(const Recording& recording);

}  // namespace wire
