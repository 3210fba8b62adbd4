// One connection of our client, ready to be played and judged: what it has to ask, in order, with the answers it gets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan.hpp"
#include "recording.hpp"

namespace wire {

/// A message of one of the two sides, whatever carried it.
struct Said {
  double t_ms = 0;
  std::string_view text;  ///< the episode's
};

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
  /// What the client sent, close frames and binary messages left out; in order of time.
  std::vector<Said> said_by_client() const;
  /// The server's messages, keep-alives left out; in order of time.
  std::vector<Said> said_by_server() const;
  /// Whether the user had closed the connection by then.
  bool is_too_late(double t_ms) const { return ending == Ending::close && t_ms > end_ms; }
};

/// Fills an outline with what the recording says. Empty of steps when nothing is left to play.
Episode realize(const Outline& outline, const Recording& recording);

/// The transports that ended while the client wanted them.
std::vector<const RecordedExchange*> lost_transports(const Episode& episode);

/// The frame that tells the client that it is connected: `S`:1 and an array `M` (P§4.2).
bool is_init(const RecordedFrame& frame);

/// `{}` or nothing, with any white space: frames that no user sees.
bool is_keep_alive(std::string_view text);

}  // namespace wire
