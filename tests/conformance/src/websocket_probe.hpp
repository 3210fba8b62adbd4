// A caller of one WebSocket that notes everything and forgives nothing.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/websocket.hpp>

#include "bench.hpp"
#include "callback_guard.hpp"

namespace signalr::conformance {

struct Frame {
  MessageType type = MessageType::text;
  std::string payload;
};

/// Everything in it is for the strand. It is never destroyed, and knows nothing that is: see bench.hpp.
class WebsocketProbe final : public WebsocketSink {
 public:
  WebsocketProbe(std::shared_ptr<Verdict> verdict, std::weak_ptr<Executor> executor,
                 std::weak_ptr<WebsocketDialer> dialer);

  void dial(DialRequest request);
  void cancel_dial();  ///< destroys the operation
  void start();
  void read();
  void write(MessageType type, std::string payload);
  void close(std::uint16_t code, std::string_view reason);
  void destroy();      ///< the connection
  void destroy_all();  ///< operation, result and connection
  void retire();       ///< at the end of the check: everything but the tripwires

  // What to do inside a callback, after it was noted. Bound by the rule of bench.hpp, hence the argument: no references
  // to the check's stack.
  std::function<void(WebsocketProbe&)> on_result_hook;
  std::function<void(WebsocketProbe&, const Frame&)> on_frame_hook;
  std::function<void(WebsocketProbe&)> on_written_hook;
  std::function<void(WebsocketProbe&)> on_end_hook;

  // What came.
  std::optional<DialResult> result;  ///< its `conn` is moved to `conn`
  std::unique_ptr<WebsocketConn> conn;
  std::vector<Frame> frames;
  std::size_t frame_count = 0;
  bool keep_frames = true;
  std::vector<std::string> written;  ///< the buffers given back
  std::optional<TransportError> end;

 private:
  void on_frame(MessageType type, std::string_view payload) override;
  void on_written(std::string buffer) override;
  void on_end(const TransportError& error) override;
  void on_result(DialResult given);

  /// Around what needs a connection, which a broken dialer may not have given.
  template <class F>
  void with_conn(const char* name, F&& function);

  const std::shared_ptr<Verdict> verdict_;
  const std::weak_ptr<Executor> executor_;
  const std::weak_ptr<WebsocketDialer> dialer_;
  CallbackGuard dialing_;  // watches the handler
  CallbackGuard open_;     // watches the sink
  std::unique_ptr<Operation> operation_;
  bool asked_ = false;
};

/// An open WebSocket, from both sides.
struct OpenWebsocket {
  WebsocketProbe& ws;
  std::shared_ptr<PeerExchange> peer;
};

DialRequest dial_request(std::string url);
/// Dials `target` of the peer, accepts, starts. Fails the check when that doesn't work.
OpenWebsocket open_websocket(Bench& bench, std::string_view target = "/");
/// The same, with what to change in the request and the headers of the 101.
OpenWebsocket open_websocket(Bench& bench, DialRequest request, const Headers& answer);

/// Reads until the end, from inside on_frame as well. On the strand.
void read_all(WebsocketProbe& ws);
/// Waits for on_end.
void await_end(Bench& bench, WebsocketProbe& ws);
/// The end's failure and close code must be these.
void require_end(Bench& bench, WebsocketProbe& ws, TransportFailure failure, std::uint16_t close_code);

std::string_view name_of(TransportFailure failure);

}  // namespace signalr::conformance
