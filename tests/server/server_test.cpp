// The test server itself, seen by a plain blocking socket, so that no adapter of ours hides a fault of it.
#include "test_server.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "demo_site.hpp"
#include "http_request.hpp"
#include "raw_bytes.hpp"
#include "websocket_codec.hpp"

using namespace signalr;
using namespace signalr::test;
using namespace std::string_literals;

namespace {

// A connection of a client that takes what it is told to.
class Peer {
 public:
  explicit Peer(const TestServer& server) { socket_.connect({asio::ip::address_v4::loopback(), server.port()}); }
  void send(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes)); }
  std::string until(const std::string& end) {
    while (received_.find(end) == std::string::npos) more();
    return take(received_.find(end) + end.size());
  }
  std::string bytes(std::size_t size) {
    while (received_.size() < size) more();
    return take(size);
  }
  bool ended() {
    std::error_code error;
    char byte = 0;
    wait();
    return received_.empty() && socket_.read_some(asio::buffer(&byte, 1), error) == 0 &&
           (error == asio::error::eof || error == asio::error::connection_reset);
  }

 private:
  // A read that gets nothing fails instead of hanging.
  void wait() {
    pollfd events{socket_.native_handle(), POLLIN, 0};
    if (poll(&events, 1, 30'000) != 1) throw std::runtime_error("nothing came within 30 s after: " + received_);
  }
  void more() {
    wait();
    char chunk[4096];
    received_.append(chunk, socket_.read_some(asio::buffer(chunk)));
  }
  std::string take(std::size_t size) {
    std::string front = received_.substr(0, size);
    received_.erase(0, size);
    return front;
  }

  asio::io_context io_;
  asio::ip::tcp::socket socket_{io_};
  std::string received_;
};

// Answers each request with its own path; upgrades echo.
class PathSite : public server::Site {
 public:
  void on_request(std::shared_ptr<server::Exchange> exchange) override {
    const std::string path = exchange->request().url.path;
    if (path == "/broken") {
      dynamic_cast<RawBytes&>(*exchange).send_raw("HTTP/1.1 two hundred\r\n\r\n");
    } else if (path == "/reset") {
      dynamic_cast<RawBytes&>(*exchange).reset();
    } else if (path == "/half") {
      exchange->write("half");
      exchange->cut();
    } else {
      exchange->write(path);
      exchange->write(exchange->request().body);
      exchange->end();
    }
  }
  void on_upgrade(std::shared_ptr<server::Upgrade> upgrade) override {
    auto socket = std::make_shared<std::shared_ptr<server::Socket>>();
    server::SocketHandlers handlers;
    handlers.on_message = [socket](MessageType type, std::string_view text) {
      (*socket)->send(type, std::string(text));
    };
    *socket = upgrade->accept({}, std::move(handlers));
  }
};

SiteFactory path_site() {
  return [](const std::shared_ptr<Executor>&) { return std::make_unique<PathSite>(); };
}

std::string masked(std::string frame_without_mask, std::string_view payload) {
  frame_without_mask += "\x01\x02\x03\x04"s;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame_without_mask.push_back(static_cast<char>(payload[i] ^ static_cast<char>(i % 4 + 1)));
  }
  return frame_without_mask;
}

constexpr const char* kUpgrade =
    "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

}  // namespace

TEST_CASE("requests of one connection are answered in their order, in chunks") {
  const TestServer server(path_site());
  Peer peer(server);
  peer.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nxyz");
  CHECK(peer.until("\r\n\r\n") == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(peer.until("0\r\n\r\n") == "2\r\n/a\r\n0\r\n\r\n");
  CHECK(peer.until("\r\n\r\n") == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(peer.until("0\r\n\r\n") == "2\r\n/b\r\n3\r\nxyz\r\n0\r\n\r\n");
  CHECK(server.accepted() == 1);
  CHECK(server.open() == 1);
}

TEST_CASE("a request's body may come in chunks") {
  const TestServer server(path_site());
  Peer peer(server);
  peer.send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0b;ext=1\r\n");
  peer.send("hello again\r\n0\r\nTrailer: y\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  peer.until("\r\n\r\n");
  CHECK(peer.until("0\r\n\r\n") == "2\r\n/a\r\ne\r\nxyzhello again\r\n0\r\n\r\n");
  peer.until("\r\n\r\n");
  CHECK(peer.until("0\r\n\r\n") == "2\r\n/b\r\n0\r\n\r\n");
}

TEST_CASE("an answer to HTTP/1.0 comes as it is, and ends with the connection") {
  const TestServer server(path_site());
  Peer peer(server);
  peer.send("POST /a HTTP/1.0\r\nContent-Length: 3\r\n\r\nxyz");
  CHECK(peer.until("\r\n\r\n") == "HTTP/1.1 200 OK\r\n\r\n");
  CHECK(peer.until("xyz") == "/axyz");
  CHECK(peer.ended());
}

TEST_CASE("a request for no keep-alive ends its connection") {
  const TestServer server(path_site());
  Peer peer(server);
  peer.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  peer.until("0\r\n\r\n");
  CHECK(peer.ended());
}

TEST_CASE("what is no request is answered with 400") {
  const TestServer server(path_site());
  Peer peer(server);
  peer.send("hello\r\n\r\n");
  CHECK(peer.until("\r\n") == "HTTP/1.1 400 Bad Request\r\n");
}

TEST_CASE("the server can misbehave") {
  const TestServer server(path_site());
  Peer peer(server);
  SUBCASE("with bytes that are no HTTP") {
    peer.send("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(peer.until("\r\n\r\n") == "HTTP/1.1 two hundred\r\n\r\n");
  }
  SUBCASE("with an answer cut short") {
    peer.send("GET /half HTTP/1.1\r\nHost: x\r\n\r\n");
    peer.until("4\r\nhalf\r\n");
    CHECK(peer.ended());
  }
  SUBCASE("with a reset") {
    peer.send("GET /reset HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(peer.ended());
  }
  SUBCASE("with the reset of all connections") {
    peer.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    peer.until("0\r\n\r\n");
    const_cast<TestServer&>(server).reset_connections();
    CHECK(peer.ended());
  }
}

TEST_CASE("a WebSocket echoes messages, also those in fragments, answers pings and closes") {
  const TestServer server(path_site());
  Peer peer(server);
  peer.send(kUpgrade);
  const std::string answer = peer.until("\r\n\r\n");
  CHECK(answer.find("HTTP/1.1 101 Switching Protocols\r\n") == 0);
  CHECK(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != std::string::npos);  // RFC 6455 §1.3
  peer.send(masked("\x81\x85"s, "hello"));
  CHECK(peer.bytes(7) == "\x81\x05hello"s);
  peer.send(masked("\x01\x83"s, "hel") + masked("\x89\x81"s, "p") + masked("\x80\x82"s, "lo"));
  CHECK(peer.bytes(3) == "\x8a\x01p"s);
  CHECK(peer.bytes(7) == "\x81\x05hello"s);
  const std::string large(70'000, 'x');
  peer.send(masked("\x82\xff\0\0\0\0\0\x01\x11\x70"s, large));
  CHECK(peer.bytes(10) == "\x82\x7f\0\0\0\0\0\x01\x11\x70"s);
  CHECK(peer.bytes(large.size()) == large);
  peer.send(masked("\x88\x82"s, "\x03\xe8"));
  CHECK(peer.bytes(4) == "\x88\x02\x03\xe8"s);
  CHECK(peer.ended());
}

TEST_CASE("an unmasked frame ends a WebSocket with 1002") {
  const TestServer server(path_site());
  Peer peer(server);
  peer.send(kUpgrade);
  peer.until("\r\n\r\n");
  peer.send("\x81\x05hello"s);
  const std::string close = peer.bytes(4);
  CHECK(close[0] == '\x88');
  CHECK(close.substr(2) == "\x03\xea"s);
}

TEST_CASE("the demo negotiates, starts, ticks, echoes and is left") {
  TestServer server([](std::shared_ptr<Executor> executor) {
    return std::make_unique<DemoSite>(std::move(executor), std::chrono::milliseconds(1));
  });
  Peer http(server);
  http.send(
      "GET /signalr/negotiate?clientProtocol=2.1&connectionData=%5B%7B%22name%22%3A%22demo%22%7D%5D HTTP/1.1\r\n"
      "Host: x\r\n\r\n");
  const std::string negotiated = http.until("}");
  const std::string name = "\"ConnectionToken\":\"";
  const std::size_t begin = negotiated.find(name);
  REQUIRE(begin != std::string::npos);
  std::string token;
  for (std::size_t at = begin + name.size(); negotiated[at] != '"'; ++at) {
    if (negotiated[at] == '+' || negotiated[at] == '/' || negotiated[at] == '=') {
      char code[4];
      std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(negotiated[at]));
      token += code;
    } else {
      token += negotiated[at];
    }
  }
  const std::string query = "?transport=webSockets&clientProtocol=2.0&connectionToken=" + token +
                            "&connectionData=%5B%7B%22name%22%3A%22demo%22%7D%5D";
  Peer socket(server);
  std::string upgrade = kUpgrade;
  upgrade.replace(4, 3, "/signalr/connect" + query);
  socket.send(upgrade);
  CHECK(socket.until("\r\n\r\n").find("HTTP/1.1 101") == 0);
  CHECK(socket.until("\"S\":1").find("\"C\":") != std::string::npos);
  http.send("GET /signalr/start" + query + " HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(http.until("}").find("started") != std::string::npos);
  socket.until("\"M\":\"tick\"");
  const std::string call = R"({"H":"demo","M":"Echo","A":[42],"I":"7"})";
  socket.send(masked("\x81"s + static_cast<char>(0x80 | call.size()), call));
  socket.until(R"("R":42)");

  // An abort is one although the WebSocket is closing: the server has sent all, the client's end is still open.
  socket.send(masked("\x88\x82"s, "\x03\xe8"));
  socket.until("\x88\x02\x03\xe8"s);
  http.send("POST /signalr/abort" + query + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  CHECK(http.until("\r\n\r\n").find("HTTP/1.1 200") == 0);
  server.run([](server::Site& site) {
    const auto& events = dynamic_cast<DemoSite&>(site).hubs().events();
    REQUIRE(events.size() == 2);
    CHECK(to_string(events[1]) == "disconnected stop");
  });
}
