// RFC 6455 over a blocking socket, without extensions: what BlockingWebsocketAdapter asks for.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include <signalr/blocking_websocket.hpp>

#include "socket.hpp"

class PlainWebsocket final : public signalr::BlockingWebsocket {
 public:
  Answer connect(const signalr::DialRequest& request) override;
  signalr::MessageType read(std::string& payload) override;
  void write(signalr::MessageType type, std::string_view payload) override;
  void close(std::uint16_t code, std::string_view reason) override;
  void abort() noexcept override { socket_.abort(); }

 private:
  struct Head;
  Head read_head();
  void need(std::size_t bytes);
  void append_payload(std::uint64_t size, std::string& payload);
  void on_control(const Head& head);
  [[noreturn]] void on_close(const std::string& payload);
  [[noreturn]] void reject(signalr::TransportFailure failure, std::uint16_t code, const char* message);
  bool send(unsigned char opcode, std::string_view payload);

  PlainSocket socket_;
  std::size_t max_message_bytes_ = 0;

  // The reader's.
  std::string in_;
  std::size_t taken_ = 0;  // of in_

  // Pongs and answers to close frames come from the reader, all else from the writer.
  std::mutex write_mutex_;
  bool close_sent_ = false;
};
