// A WebSocket in memory, from the upgrade on, seen from both ends.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "link.hpp"

namespace signalr::memory {

class SocketLink final : public Link {
 public:
  SocketLink(Network::State& network, const std::shared_ptr<Executor>& executor, const DialRequest& request,
             DialHandler handler);

  // The client's end: dialing,
  void begin(server::Request request);
  void refuse(TransportError error);
  void cancel_dial();
  // and open.
  void start(WebsocketSink& sink);
  void read();
  void write(MessageType type, std::string payload);
  void close(std::uint16_t code, std::string_view reason);
  void client_gone();

  // The server's end: the upgrade,
  const server::Request& request() const noexcept { return request_; }
  bool server_open() const noexcept { return !server_over_ && !server_closing_; }
  bool answerable() const noexcept { return !answered_ && !server_over_; }
  void accept(Headers headers, server::SocketHandlers handlers);
  void refuse_upgrade(int status, Headers headers, std::string body);
  void fail_upgrade(TransportFailure failure, std::string message);
  // and the socket.
  void server_send(MessageType type, std::string payload);
  void server_close(std::uint16_t code, std::string_view reason);
  void server_cut();
  void set_server_reading(bool reading);

  bool live() const override;
  void cut() override;
  void detach() override;

 private:
  // A message or a close frame on its way, either way.
  struct Frame {
    bool close = false;
    MessageType type = MessageType::text;
    std::uint16_t code = 0;
    std::string payload;  // or the reason
  };
  enum class Phase { dialing, open, ended };  // of the client

  void arrive_upgrade();
  void arrive_answer(DialResult result, bool accepted);
  void finish_dial(DialResult result);
  void fail_dial(TransportError error);

  void arrive_at_client(Frame frame);
  void reject(TransportFailure failure, std::uint16_t code, const char* why);
  void end_client(TransportError error);
  void client_broken();
  void pump_client();
  void deliver(const Frame& frame);
  void tell_end(TransportError error);
  void take_close(const Frame& frame);
  void pump_writes();
  void send_to_server(Frame frame);

  void arrive_at_server(Frame frame);
  void pump_server();
  void deliver_to_server(Frame frame);
  void end_server();
  void break_now() override;

  server::Request request_;
  std::size_t max_message_bytes_;
  std::size_t max_header_bytes_;
  std::size_t max_refusal_bytes_;

  // Client.
  Phase phase_ = Phase::dialing;
  DialHandler handler_;
  WebsocketSink* sink_ = nullptr;
  std::deque<Frame> inbox_;
  std::optional<TransportError> end_;  // behind the inbox
  bool reading_ = false;
  bool closing_ = false;     // close() was called
  bool close_sent_ = false;  // a close frame of ours is on its way
  bool pumping_ = false;
  std::deque<Frame> unsent_;
  std::size_t in_flight_ = 0;  // bytes handed to the network that the server didn't take yet
  bool writing_ = false;

  // Server.
  bool answered_ = false;
  bool accepted_ = false;
  std::shared_ptr<server::SocketHandlers> handlers_;  // shared with a call that is running
  bool client_closed_ = false;                        // the client's close frame has arrived
  std::deque<Frame> server_inbox_;
  bool server_reading_ = true;
  bool server_closing_ = false;  // its close frame is on its way
  bool server_over_ = false;
  bool serving_ = false;
};

std::unique_ptr<Operation> dial_in_memory(const std::shared_ptr<Network::State>& network,
                                          const std::shared_ptr<Executor>& executor, DialRequest request,
                                          DialHandler handler);

}  // namespace signalr::memory
