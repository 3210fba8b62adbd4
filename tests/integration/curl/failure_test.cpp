// Broken answers, dead connections: what is a failure, and what was sent by then.
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <condition_variable>

#include "fixture.hpp"

namespace signalr::test {
namespace {

TEST_CASE_FIXTURE(Fixture,
                  "P#132 more headers than max_header_bytes are TransportFailure::limit, whichever way they come") {
  const std::string line = "X-Filler: " + std::string(1000, 'x') + "\r\n";
  std::string many;
  for (int i = 0; i < 70; ++i) many += line;
  const std::string early = "HTTP/1.1 100 Continue\r\nX: " + std::string(900, 'x') + "\r\n\r\n";
  std::string interim;
  for (int i = 0; i < 80; ++i) interim += early;
  const std::array<std::string, 3> floods = {
      "HTTP/1.1 200 OK\r\n" + many + "Content-Length: 2\r\n\r\nok", interim + kOk,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n" + many + "\r\n"};
  for (const std::string& flood : floods) {
    CAPTURE(flood.substr(0, 30));
    ScriptServer server(answering(flood));
    check_failure(fetch(get(server.url())), TransportFailure::limit, Sent::maybe, "max_header_bytes (65536)");
  }
  ScriptServer endless([](Peer& peer, int) {  // one line that never ends
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nX: ");
    while (peer.send(std::string(4096, 'x'))) {
    }
  });
  check_failure(fetch(get(endless.url())), TransportFailure::limit, Sent::maybe, "max_header_bytes");

  HttpRequest roomy = get("");
  ScriptServer server(answering(floods[0]));
  roomy.url = server.url();
  roomy.max_header_bytes = 100 * 1024;
  CHECK(fetch(std::move(roomy)).headers.size() == 71);
}

TEST_CASE_FIXTURE(Fixture, "P#132 broken and truncated answers are failures, after the bytes that came") {
  struct Case {
    const char* bytes;
    TransportFailure failure;
    int heads;
    const char* body;
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", TransportFailure::closed, 1, "half"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", TransportFailure::closed, 1, "half"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", TransportFailure::closed, 1, "half"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n", TransportFailure::protocol, 1,
       "half"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalfmore\r\n", TransportFailure::protocol, 1, "half"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nx", TransportFailure::protocol, 1,
       ""},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy", TransportFailure::protocol, 0, ""},
      {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nxy", TransportFailure::protocol, 0, ""},
      {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", TransportFailure::protocol, 0, ""},
      {"HTTP/1.1 200 OK\r\nX: y\r\nHTTP/1.1 500 Two in one\r\n\r\n", TransportFailure::protocol, 0, ""},
      {"HTTP/1.1 2x0 OK\r\n\r\n", TransportFailure::protocol, 0, ""},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nxyz", TransportFailure::protocol, 0, ""},
      {"SSH-2.0-OpenSSH_9.2\r\n", TransportFailure::protocol, 0, ""},
      {"HTTP/1.1 200 OK\r\nX: y\r\n", TransportFailure::closed, 0, ""},
      {"HTTP/1.1 100 Continue\r\n\r\n", TransportFailure::closed, 0, ""},
      {"HTTP/1.1 200", TransportFailure::closed, 0, ""},
      {"", TransportFailure::closed, 0, ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.bytes);
    ScriptServer server(answering(one.bytes));
    const Answer answer = fetch(get(server.url()));
    check_failure(answer, one.failure, Sent::maybe, "127.0.0.1:" + std::to_string(server.port()));
    CHECK(answer.heads == one.heads);
    CHECK(answer.body == one.body);
  }
}

/// 96 MiB of zeros, in gzip in gzip in gzip.
const std::string kBomb(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x93\xef\xe6\x60\x00\x01\x26\xe6\xb7\x77\x74\xfd\x9c\x13\x05\xda\x2e\x46"
    "\x47\x79\x38\x3a\x08\x6a\xb8\xec\xee\x99\xf5\x49\x3d\x80\x83\xe5\x45\x1b\xab\xc2\xc5\x5c\xa7\x00\x09\xb3\x46\xa7"
    "\x05\x1e\x1b\x2c\xca\x18\x2c\xc4\x1c\x04\x5a\x16\x70\x4c\xbf\xb7\xbb\xe7\xbd\xad\x7b\xaf\x9c\xe5\x4c\x9b\xc3\xaf"
    "\xeb\xae\x46\xbc\xaa\xb3\x29\xb5\xea\x4e\xac\xfb\x5c\xfe\xff\x66\xfc\x6a\xa0\xa9\x0d\x87\xce\xde\xd7\xdb\x7d\xd6"
    "\x70\x81\xd4\x55\xfd\xf6\xe3\xcb\x81\x22\x0e\x2f\xcf\x99\x5d\xab\x7e\x1b\xf8\xa0\x7c\xd7\xde\x7c\x59\xa0\x40\xc0"
    "\x9e\xd5\x27\x2b\x2e\xd4\x71\xd4\x9c\x3d\x57\x7d\x8d\x11\x28\x70\xf4\xf6\xaf\xca\xfb\xd9\xf9\x8c\xe7\xbf\x1e\x7e"
    "\xd6\x59\x0b\xd2\xf2\x31\x8e\x95\x19\x48\x2b\x74\x25\x80\x5c\x9a\x22\xc8\x03\x32\x59\xa7\x09\xa4\x58\xc0\xcd\x00"
    "\x24\xb6\x89\x83\x0d\xa4\x50\xec\x20\x88\x73\x42\x49\x02\x44\x25\xb2\x80\x35\x75\x53\xa0\x69\xe7\xdc\x1e\xf7\xb3"
    "\xc9\x07\x1e\xec\xde\x77\xc3\x36\x62\x1d\x50\xe4\x93\xcd\x3a\xb9\xbb\x6f\x7d\xc4\x0f\x9f\xb2\x67\x63\xb6\x53\xf1"
    "\xa8\x63\x64\x00\x00\x7b\x05\xca\x80\x41\x01\x00\x00",
    265);

TEST_CASE_FIXTURE(
    Fixture, "P#127 P#132 an answer that grows without bound when its encoding is undone is TransportFailure::limit") {
  ScriptServer server(answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip\r\nContent-Length: " +
                                std::to_string(kBomb.size()) + "\r\n\r\n" + kBomb));
  Exchange::Hooks hooks;
  bool paused = false;
  hooks.data = [&](Exchange&, std::string_view) { return std::exchange(paused, true) ? Flow::more : Flow::pause; };
  Exchange exchange(loop, client, get(server.url()), hooks);
  exchange.wait_until([](const Answer& so_far) { return !so_far.body.empty(); });
  ScriptServer other(answering(kOk));
  fetch(get(other.url()));  // by then libcurl's thread is through with what it had read
  exchange.resume();
  const Answer answer = exchange.wait();
  check_failure(answer, TransportFailure::limit, Sent::maybe, "127.0.0.1");
  CHECK(answer.body.size() < 1024 * 1024);
}

TEST_CASE_FIXTURE(Fixture, "P#132 a reset inside the body is TransportFailure::io, after the bytes that came") {
  std::promise<void> read;
  auto was_read = read.get_future();
  ScriptServer server([&](Peer& peer, int) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    was_read.wait_for(kPatience);
    peer.reset();
  });
  Exchange exchange(loop, client, get(server.url()));
  exchange.wait_until([](const Answer& answer) { return answer.body == "half"; });
  read.set_value();
  check_failure(exchange.wait(), TransportFailure::io, Sent::maybe, "127.0.0.1");
}

TEST_CASE_FIXTURE(Fixture, "P#42 a request on a re-used connection that dies is never sent a second time") {
  for (const bool is_post : {true, false}) {
    for (const bool by_reset : {true, false}) {
      CAPTURE(is_post);
      CAPTURE(by_reset);
      std::atomic<int> second_requests{0};
      ScriptServer server([&](Peer& peer, int) {
        peer.read_request();
        peer.send(kOk);
        if (peer.read_request().empty()) return;
        ++second_requests;
        if (by_reset) peer.reset();
      });
      CHECK_FALSE(fetch(get(server.url())).error);
      const Answer answer = fetch(is_post ? post(server.url("/start"), "once") : get(server.url("/start")));
      CHECK(second_requests == 1);
      CHECK(server.connections() == 1);
      check_failure(answer, TransportFailure::closed, Sent::maybe, "re-used connection");
      CHECK_FALSE(fetch(get(server.url())).error);  // the next one starts afresh
      CHECK(server.connections() == 2);
    }
  }
}

TEST_CASE_FIXTURE(Fixture, "P#42 nor over another idle connection") {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  std::atomic<int> starts{0};
  ScriptServer server([&](Peer& peer, int) {
    peer.read_request();
    {
      std::unique_lock lock(mutex);
      ++waiting;
      changed.notify_all();
      changed.wait_for(lock, kPatience, [&] { return waiting == 2; });
    }
    peer.send(kOk);
    if (!peer.read_request().empty()) ++starts;
  });
  {
    Exchange first(loop, client, get(server.url()));
    Exchange second(loop, client, get(server.url()));
    first.wait();
    second.wait();
  }
  REQUIRE(server.connections() == 2);
  check_failure(fetch(post(server.url("/start"), "once")), TransportFailure::closed, Sent::maybe, "re-used connection");
  CHECK(starts == 1);
}

TEST_CASE_FIXTURE(Fixture, "P#42 a connection that its server closed while it was idle is not used again") {
  std::promise<void> close;
  auto closing = close.get_future();
  std::promise<void> closed;
  auto is_closed = closed.get_future();
  ScriptServer server([&](Peer& peer, int number) {
    peer.read_request();
    peer.send(kOk);
    if (number > 0) return;
    closing.wait_for(kPatience);
    ::shutdown(peer.socket(), SHUT_WR);
    closed.set_value();
    peer.wait_closed();
  });
  CHECK_FALSE(fetch(get(server.url())).error);
  close.set_value();
  is_closed.wait_for(kPatience);
  const Answer answer = fetch(post(server.url("/start"), "x"));
  CHECK_FALSE(answer.error);
  CHECK(server.connections() == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "P#42 a refused connection provably sent nothing, and the error names the address and the reason") {
  const DeadPort dead;
  const std::string where = "127.0.0.1:" + std::to_string(dead.port());
  check_failure(fetch(post("http://" + where + "/start", "x")), TransportFailure::connect, Sent::no,
                "cannot connect to " + where + ": Connection refused");
}

TEST_CASE_FIXTURE(Fixture, "P#135 neither query, user information nor headers appear in errors") {
  const DeadPort dead;
  ScriptServer server(answering("HTTP/1.1 200 OK\r\nSet-Cookie: secret\r\nContent-Length: 10\r\n\r\nsecret"));
  ScriptServer nonsense([](Peer& peer, int) {  // nor TLS
    peer.send("secret secret\r\n");
    peer.wait_closed();
  });
  const std::string dead_url = "http://secret:secret@127.0.0.1:" + std::to_string(dead.port()) + "/x?token=secret";
  for (const std::string& url : {dead_url, server.url("/x?token=secret", "http", "secret@127.0.0.1"),
                                 nonsense.url("/x?token=secret"), nonsense.url("/x?token=secret", "https")}) {
    CAPTURE(url);
    const Answer answer = fetch(post(url, "secret", {{"Authorization", "secret"}, {"Cookie", "secret"}}));
    REQUIRE(answer.error);
    CHECK(std::string(answer.error->what()).find("secret") == std::string::npos);
  }
}

}  // namespace
}  // namespace signalr::test
