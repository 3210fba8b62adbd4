// Frames over a WebSocket: one text message each (P§4.1, P§8).
#pragma once

#include <memory>

#include <signalr/websocket.hpp>

#include "session/timer.hpp"
#include "session/transport.hpp"

namespace signalr::detail::session {

class WebsocketTransport final : public Transport, private WebsocketSink {
 public:
  explicit WebsocketTransport(const TransportSetup& setup);

  void read() override;
  void send(std::string text) override;
  void close() override;

 private:
  void on_dialed(DialResult result);
  void lose(ErrorPtr error);
  void on_frame(MessageType type, std::string_view payload) override;
  void on_written(std::string buffer) override;
  void on_end(const TransportError& error) override;

  Context& context_;
  Requests& requests_;
  TransportSink& sink_;
  Url url_;
  Timer failing_;  // carries an error out of the constructor's stack
  std::unique_ptr<Operation> dialing_;
  std::unique_ptr<WebsocketConn> conn_;
};

}  // namespace signalr::detail::session
