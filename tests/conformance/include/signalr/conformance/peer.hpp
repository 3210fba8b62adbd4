// The other end of the adapter under test, at the level of requests and messages, so that real sockets and a network
// in memory both can be it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/export.hpp>
#include <signalr/headers.hpp>
#include <signalr/transport_error.hpp>
#include <signalr/websocket.hpp>

namespace signalr::conformance {

/// A request as it arrived.
struct PeerRequest {
  std::string method;
  std::string target;  ///< path and query, undecoded
  Headers headers;
  std::string body;
  bool upgrade = false;  ///< asks for a WebSocket
};

/// A message that arrived on a WebSocket.
struct PeerMessage {
  MessageType type = MessageType::text;
  std::string payload;
};

/// One request that arrived, and what becomes of it. Until told otherwise it gets no answer. All functions may be
/// called from any thread, return at once, and do nothing once the connection has ended.
class SIGNALR_API PeerExchange {
 public:
  PeerExchange() = default;
  PeerExchange(const PeerExchange&) = delete;
  PeerExchange& operator=(const PeerExchange&) = delete;
  virtual ~PeerExchange();

  virtual const PeerRequest& request() const = 0;

  // An HTTP answer; to an upgrade, a refusal.
  /// Whole, with its Content-Length; the connection stays open for the next request.
  virtual void answer(int status, const Headers& headers, std::string body) = 0;
  /// In pieces, sent as they come.
  virtual void start_answer(int status, const Headers& headers) = 0;
  virtual void write_chunk(std::string data) = 0;
  virtual void finish_answer() = 0;

  // A WebSocket.
  virtual void accept(const Headers& headers) = 0;
  virtual void send(MessageType type, std::string payload) = 0;
  /// One message in several frames, where the peer has frames.
  virtual void send_fragments(MessageType type, std::vector<std::string> parts) = 0;
  /// A close frame after the messages sent so far; close_code::no_status: one without code and reason.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  /// Whether the client's close frame is answered (with its own code), upon which the connection ends. Default: yes.
  virtual void set_answers_close(bool answers) = 0;
  /// Whether what the client sends is taken. Default: yes.
  virtual void set_reading(bool reading) = 0;

  // The end.
  /// Ends the connection after what was sent so far: no close frame, no end of the body.
  virtual void cut() = 0;
  /// Breaks the connection at once; what was sent so far may be lost.
  virtual void reset() = 0;

  /// For offer::raw_bytes: these bytes as they are, in place of an answer or after one.
  virtual void send_raw(std::string bytes);

  // What arrived.
  virtual std::vector<PeerMessage> messages() const = 0;
  virtual std::size_t message_count() const = 0;
  /// The client's close frame; close_code::no_status when it was empty.
  virtual std::optional<std::uint16_t> close_code() const = 0;
  virtual std::string close_reason() const = 0;
  /// For offer::raw_bytes: what the client's pongs carried.
  virtual std::vector<std::string> pongs() const;
  /// Whether the client's side is known to have ended the connection. Never becomes true after `cut` or `reset`.
  virtual bool gone() const = 0;
  /// For offer::network: how many bytes of the answer have been handed to the system so far.
  virtual std::size_t taken_bytes() const;
};

/// Takes the adapter's connections, each with as many requests as it brings.
class SIGNALR_API Peer {
 public:
  Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  virtual ~Peer();

  /// Urls of this peer; `target` is a path with or without a query, and begins with '/'.
  virtual std::string http_url(std::string_view target) const = 0;
  virtual std::string ws_url(std::string_view target) const = 0;
  /// For offer::network: an authority ("127.0.0.1:1") that takes no connection: it is refused.
  virtual std::string refused_authority() const;
  /// For offer::network: this peer's authority by a name that must be resolved ("localhost:12345").
  virtual std::string named_authority() const;

  /// Everything that arrived so far, in order.
  virtual std::vector<std::shared_ptr<PeerExchange>> exchanges() const = 0;
  /// Called with each request at once when it arrives, on the peer's thread; for those that came before, too.
  virtual void on_request(std::function<void(PeerExchange&)> handler) = 0;
  /// Called, on any thread, whenever something that can be observed here has changed.
  virtual void on_change(std::function<void()> handler) = 0;
};

}  // namespace signalr::conformance
