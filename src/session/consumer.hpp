// Who gets the frames of a connection: fixed by the first who asks (design: a connection has one consumer).
#pragma once

#include <cstddef>
#include <string_view>

#include <signalr/error_base.hpp>

#include "protocol/envelope.hpp"

namespace signalr::detail::session {

enum class ConsumerKind {
  none,      ///< frames wait in the receive queue
  reader,    ///< read_message
  hubs,      ///< Clients
  received,  ///< on_received
};

/// Gets frames handed to it instead of having them queued. On the strand, inside the gate; each call may destroy the
/// connection.
class Consumer {
 public:
  Consumer() = default;
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;
  virtual ~Consumer() = default;

  /// A persistent frame, from that one of its messages on, or a result. Stops after a handler when the turn is over
  /// (Turns), and tells how many messages are done with; the rest comes again. Views are valid during the call.
  virtual std::size_t on_frame(std::string_view text, const protocol::Frame& frame, std::size_t first) = 0;
  /// A frame came that will be handed on in its turn; true: it is the answer to a call that is under way, which from
  /// now on neither its deadline nor the loss of the transport fails.
  virtual bool note(const protocol::Frame&) { return false; }
  /// Whether it can take more; after false, Session::resume_reading says when. Asked after each frame.
  virtual bool wants_more() { return true; }
  /// Connected, for the first time or after a restart; before the user's events. What it was made with before the dial
  /// gets its frames after the dial has been told.
  virtual void on_connected() {}
  /// The transport was lost and is being opened again; before the user's events (P#109).
  virtual void on_reconnecting(const ErrorPtr& reason) = 0;
  /// The connection is over and will be dialed anew; before the user's events. Frames of the next one follow.
  virtual void on_restarting(const ErrorPtr& reason) = 0;
  /// The connection is over; before the user's events. Nothing follows.
  virtual void on_over(const ErrorPtr& reason) = 0;
  /// The connection was destroyed: drop everything, call nothing. Also off the strand, once the executor has stopped.
  virtual void on_gone() noexcept = 0;
};

}  // namespace signalr::detail::session
