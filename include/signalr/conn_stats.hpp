// What a connection has done so far, as numbers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signalr {

/// Counted since `dial`, through reconnects and restarts. Each number is exact; together they are no snapshot, since
/// the connection goes on while they are read.
struct ConnStats {
  std::uint64_t frames_received = 0;    ///< keep-alives included; answers to requests aren't
  std::uint64_t bytes_received = 0;     ///< of their text
  std::uint64_t messages_received = 0;  ///< elements of `M`: calls by the server, raw messages
  std::uint64_t frames_dropped = 0;     ///< unreadable, or over a limit
  std::uint64_t calls_dropped = 0;      ///< by streams, OverflowPolicy::drop_oldest; and above Limits::max_early_calls
  std::uint64_t messages_sent = 0;      ///< given to the transport; abort and other requests aren't counted
  std::uint64_t bytes_sent = 0;         ///< of their text

  std::uint64_t invocations_started = 0;    ///< calls of `invoke`, not of `notify`; those under way are
  std::uint64_t invocations_succeeded = 0;  ///< … the started ones less these
  std::uint64_t invocations_failed = 0;     ///< … and these: errors, timeouts, canceled, lost

  std::uint64_t reconnects = 0;  ///< times that the transport was lost and opened again
  std::uint64_t restarts = 0;    ///< times that the connection was over and dialed anew (DialOptions::restart)

  std::size_t send_queue_messages = 0;     ///< given to write and not yet to the network, now
  std::size_t send_queue_bytes = 0;        ///< of their text
  std::size_t receive_queue_messages = 0;  ///< frames held for whoever will read, or for handlers' turns, now
  std::size_t receive_queue_bytes = 0;     ///< of memory
};

}  // namespace signalr
