// An HTTP request under way in memory, seen from both ends.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "link.hpp"

namespace signalr::memory {

class HttpLink final : public Link {
 public:
  HttpLink(Network::State& network, const std::shared_ptr<Executor>& executor, std::size_t max_header_bytes,
           HttpSink& sink);

  // The client's end.
  void begin(server::Request request);
  void refuse(TransportError error);  // without sending anything
  void resume();
  void client_gone();

  // The server's end.
  const server::Request& request() const noexcept { return request_; }
  bool server_open() const noexcept { return !answered_ && !gone_; }
  void start_answer(int status, Headers headers);
  void write(std::string data);
  void end();
  void fail(TransportFailure failure, std::string message);
  void on_gone(UniqueFunction<void()> handler);

  bool live() const override { return sink_ != nullptr; }
  void cut() override;
  void detach() override;

 private:
  struct Event {
    int status = 0;  // with headers
    Headers headers;
    std::string data;
    bool done = false;
    std::optional<TransportError> error;
  };

  void arrive_at_server();
  void arrive_at_client(StepKind kind, Event event);
  void end_client(TransportError error);  // behind what arrived before
  void tell_server_gone();
  void pump();
  void deliver(Event event);
  void break_now() override;

  server::Request request_;

  HttpSink* sink_;  // null once the client let go, or was told the end
  std::size_t max_header_bytes_;
  std::deque<Event> inbox_;
  bool paused_ = false;
  bool pumping_ = false;
  bool end_arrived_ = false;

  bool started_ = false;
  bool answered_ = false;
  bool gone_ = false;
  UniqueFunction<void()> on_gone_;
};

std::unique_ptr<HttpOperation> send_in_memory(const std::shared_ptr<Network::State>& network,
                                              const std::shared_ptr<Executor>& executor, HttpRequest request,
                                              HttpSink& sink);

}  // namespace signalr::memory
