// Broken answers, dead connections: what is a failure, and what was sent by then.
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <condition_variable>

#include "fixture.hpp"

namespace signalr::test {
namespace {

TEST_CASE_FIXTURE(Fixture, "P#132 more headers than max_header_bytes are kLimit, whichever way they come") {
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
    check_failure(fetch(get(server.url())), TransportFailure::kLimit, true, "max_header_bytes (65536)");
  }
  ScriptServer endless([](Peer& peer, int) {  // one line that never ends
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nX: ");
    while (peer.send(std::string(4096, 'x'))) {
    }
  });
  check_failure(fetch(get(endless.url())), TransportFailure::kLimit, true, "max_header_bytes");

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
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", TransportFailure::kProtocol, 1, "half"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", TransportFailure::kProtocol, 1, "half"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", TransportFailure::kProtocol, 1, "half"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n", TransportFailure::kProtocol, 1,
       "half"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalfmore\r\n", TransportFailure::kProtocol, 1,
       "half"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nx", TransportFailure::kProtocol, 1,
       ""},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy", TransportFailure::kProtocol, 0, ""},
      {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nxy", TransportFailure::kProtocol, 0, ""},
      {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", TransportFailure::kProtocol, 0, ""},
      {"HTTP/1.1 200 OK\r\nX: y\r\nHTTP/1.1 500 Two in one\r\n\r\n", TransportFailure::kProtocol, 0, ""},
      {"HTTP/1.1 2x0 OK\r\n\r\n", TransportFailure::kProtocol, 0, ""},
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nxyz", TransportFailure::kProtocol, 0, ""},
      {"SSH-2.0-OpenSSH_9.2\r\n", TransportFailure::kProtocol, 0, ""},
      {"HTTP/1.1 200 OK\r\nX: y\r\n", TransportFailure::kClosed, 0, ""},
      {"HTTP/1.1 100 Continue\r\n\r\n", TransportFailure::kClosed, 0, ""},
      {"HTTP/1.1 200", TransportFailure::kClosed, 0, ""},
      {"", TransportFailure::kClosed, 0, ""},
  };
  for (const Case& one : cases) {
    CAPTURE(one.bytes);
    ScriptServer server(answering(one.bytes));
    const Answer answer = fetch(get(server.url()));
    check_failure(answer, one.failure, true, "127.0.0.1:" + std::to_string(server.port()));
    CHECK(answer.heads == one.heads);
    CHECK(answer.body == one.body);
  }
}

TEST_CASE_FIXTURE(Fixture, "P#132 a reset inside the body is kIo, after the bytes that came") {
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
  check_failure(exchange.wait(), TransportFailure::kIo, true, "127.0.0.1");
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
      check_failure(answer, TransportFailure::kClosed, true, "re-used connection");
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
  check_failure(fetch(post(server.url("/start"), "once")), TransportFailure::kClosed, true, "re-used connection");
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
  check_failure(fetch(post("http://" + where + "/start", "x")), TransportFailure::kConnect, false,
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
