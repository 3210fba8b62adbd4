// The server's side of the network, as interfaces: what a server sees of requests and WebSockets, whatever carries
// them (the in-memory network, or real sockets).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <signalr/export.hpp>
#include <signalr/function.hpp>
#include <signalr/headers.hpp>
#include <signalr/transport_error.hpp>
#include <signalr/url.hpp>
#include <signalr/websocket.hpp>

namespace signalr::server {

/// One HTTP request as it arrived; an upgrade to WebSocket is one, too.
struct SIGNALR_API Request {
  std::string method;
  Url url;  ///< http or https, also for an upgrade
  Headers headers;
  std::string body;
  bool upgrade = false;  ///< asks for a WebSocket

  /// A decoded query parameter; names without regard to case, repeated ones joined by ',' as the real server does;
  /// empty when absent (P§2.4).
  std::string query(std::string_view name) const;
  bool has_query(std::string_view name) const;
  /// A decoded field of a form body (P§8).
  std::string form(std::string_view name) const;
  /// The last part of the path in lower case: negotiate, connect, start, send, poll, reconnect, abort, ping.
  std::string command() const;
  /// "GET /signalr/connect?transport=webSockets&…" as it was sent, for messages of failing tests.
  std::string line() const;
};

/// Splits and decodes an urlencoded text as the real server does: '+' is a space, wrong percent codes stay as they
/// are. `separators` is "&;" for queries and "&" for bodies (P§2.4).
SIGNALR_API std::vector<std::pair<std::string, std::string>> decode_pairs(std::string_view text,
                                                                          std::string_view separators);

/// A request that waits for its answer, given at once, later, in pieces or never. All functions do nothing once the
/// answer is complete or the client is gone. Dropping an exchange without an answer leaves the client waiting.
class SIGNALR_API Exchange {
 public:
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  virtual ~Exchange();

  virtual const Request& request() const = 0;
  /// Whether the client still waits for more.
  virtual bool open() const = 0;

  /// Starts the answer. Without it, the first `write` starts one with status 200.
  virtual void start(int status, Headers headers) = 0;
  /// A piece of the body, sent as a chunk of its own. Empty ones are skipped.
  virtual void write(std::string data) = 0;
  /// The answer is complete.
  virtual void end() = 0;
  /// The connection breaks: the client gets that failure in place of what is missing of the answer.
  virtual void fail(TransportFailure failure, std::string message) = 0;
  /// The connection ends before the answer is complete.
  void cut() { fail(TransportFailure::closed, "the server closed the connection before its answer was complete"); }
  /// Called once, never inside another call, when the client gives up before the answer is complete.
  virtual void on_gone(UniqueFunction<void()> handler) = 0;

  /// The whole answer in one call.
  void answer(int status, Headers headers, std::string body);
  /// Status 200 and application/json.
  void answer_json(std::string body);
};

/// What happens on a WebSocket of the server. Calls never come inside a call to the socket. All of them are dropped
/// after on_end, so that what they hold is freed.
struct SocketHandlers {
  UniqueFunction<void(MessageType, std::string_view)> on_message;
  /// The client's close frame (close_code::no_status without a code). Empty: it is answered with 1000; otherwise the
  /// handler calls `close` if it wants to answer.
  UniqueFunction<void(std::uint16_t code, std::string_view reason)> on_close;
  /// Once, last: the connection is over, whoever ended it. Not called after the socket's own `cut`.
  UniqueFunction<void()> on_end;
};

/// The server's end of an open WebSocket. After its end all functions do nothing.
class SIGNALR_API Socket {
 public:
  Socket() = default;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  virtual ~Socket();

  virtual bool open() const = 0;
  virtual void send(MessageType type, std::string payload) = 0;
  /// Sends a close frame after the messages sent so far; the connection ends when the client answers it.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  /// Ends the connection at once, without a close frame.
  virtual void cut() = 0;
  /// False: stops taking the client's messages, so that its writes wait. True: goes on.
  virtual void set_reading(bool reading) = 0;
};

/// A request for a WebSocket that waits for its answer.
class SIGNALR_API Upgrade {
 public:
  Upgrade() = default;
  Upgrade(const Upgrade&) = delete;
  Upgrade& operator=(const Upgrade&) = delete;
  virtual ~Upgrade();

  virtual const Request& request() const = 0;
  virtual bool open() const = 0;
  /// 101. Null when the client is gone or was answered already.
  virtual std::shared_ptr<Socket> accept(Headers headers, SocketHandlers handlers) = 0;
  /// Any other HTTP answer.
  virtual void refuse(int status, Headers headers, std::string body) = 0;
  /// The connection breaks without an answer.
  virtual void fail(TransportFailure failure, std::string message) = 0;
};

/// A server: what answers the requests of an origin.
class SIGNALR_API Site {
 public:
  Site() = default;
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  virtual ~Site();

  virtual void on_request(std::shared_ptr<Exchange> exchange) = 0;
  /// The default refuses it with 400.
  virtual void on_upgrade(std::shared_ptr<Upgrade> upgrade);
};

}  // namespace signalr::server
