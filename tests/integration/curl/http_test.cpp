// What goes over the wire, and what comes back.
#include <condition_variable>

#include "fixture.hpp"

namespace signalr::test {
namespace {

TEST_CASE_FIXTURE(Fixture, "a GET is its target, Host and the given headers in their order, and nothing else") {
  Keeper keeper;
  const Answer answer =
      fetch(get(keeper.server.url("/a/../b?x=1&y=%2B"), {{"X-One", "1"}, {"Empty", ""}, {"X-One", "2"}}));
  CHECK(answer.heads == 1);
  CHECK(answer.status == 200);
  CHECK(answer.body == "ok");
  CHECK_FALSE(answer.error);
  CHECK(keeper.requests.at(0) ==
        "GET /a/../b?x=1&y=%2B HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(keeper.server.port()) +
            "\r\nX-One: 1\r\nEmpty:\r\nX-One: 2\r\n\r\n");
}

TEST_CASE_FIXTURE(Fixture, "a POST has its Content-Length, also when empty, and never waits for 100") {
  Keeper keeper;
  CHECK(fetch(post(keeper.server.url(), "")).body == "ok");
  CHECK(keeper.requests.at(0) ==
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(keeper.server.port()) + "\r\nContent-Length: 0\r\n\r\n");
  const std::string large(3 * 1024 * 1024, 'x');
  CHECK(fetch(post(keeper.server.url(), large, {{"Content-Type", "text/plain"}})).body == "ok");
  CHECK(keeper.requests.at(1) == "POST / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(keeper.server.port()) +
                                     "\r\nContent-Type: text/plain\r\nContent-Length: 3145728\r\n\r\n" + large);
}

TEST_CASE_FIXTURE(Fixture, "a body may hold NULs, in both directions") {
  const std::string body("a\0b", 3);
  Keeper keeper("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + body);
  CHECK(fetch(post(keeper.server.url(), body)).body == body);
  CHECK(keeper.requests.at(0).substr(keeper.requests.at(0).size() - 3) == body);
}

TEST_CASE_FIXTURE(Fixture, "a status line without a reason is accepted") {
  for (const char* line : {"HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.0 200 Fine by me"}) {
    CAPTURE(line);
    ScriptServer server(answering(std::string(line) + "\r\nContent-Length: 2\r\n\r\nok"));
    const Answer answer = fetch(get(server.url()));
    CHECK(answer.status == 200);
    CHECK(answer.body == "ok");
    CHECK_FALSE(answer.error);
  }
}

TEST_CASE_FIXTURE(Fixture, "headers keep order, repetition and colons; folded lines are joined") {
  ScriptServer server(
      answering("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2; Path=/:x\r\nFolded: one\r\n\t two\r\n"
                "Blank:\r\nContent-Length: 0\r\n\r\n"));
  const Answer answer = fetch(get(server.url()));
  std::string seen;
  for (const Header& header : answer.headers) seen += header.name + '=' + header.value + '|';
  CHECK(seen == "Set-Cookie=a=1|set-cookie=b=2; Path=/:x|Folded=one two|Blank=|Content-Length=0|");
  CHECK(answer.body.empty());
}

TEST_CASE_FIXTURE(Fixture, "P#132 interim answers before the final one are skipped") {
  ScriptServer server(
      answering("HTTP/1.1 100 Continue\r\nX: no\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: no\r\n\r\n" + kOk));
  const Answer answer = fetch(get(server.url()));
  CHECK(answer.heads == 1);
  CHECK(answer.status == 200);
  CHECK(answer.headers.size() == 1);
  CHECK(answer.body == "ok");
}

TEST_CASE_FIXTURE(Fixture, "any status is a success of HTTP; no redirect, no cookie, no credentials of its own") {
  for (const char* status : {"302", "401", "404", "407", "500"}) {
    CAPTURE(status);
    Keeper keeper(
        std::string("HTTP/1.1 ") + status +
        " X\r\nLocation: /other\r\nSet-Cookie: a=b\r\nWWW-Authenticate: Basic\r\nContent-Length: 3\r\n\r\nwhy");
    for (int i = 0; i < 2; ++i) {
      const Answer answer = fetch(get(keeper.server.url("/", "http", "user:secret@127.0.0.1")));
      CHECK(std::to_string(answer.status) == status);
      CHECK(answer.body == "why");
      CHECK_FALSE(answer.error);
    }
    REQUIRE(keeper.requests.size() == 2);
    CHECK(keeper.requests[0] == keeper.requests[1]);
    CHECK(keeper.requests[0].find("Authorization") == std::string::npos);
    CHECK(keeper.requests[0].find("Cookie") == std::string::npos);
  }
}

TEST_CASE_FIXTURE(Fixture, "connections are re-used one after the other, and requests run side by side") {
  Keeper keeper;
  for (int i = 0; i < 3; ++i) fetch(get(keeper.server.url()));
  CHECK(keeper.server.connections() == 1);

  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  ScriptServer together([&](Peer& peer, int) {  // nobody is answered before all four are here
    peer.read_request();
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait_for(lock, kPatience, [&] { return waiting == 4; });
    peer.send(kOk);
  });
  std::vector<std::unique_ptr<Exchange>> exchanges;
  for (int i = 0; i < 4; ++i) exchanges.push_back(std::make_unique<Exchange>(loop, client, get(together.url())));
  for (auto& exchange : exchanges) CHECK(exchange->wait().body == "ok");
}

TEST_CASE_FIXTURE(Fixture, "an answer without a length ends with its connection") {
  ScriptServer server(answering("HTTP/1.1 200 OK\r\n\r\nall of it"));
  const Answer answer = fetch(get(server.url()));
  CHECK(answer.body == "all of it");
  CHECK_FALSE(answer.error);
}

TEST_CASE_FIXTURE(Fixture, "a content encoding that nobody asked for is undone") {
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xd7\x51\x48\xce\xcf\x2d\x28\x4a\x2d\x2e\x4e"
      "\x4d\x01\x00\x12\x7e\x19\x78\x11\x00\x00\x00",
      37);
  ScriptServer server(answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                                std::to_string(packed.size()) + "\r\n\r\n" + packed));
  CHECK(fetch(get(server.url())).body == "hello, compressed");
  ScriptServer garbage(answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"));
  check_failure(fetch(get(garbage.url())), TransportFailure::protocol, Sent::maybe, "127.0.0.1");
}

TEST_CASE_FIXTURE(Fixture, "P#134 what could split a request is refused before any I/O, without repeating it") {
  Keeper keeper;
  const auto refused = [&](HttpRequest request, const std::string& part) {
    const Answer answer = fetch(std::move(request));
    CHECK(answer.heads == 0);
    check_failure(answer, TransportFailure::unsupported, Sent::no, part);
    CHECK(std::string(answer.error->what()).find("secret") == std::string::npos);
  };
  for (const std::string& value :
       {std::string("secret\r\nX: y"), std::string("secret\n"), std::string("\rsecret"), std::string("secret\0", 7)}) {
    refused(get(keeper.server.url(), {{"X-Token", value}}), "X-Token has a value with a line break or NUL");
  }
  for (const std::string& name : {std::string("secret:"), std::string("se cret"), std::string(),
                                  std::string("secret\r\n"), std::string("secret\0", 7),
                                  std::string("s\xc3\xa9"
                                              "cret")}) {
    refused(get(keeper.server.url(), {{name, "v"}}), "header has a name");
  }
  refused(get(keeper.server.url(), {{"content-length", "5"}}), "content-length");
  refused(get(keeper.server.url(), {{"Transfer-Encoding", "chunked"}}), "Transfer-Encoding");
  for (const std::string& target :
       {std::string("/secret\r\nX: y"), std::string("/secret x"), std::string("/secret\0", 8)}) {
    refused(get(keeper.server.url(target)), "URL");
  }
  refused(get("ftp://127.0.0.1/secret"), "http or https, not ftp");
  refused(get("file:///secret"), "URL");
  HttpRequest request = get(keeper.server.url());
  request.method = "GET /secret HTTP/1.1\r\nX:";
  refused(std::move(request), "GET or POST");
  CHECK(keeper.server.connections() == 0);
}

}  // namespace
}  // namespace signalr::test
