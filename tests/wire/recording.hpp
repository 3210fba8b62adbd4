// One recorded session of Microsoft's server and a client of it, as read from its file (recordings/README.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wire {

/// Names and values in order.
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// The value of the first pair of that name; null when there is none. ASCII case of names doesn't matter.
const std::string* find(const Pairs& pairs, std::string_view name);
std::string value_of(const Pairs& pairs, std::string_view name);
bool same_name(std::string_view a, std::string_view b);
std::string lower(std::string_view text);

struct RecordedRequest {
  std::string method;
  std::string path;
  Pairs query;  ///< decoded
  Pairs headers;
  Pairs form;  ///< decoded body of a form

  /// The last part of the path in lower case: negotiate, connect, start, send, poll, reconnect, abort, ping, or else.
  std::string command() const;
  /// The path up to that part, with its last '/'.
  std::string base() const;
  /// webSockets, serverSentEvents, longPolling, or else.
  std::string transport() const { return parameter("transport"); }
  /// A parameter of the query, or else of the form body (P§5.5).
  std::string parameter(std::string_view name) const;
  bool has_parameter(std::string_view name) const;
  bool upgrade() const { return same_name(value_of(headers, "Upgrade"), "websocket"); }
};

/// A part of a body with the time of its arrival.
struct Piece {
  double t_ms = 0;
  std::string text;
};

struct RecordedResponse {
  double t_ms = 0;
  int status = 0;
  Pairs headers;
  std::string body;           ///< whole; for event streams as well
  std::vector<Piece> pieces;  ///< of chunked bodies; of event streams: one for each event
  bool complete = true;
  double complete_ms = 0;

  /// When the last of it came.
  double end_ms() const;
};

enum class FrameKind { text, binary, close };

/// A WebSocket message, put together again when it was fragmented. Pings and pongs are left out: they belong to the
/// host, not to SignalR.
struct RecordedFrame {
  double t_ms = 0;
  bool from_server = false;
  FrameKind kind = FrameKind::text;
  std::string text;
  std::uint16_t code = 1005;  ///< of a close frame; 1005: without a code
};

enum class EndedBy { nobody, client, server };

/// A request with everything that came of it.
struct RecordedExchange {
  static constexpr std::size_t kUnnumbered = static_cast<std::size_t>(-1);

  std::size_t number = kUnnumbered;  ///< its place in the recording, when it is as recorded
  bool optional = false;             ///< it isn't recorded, and our client may leave before it comes to it
  double t_ms = 0;
  std::optional<RecordedRequest> request;    ///< none: a TCP connection without one
  std::optional<RecordedResponse> response;  ///< none: no answer came
  std::vector<RecordedFrame> frames;
  EndedBy ended_by = EndedBy::nobody;  ///< of the TCP connection, where it matters
  double ended_ms = 0;

  bool is_websocket() const { return response && response->status == 101; }
  /// When the last thing of it happened.
  double last_ms() const;
  /// When the client learned that the server, or the network, ended it.
  double lost_ms() const;
};

struct Recording {
  std::string name;
  std::string client;
  std::vector<std::string> connected_ids;  ///< connections whose OnConnected the application saw
  std::vector<std::string> client_steps;
  std::vector<std::string> client_saw;
  std::vector<RecordedExchange> exchanges;  ///< by time of their first byte
  std::size_t left_out = 0;                 ///< repeated requests that the file doesn't hold
};

/// Throws std::runtime_error, with the reason, for what is no recording.
Recording parse_recording(std::string_view json, std::string name);
Recording load_recording(const std::string& file, std::string name);

/// "LLLLL…[300000 times 'L' in all]…LLLLL" is how the files shorten a run of equal characters; this is the run again.
std::string with_runs_restored(std::string_view text);

}  // namespace wire
