// The settings of a classic SignalR server, with the real one's defaults (P§7.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <signalr/executor.hpp>

namespace signalr::server {

struct ServerSettings {
  /// Where the hubs are; raw persistent connections have paths of their own. Every other path gets a 404.
  std::string path = "/signalr";
  std::optional<Duration> keep_alive = std::chrono::seconds(10);  ///< none: off; negotiate tells twice as much
  Duration disconnect_timeout = std::chrono::seconds(30);
  Duration connection_timeout = std::chrono::seconds(110);  ///< how long a poll waits
  Duration transport_connect_timeout = std::chrono::seconds(5);
  Duration long_poll_delay = Duration::zero();
  bool try_websockets = true;
  std::string min_protocol = "1.2";
  std::string max_protocol = "2.0";

  /// Messages kept for each topic (a hub, a group, a connection), to be sent again on reconnect. At least 1.
  std::size_t message_buffer = 1000;
  std::size_t max_messages_per_frame = 10;   ///< over WebSockets and server-sent events
  std::size_t max_messages_per_poll = 5000;  ///< over long polling
  /// Larger WebSocket messages make the server cut the connection (P§8).
  std::size_t max_incoming_message = 64 * 1024;
  /// Whether errors other than hub errors reach the client in full.
  bool detailed_errors = false;
  /// Whether received() and events() are kept; off for servers that run for long.
  bool keep_history = true;
  /// What connection ids and cursors begin with. The same in each run, so that tests can compare; a server that is
  /// restarted as a process, and must not be taken for the one before, gives a number of its own. Fixed at
  /// construction.
  std::uint32_t seed = 0x5EED0000;
  /// What ends a line of an event stream's data; a server on Windows has "\r\n".
  std::string line_end = "\n";
};

}  // namespace signalr::server
