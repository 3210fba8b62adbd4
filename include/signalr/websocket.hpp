// Seam: WebSockets (RFC 6455).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <signalr/executor.hpp>
#include <signalr/export.hpp>
#include <signalr/function.hpp>
#include <signalr/headers.hpp>
#include <signalr/operation.hpp>
#include <signalr/transport_error.hpp>

namespace signalr {

enum class MessageType { text, binary };

/// Where a WebSocket's events go. All calls come on the strand, never inside a call to the WebsocketConn. The
/// sink outlives the connection object.
class SIGNALR_API WebsocketSink {
 public:
  WebsocketSink() = default;
  WebsocketSink(const WebsocketSink&) = delete;
  WebsocketSink& operator=(const WebsocketSink&) = delete;
  virtual ~WebsocketSink();

  /// Answers one `read()`: a whole message, reassembled; text is valid UTF-8. The view is valid until the call
  /// returns, also when the connection object is destroyed inside it. `read()` may be called inside; it doesn't
  /// recurse.
  virtual void on_frame(MessageType type, std::string_view payload) = 0;

  /// The oldest `write` not yet reported has been handed to the network. Gives its buffer back, to be used again.
  virtual void on_written(std::string buffer) = 0;

  /// Once, last: the connection is over, whoever ended it; writes not reported by then were not sent, as far as is
  /// known. The peer's close frame: TransportFailure::closed with its code (close_code::no_status without one); no
  /// close frame: TransportFailure::closed or TransportFailure::io with close_code::abnormal; rejected by us:
  /// TransportFailure::protocol or TransportFailure::limit with the code that was sent. After our own `close` it is
  /// TransportFailure::closed with the peer's code. Frames that were read from the peer before its end but not asked
  /// for are lost with it.
  virtual void on_end(const TransportError& error) = 0;
};

/// An open WebSocket. All calls and the destructor on the strand (the destructor anywhere, once the executor has
/// stopped). Pings are answered by the adapter, pongs ignored. No timers: deadlines are the caller's.
class SIGNALR_API WebsocketConn {
 public:
  WebsocketConn() = default;
  WebsocketConn(const WebsocketConn&) = delete;
  WebsocketConn& operator=(const WebsocketConn&) = delete;
  /// Aborts: the socket is closed without a close frame, and the sink is never called again. Legal inside any of
  /// the sink's calls.
  virtual ~WebsocketConn();

  /// Once, before everything else: from now on events go to `sink`. Frames that come earlier are kept.
  virtual void start(WebsocketSink& sink) = 0;

  /// Asks for one message. At most one read is outstanding; asking again before its answer does nothing. Not
  /// asking is the back-pressure: beyond a bounded amount the adapter stops reading from the socket. The end of
  /// the connection need not be noticed while no read is outstanding.
  virtual void read() = 0;

  /// Sends one message; messages go out in the order of the calls. After the end or after `close` the buffer is
  /// dropped. Never blocks; the caller bounds what is outstanding with on_written.
  virtual void write(MessageType type, std::string payload) = 0;

  /// Starts the closing handshake after the messages written so far: sends a close frame, waits for the peer's,
  /// then on_end. Reads on by itself meanwhile and drops data. A second call does nothing.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

/// What to dial.
struct DialRequest {
  std::string url;  ///< absolute, ws or wss, percent-encoded, no fragment
  Headers headers;  ///< added to the upgrade request as they are; never Host, Connection, Upgrade, Sec-WebSocket-*
  std::size_t max_message_bytes = 16 * 1024 * 1024;  ///< larger ones: close 1009, TransportFailure::limit
  std::size_t max_header_bytes = 64 * 1024;          ///< of the answer to the upgrade; more: TransportFailure::limit
  std::size_t max_refusal_bytes = 1024;              ///< how much of a refusal's body is kept
};

/// How a dial ended: an open connection, an HTTP answer that refused it, or a failure of the network.
struct DialResult {
  std::unique_ptr<WebsocketConn> conn;  ///< null unless the status is 101 and the handshake was valid
  int status = 0;                       ///< of the HTTP answer; 0 when there was none
  Headers headers;                      ///< of the HTTP answer, cookies included
  std::string body;                     ///< the start of a refusal's body
  std::optional<TransportError> error;  ///< set exactly when `conn` is null and the network or the handshake failed
};
using DialHandler = UniqueFunction<void(DialResult)>;

/// Opens WebSockets. Contract:
/// - `dial` is called on the strand of `executor` and never blocks: names are resolved elsewhere, a name that hangs
///   delays nobody else. The handler is called once, on the strand, never inside `dial`.
/// - The result belongs to whoever takes it; dropping `conn` aborts.
/// - Destroying the operation cancels in any phase at once, without a callback.
/// - All addresses of a name are tried in turn; TLS certificates and host names are verified unless the adapter's
///   own options say otherwise.
/// - It may be destroyed while operations and connections are alive; these go on.
class SIGNALR_API WebsocketDialer {
 public:
  WebsocketDialer() = default;
  WebsocketDialer(const WebsocketDialer&) = delete;
  WebsocketDialer& operator=(const WebsocketDialer&) = delete;
  virtual ~WebsocketDialer();

  virtual std::unique_ptr<Operation> dial(const std::shared_ptr<Executor>& executor, DialRequest request,
                                          DialHandler handler) = 0;
};

}  // namespace signalr
