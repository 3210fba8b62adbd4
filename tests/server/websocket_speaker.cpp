// Reassembles the client's messages, answers its pings, and runs the closing handshake.
#include "websocket_speaker.hpp"

#include <utility>

namespace signalr::test {
namespace {

constexpr std::size_t kMaxPayload = 32 * 1024 * 1024;

class WireSocket : public server::Socket,
                   public RawBytes,
                   public Wire::Speaker,
                   public std::enable_shared_from_this<WireSocket> {
 public:
  WireSocket(std::shared_ptr<Wire> wire, server::SocketHandlers handlers)
      : wire_(std::move(wire)), handlers_(std::move(handlers)) {}

  bool open() const override { return wire_->open() && !ended_ && !close_sent_; }

  void send(MessageType type, std::string payload) override {
    if (open()) send_frame(type == MessageType::text ? Opcode::text : Opcode::binary, payload);
  }

  void close(std::uint16_t code, std::string_view reason) override {
    if (!open()) return;
    close_sent_ = true;
    std::string payload;
    if (code != close_code::no_status) {
      payload = {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
      payload += reason.substr(0, 123);
    }
    send_frame(Opcode::close, payload);
    if (close_received_) wire_->finish();
  }

  void cut() override {
    ended_ = true;
    wire_->cut();
    drop_handlers();
  }
  void set_reading(bool reading) override { wire_->set_reading(reading); }
  void send_raw(std::string_view bytes) override { wire_->send(bytes); }
  void reset() override {
    ended_ = true;
    wire_->cut(true);
    drop_handlers();
  }

  void on_bytes(std::string& received) override {
    std::size_t offset = 0;
    while (wire_->open() && !close_received_) {
      const ClientFrame frame = parse_client_frame(received, offset, kMaxPayload);
      if (frame.outcome == ClientFrame::Outcome::incomplete) break;
      if (frame.outcome == ClientFrame::Outcome::bad) return broken();
      on_frame(frame);
      offset += frame.size;
    }
    received.erase(0, offset);
  }

  void on_gone() override {
    if (std::exchange(ended_, true)) return;
    if (handlers_.on_end) handlers_.on_end();
    handlers_ = {};
  }

 private:
  void on_frame(const ClientFrame& frame) {
    switch (frame.opcode) {
      case Opcode::text:
      case Opcode::binary:
        type_ = frame.opcode == Opcode::text ? MessageType::text : MessageType::binary;
        if (frame.fin) return deliver(frame.payload);
        message_ = frame.payload;
        return;
      case Opcode::continuation:
        message_ += frame.payload;
        if (message_.size() > kMaxPayload) return broken();
        if (frame.fin) deliver(std::exchange(message_, {}));
        return;
      case Opcode::ping:
        return send_frame(Opcode::pong, frame.payload);
      case Opcode::pong:
        return;
      case Opcode::close:
        return on_close(frame.payload);
    }
    broken();
  }

  void deliver(std::string_view payload) {
    if (!ended_ && !close_sent_ && handlers_.on_message) handlers_.on_message(type_, payload);
  }

  void on_close(std::string_view payload) {
    close_received_ = true;
    if (close_sent_) return wire_->finish();
    std::uint16_t code = close_code::no_status;
    if (payload.size() >= 2) {
      code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                        static_cast<unsigned char>(payload[1]));
      payload.remove_prefix(2);
    }
    if (handlers_.on_close) {
      handlers_.on_close(code, payload);
    } else {
      close(close_code::normal, {});
    }
  }

  void broken() {
    close(close_code::protocol_error, "the test server doesn't understand this frame");
    wire_->finish();
  }

  void send_frame(Opcode opcode, std::string_view payload) {
    std::string frame;
    frame.reserve(payload.size() + 14);
    append_frame(frame, opcode, payload);
    wire_->send(frame);
  }

  // They may own this socket. Later, since one of them may be running now.
  void drop_handlers() {
    wire_->loop().post([self = shared_from_this()] { self->handlers_ = {}; });
  }

  std::shared_ptr<Wire> wire_;
  server::SocketHandlers handlers_;
  std::string message_;
  MessageType type_ = MessageType::text;
  bool close_sent_ = false;
  bool close_received_ = false;
  bool ended_ = false;
};

}  // namespace

std::shared_ptr<server::Socket> serve_websocket(const std::shared_ptr<Wire>& wire, server::SocketHandlers handlers) {
  auto socket = std::make_shared<WireSocket>(wire, std::move(handlers));
  wire->hand_over(socket);
  return socket;
}

}  // namespace signalr::test
