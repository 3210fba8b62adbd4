// WebSockets over a stack whose calls block: for a TLS library, or a device, that offers nothing else.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <signalr/export.hpp>
#include <signalr/headers.hpp>
#include <signalr/websocket.hpp>

namespace signalr {

/// One WebSocket of a blocking stack: what a user of BlockingWebsocketAdapter writes. It is used for one connection:
/// `connect` first; if that gives 101 then `read` again and again on the same thread, while `write` and `close` are
/// called on a second one. So a read that waits must not hold a lock that a write needs.
///
/// A call that fails throws TransportError; anything else that is thrown is told as TransportFailure::io. Deadlines are
/// the caller's: no call needs a time limit of its own, `abort` is what ends it.
class SIGNALR_API BlockingWebsocket {
 public:
  /// How the server answered the upgrade. Anything but 101 is a refusal.
  struct Answer {
    int status = 0;
    Headers headers;
    std::string body;  ///< of a refusal: up to `max_refusal_bytes` of it
  };

  BlockingWebsocket() = default;
  BlockingWebsocket(const BlockingWebsocket&) = delete;
  BlockingWebsocket& operator=(const BlockingWebsocket&) = delete;
  /// Closes the socket. Called when no other call is under way, on any thread; must not block for long.
  virtual ~BlockingWebsocket();

  /// Connects and upgrades, within the limits of the request.
  virtual Answer connect(const DialRequest& request) = 0;

  /// Waits for a message and puts it, whole and, where it is text, in valid UTF-8, into `payload` (whose memory is
  /// there to be used again). Answers pings and the peer's close frame by itself. Throws at the end of the
  /// connection, as WebsocketSink::on_end tells it: TransportFailure::closed with the peer's code,
  /// TransportFailure::closed or TransportFailure::io with close_code::abnormal, TransportFailure::protocol or
  /// TransportFailure::limit with the code that was sent.
  virtual MessageType read(std::string& payload) = 0;

  /// Sends a message; returns when the network has taken it.
  virtual void write(MessageType type, std::string_view payload) = 0;

  /// Sends a close frame; `read` then throws the peer's answer. The last call of the second thread.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;

  /// From any thread, at any moment, also more than once and before `connect`: the calls that wait, and all later
  /// ones, throw soon. Doesn't block itself. (For a socket: shutdown(), not close().)
  virtual void abort() noexcept = 0;
};

/// Makes one for each dial, on the strand of the dial's executor; must not block.
using BlockingWebsocketFactory = std::function<std::unique_ptr<BlockingWebsocket>()>;

/// A WebsocketDialer over a blocking stack. Each connection has a thread that reads, and, from its first write on, one
/// that writes. `read` is called on the stack only when somebody has asked for a message: that is the back-pressure.
///
/// Destroying a dial or a connection calls `abort` and returns at once; the threads end by themselves when the
/// stack's calls have returned.
class SIGNALR_API BlockingWebsocketAdapter final : public WebsocketDialer {
 public:
  explicit BlockingWebsocketAdapter(BlockingWebsocketFactory factory);
  ~BlockingWebsocketAdapter() override;

  std::unique_ptr<Operation> dial(const std::shared_ptr<Executor>& executor, DialRequest request,
                                  DialHandler handler) override;

 private:
  BlockingWebsocketFactory factory_;
};

}  // namespace signalr
