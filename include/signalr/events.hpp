// What a connection tells about itself.
#pragma once

#include <functional>

#include <signalr/error_base.hpp>
#include <signalr/executor.hpp>
#include <signalr/gap.hpp>
#include <signalr/message.hpp>
#include <signalr/transport_kind.hpp>

namespace signalr {

/// Handlers of a connection's events. All run on its executor, one at a time, never under a lock; they may call
/// anything, closing and destroying the connection included. One that throws is reported to on_error.
struct ConnEvents {
  /// For each change of state, before the more specific event (P§1).
  std::function<void(ConnectionState from, ConnectionState to)> on_state_changed;
  /// While dialing, also anew: a transport was given up, and why; the next of DialOptions::transports follows, or the
  /// dial fails with all the reasons (ConnectError::given_up).
  std::function<void(TransportKind transport, const Error& reason)> on_transport_failed;
  /// Of the first dial (a restart tries each step once): negotiate, connect or start failed and is tried again after
  /// `delay` (DialOptions::max_…_retries). `reason` is the error of that step, `attempt` 1 after its first failure.
  std::function<void(const Error& reason, int attempt, Duration delay)> on_dial_retry;
  /// Nothing came from the server for two thirds of the keep-alive timeout; once per silence (P§7.2).
  std::function<void()> on_connection_slow;
  /// The transport was lost and is being opened again: called on entering Reconnecting (attempt 1, why it was lost) and
  /// for each further attempt (its number, why the one before failed).
  std::function<void(const Error& reason, int attempt)> on_reconnecting;
  /// Connected again after so long. What was missed meanwhile follows as ordinary messages.
  std::function<void(Duration downtime)> on_reconnected;
  /// The connection is over, and will be dialed anew after `delay` (DialOptions::restart): why, and for which time in a
  /// row. Called after the change to Disconnected, and for each attempt that failed.
  std::function<void(const Error& reason, int attempt, Duration delay)> on_restarting;
  /// Connected anew after so long, by a connection of which the server knows nothing: the place to subscribe again.
  /// Called before anything that came over the new connection is handed on, after the change to Connected.
  std::function<void(Duration downtime)> on_restarted;
  /// Messages were or may have been lost.
  std::function<void(const Gap& gap)> on_gap;
  /// A frame was dropped, a handler threw, or something else went wrong without ending the connection; also the error
  /// that ended it, before on_closed.
  std::function<void(const Error& error)> on_error;
  /// Once, when the connection is over for good, also when dialing failed; null when `close` asked for it.
  std::function<void(const Error* reason)> on_closed;
};

}  // namespace signalr
