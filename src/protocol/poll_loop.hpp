// What a long-polling client asks next, and when (P§5.5). Data only: it is told what happens and when.
#pragma once

#include <cstdint>

#include <signalr/executor.hpp>

#include "protocol/request_url.hpp"

namespace signalr::detail::protocol {

/// A reconnect that has no answer for so long counts as done. Servers send the headers at once, but what is in between
/// may hold them back until there is something to say. `left` is what is left of the time to reconnect.
Duration poll_taken_as_open(Duration left) noexcept;

/// How long a server has for a poll in which it reads an abort that it has answered: it does so at once (P#110).
inline constexpr Duration kLastPoll = std::chrono::seconds(2);

class PollLoop {
 public:
  /// `first` is connect or reconnect, `connection_timeout` the server's, and `pause` what follows an answer that says
  /// nothing at all.
  PollLoop(Command first, Duration connection_timeout, Duration pause) noexcept;

  /// The next request: the first one again until it is answered with a frame, then polls.
  Command next() const noexcept { return answered_ ? Command::poll : first_; }
  /// How long a request may stay without an answer: the server gives one sooner (P#74).
  Duration timeout() const noexcept;

  void on_request(TimePoint now) noexcept { asked_at_ = now; }
  /// It was answered with a frame: when the next one may go out. `delay_ms` is the frame's `L` (P#62). At once,
  /// mostly; but a server that answers polls quickly and with nothing is asked once a second (P#77).
  TimePoint on_frame(TimePoint now, bool has_messages, std::uint64_t delay_ms) noexcept;
  /// It was answered with nothing, or white space (P#72): after the pause, at least kShortestPause.
  TimePoint on_nothing(TimePoint now) const noexcept;

 private:
  Command first_;
  Duration timeout_;
  Duration pause_;
  bool answered_ = false;
  TimePoint asked_at_{};
  int quick_empties_ = 0;  // in a row
};

}  // namespace signalr::detail::protocol
