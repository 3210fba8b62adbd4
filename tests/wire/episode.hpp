// One connection of our client, ready to be played and judged: what it has to ask, in order, with the answers it gets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan.hpp"
#include "recording.hpp"
#include "said.hpp"
#include "usual.hpp"

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
  /// Those that carry the server's messages: connect, reconnect, poll.
  std::vector<const RecordedExchange*> transports() const;
  /// What the client sent, in order of time.
  std::vector<Said> said_by_client() const;
  /// The server's messages, in order of time.
  std::vector<Said> said_by_server() const;
  /// Where the client is when it has all of them.
  Position last_position() const;
  /// Whether the user left while the client was reconnecting.
  bool ends_reconnecting() const;
  /// Whether the user had closed the connection by then.
  bool is_too_late(double t_ms) const { return ending == Ending::close && t_ms > end_ms; }
};

/// Fills an outline with what the recording says. Empty of steps when nothing is left to play.
Episode realize(const Outline& outline, const Recording& recording);

/// Adds what our client asks for after the last recorded answer: it reconnects or polls also where the recorded one
/// just went away. That is never answered.
void add_usual_next(Episode& episode, const Identity& identity, const std::string& token);

/// Whether a request of `transports()` was answered so that messages could come.
bool opened(const RecordedExchange& transport);

/// The transports that ended while the client wanted them.
std::vector<const RecordedExchange*> lost_transports(const Episode& episode);

/// Whether the answer to a poll tells the client to reconnect: the server is about to stop (`T`:1, P§5.5).
bool asks_to_reconnect(const RecordedExchange& poll);

}  // namespace wire
