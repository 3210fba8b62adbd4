// An open WebSocket on its own loop: a Stream and a Codec, and the rules of the seam about who is called when.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <signalr/websocket.hpp>

#include "codec.hpp"
#include "loop.hpp"
#include "outbox.hpp"
#include "stream.hpp"

namespace signalr::net {

/// Kept by the caller's handle and by handlers of the loop; all calls on the loop's strand.
class Connection final : public std::enable_shared_from_this<Connection>, private Loop::User {
 public:
  /// `peer` names the other end in errors; `received` came behind the head of the answer to the upgrade.
  Connection(std::shared_ptr<Loop> loop, std::unique_ptr<Stream> stream, std::string peer, std::string received,
             std::size_t max_message_bytes);
  ~Connection() { loop_->remove(*this); }

  void start(WebsocketSink& sink) noexcept { sink_ = &sink; }

  void read();
  void write(MessageType type, std::string payload);
  void close(std::uint16_t code, std::string_view reason);
  /// The socket is closed, and nobody is called any more.
  void abandon() noexcept;

 private:
  void on_loop_end() noexcept override { abandon(); }

  // Reading.
  bool wants_frames() const noexcept { return !ended_ && (read_wanted_ || closing_); }
  void pump_soon();
  void post_pump();
  void pump();
  void pump_socket();
  void take_frames(char* data, std::size_t size, std::size_t& used);
  void take_event(const Codec::Event& event);
  void hold(const char* data, std::size_t size);
  void on_silence(Stream::Result result);

  // Writing.
  void send_close(std::uint16_t code, std::string_view reason);
  void send();
  void end_unless_read();
  void report_soon();
  void report_written();

  // Ending.
  void reject(TransportFailure failure, std::uint16_t code, const std::string& why);
  void end(const TransportError& error);

  const std::shared_ptr<Loop> loop_;
  std::unique_ptr<Stream> stream_;
  const std::string peer_;
  const std::size_t max_message_bytes_;
  WebsocketSink* sink_ = nullptr;

  Codec codec_;
  std::string held_;  // read from the socket and not yet taken, from held_used_ on
  std::size_t held_used_ = 0;
  bool read_wanted_ = false;
  bool pump_posted_ = false;
  bool pumping_ = false;
  bool waiting_to_read_ = false;

  Outbox outbox_;
  bool waiting_to_write_ = false;
  bool report_posted_ = false;
  std::optional<std::string> write_failure_;

  bool closing_ = false;     // by the caller
  bool close_sent_ = false;  // by whomever; nothing may follow it
  bool ended_ = false;
};

}  // namespace signalr::net
