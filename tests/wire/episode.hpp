// One connection of our client, ready to be played and judged: what it has to ask, in order, with the answers it gets.
#pragma once

#include <string>
#include <vector>

#include "plan.hpp"
#include "recording.hpp"

namespace wire {

struct Episode {
  std::string what;  ///< "session at 689 ms", "answer 403 to GET /signalr/connect": for messages
  bool fed = false;
  bool repeats = false;
  std::size_t left_out = 0;
  Ending ending = Ending::drop;
  double end_ms = 0;
  std::vector<RecordedExchange> steps;  ///< all with a request; the first is negotiate
  std::vector<std::string> saw;

  /// The steps of that command, in order.
  std::vector<const RecordedExchange*> all(std::string_view command) const;
  /// What the client sent on all WebSockets, close frames and binary messages left out; in order.
  std::vector<const RecordedFrame*> client_frames() const;
  /// The server's messages on all WebSockets, keep-alives left out; in order.
  std::vector<const RecordedFrame*> server_frames() const;
};

/// Fills an outline with what the recording says. Empty of steps when nothing is left to play.
Episode realize(const Outline& outline, const Recording& recording);

/// The frame that tells the client that it is connected: `S`:1 and an array `M` (P§4.2).
bool is_init(const RecordedFrame& frame);

/// `{}` or nothing, with any white space: frames that no user sees.
bool is_keep_alive(std::string_view text);

}  // namespace wire
