// A client made by hand: sinks that write down what they are told, and requests as a SignalR client sends them.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/http_client.hpp>
#include <signalr/memory/fake_server.hpp>
#include <signalr/websocket.hpp>

namespace memory_test {

using namespace std::chrono_literals;
using namespace signalr;

using Lines = std::vector<std::string>;

// An HttpSink that keeps the answer, and can be told to do something in a call.
struct Answer : HttpSink {
  Lines log;  // "headers 200", "data …", "done" or "failed io"
  int status = 0;
  Headers headers;
  std::string body;
  bool done = false;
  std::optional<TransportError> error;
  UniqueFunction<Flow(std::string_view)> on_data_do;
  UniqueFunction<void()> on_headers_do;
  UniqueFunction<void()> on_done_do;

  void on_headers(int new_status, const Headers& new_headers) override;
  Flow on_data(std::string_view data) override;
  void on_done(const TransportError* failure) override;
};

// A WebsocketSink that keeps what comes; it asks for the next message by itself unless told otherwise.
struct Ear : WebsocketSink {
  Lines log;  // "text …", "binary …", "written …" or "end closed 1000"
  std::vector<std::string> texts;
  std::optional<TransportError> end;
  bool read_on = true;
  WebsocketConn* conn = nullptr;
  UniqueFunction<void()> on_frame_do;
  UniqueFunction<void()> on_written_do;

  void on_frame(MessageType type, std::string_view payload) override;
  void on_written(std::string buffer) override;
  void on_end(const TransportError& error) override;
};

std::string_view name_of(TransportFailure failure);

// One HTTP request; `op` goes first, so the sink outlives it.
struct Request {
  std::unique_ptr<Answer> answer = std::make_unique<Answer>();
  std::unique_ptr<HttpOperation> op;
  Answer* operator->() const { return answer.get(); }
};

// One dial and the WebSocket that may come of it.
struct Dialed {
  struct Kept {
    Ear ear;
    std::optional<DialResult> result;  // goes first
  };
  std::unique_ptr<Kept> kept = std::make_unique<Kept>();
  std::unique_ptr<Operation> op;

  bool over() const { return kept->result.has_value(); }
  WebsocketConn& conn() { return *kept->result->conn; }
  Ear& ear() { return kept->ear; }
  void start_reading();
};

// A client of one fake server.
struct Client {
  explicit Client(memory::FakeServer& fake_server) : server(fake_server) {}

  Request send(std::string method, std::string url, std::string body = {}, Headers headers = {});
  Dialed dial(std::string url, Headers headers = {});

  // SignalR. The request is on its way when they return, and has arrived where time is not needed.
  std::string negotiate(std::string_view hubs = "[{\"name\":\"chat\"}]", std::string_view protocol = "2.1");
  std::string url(std::string_view command, std::string_view transport, std::string_view more = {}) const;
  Request request(std::string_view command, std::string_view transport, std::string_view more = {});
  Request send_text(std::string_view transport, std::string_view text);
  Dialed open(std::string_view command, std::string_view more = {});

  memory::FakeServer& server;
  std::string base = "http://server.test/signalr";
  std::string token;
  std::string hubs;
  std::string protocol = "2.1";
};

// Percent-encoding as P§2.4 demands it.
std::string encoded(std::string_view text);
// The value of a member of a flat JSON object, without quotes.
std::string member(std::string_view json, std::string_view name);
// Data of the events of an event stream.
Lines events(std::string_view stream);
Lines life(memory::FakeServer& server);

}  // namespace memory_test
