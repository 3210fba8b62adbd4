// What a server may make us hold. Every limit is an option; exceeding one is an error that names it.
#pragma once

#include <cstddef>

namespace signalr {

/// Zero is a UsageError of `dial`, unless it says here what it means.
struct Limits {
  /// One frame from the server, in bytes: a WebSocket's message, an event, the answer to a poll or to a message; what
  /// is skipped on the way to it, white space and comments, counts as well. Larger: the WebSocket is closed with 1009,
  /// the stream or the poll ended, and the transport is lost; a message fails.
  std::size_t max_message_bytes = 16 * 1024 * 1024;
  /// Containers inside each other in a frame. Deeper: the frame is dropped, on_error is told (P#124).
  std::size_t max_depth = 128;
  /// Elements of one frame's `M`, and likewise the arguments of all of them. More: the frame is dropped, on_error is
  /// told. An element takes some 300 bytes of memory here, and on the wire as few as two: this bounds what a frame can
  /// grow to, by default some 20 MB. Servers put 10 messages into a frame, 5000 into a poll.
  std::size_t max_frame_elements = 64 * 1024;
  /// The body of an answer to negotiate or start, and of each refusal, which is waited for for five seconds at most; in
  /// bytes and, as all sizes of bodies, without a compression that the server has put on it.
  std::size_t max_response_bytes = 1024 * 1024;
  /// Status line and headers of an HTTP answer, in bytes.
  std::size_t max_header_bytes = 64 * 1024;
  /// What a server gives us to repeat in URLs and headers, in bytes: ConnectionToken, RedirectUrl and its AccessToken,
  /// the cursor, the groups token. Longer: negotiate fails; a frame that brings such a cursor or groups token is one
  /// that is too large, see max_message_bytes. Servers take URLs of 16 KiB by default.
  std::size_t max_token_bytes = 64 * 1024;
  /// How many RedirectUrl answers to negotiate are followed; 0: none.
  int max_negotiate_redirects = 99;
  /// How many HTTP redirects (3xx) are followed for one GET; 0: none.
  int max_http_redirects = 10;
  /// Frames held for read_message, for whoever will read, and likewise those that wait for their turn while handlers
  /// are slow (docs/threads.md), before reading from the network stops; of bytes those in memory, which for small
  /// elements are far more than came.
  std::size_t max_receive_queue_messages = 1024;
  std::size_t max_receive_queue_bytes = 64 * 1024 * 1024;
  /// Calls by the server that have no handler, kept for those still to be registered; more, or max_receive_queue_bytes:
  /// those to come are dropped (ConnStats::calls_dropped), on_error is told once; 0 keeps none. Until Client::run.
  std::size_t max_early_calls = 1024;
  /// Progress reports of one call that came before Invocation::on_progress; more: the oldest are dropped; 0 keeps none.
  std::size_t max_early_progress = 256;
  std::size_t max_early_progress_bytes = 16 * 1024 * 1024;
  /// What the server puts into the state of hubs (P§6.6), names and values of all hubs together: it is sent back with
  /// each call. What exceeds it isn't taken over, on_error is told once. Client::set_state may exceed it.
  std::size_t max_hub_state_bytes = 1024 * 1024;
  /// Messages given to write but not yet to the network; more: WriteError.
  std::size_t max_send_queue_messages = 10'000;
  std::size_t max_send_queue_bytes = 64 * 1024 * 1024;
};

}  // namespace signalr
