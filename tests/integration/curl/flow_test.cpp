// Streaming, and the back-pressure of a sink that pauses.
#include <algorithm>
#include <array>
#include <atomic>

#include "fixture.hpp"

namespace signalr::test {
namespace {

const std::string kHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_CASE_FIXTURE(Fixture, "a stream is delivered as it comes: headers, then each piece before the next is sent") {
  std::array<Gate, 3> seen;
  std::atomic<bool> in_step{true};
  ScriptServer server([&](Peer& peer, int) {
    peer.read_request();
    peer.send(kHead);
    if (!seen[0].wait()) in_step = false;
    peer.send("3\r\none\r\n");
    if (!seen[1].wait()) in_step = false;
    peer.send("3\r\ntwo\r\n0\r\n\r\n");
    if (!seen[2].wait()) in_step = false;
  });
  Exchange exchange(loop, client, get(server.url()));
  exchange.wait_until([](const Answer& answer) { return answer.heads == 1; });
  CHECK(exchange.so_far().body.empty());
  seen[0].open();
  exchange.wait_until([](const Answer& answer) { return answer.body == "one"; });
  seen[1].open();
  const Answer answer = exchange.wait();
  seen[2].open();
  CHECK(answer.body == "onetwo");
  CHECK_FALSE(answer.error);
  CHECK(answer.calls_inside == 0);
  CHECK(answer.calls_elsewhere == 0);
  CHECK(in_step);
}

TEST_CASE_FIXTURE(Fixture,
                  "pause holds a large body back, bounded; resume brings the rest, each byte once and in order") {
  constexpr std::size_t kSize = 24 * 1024 * 1024;
  std::string body(kSize, '\0');
  for (std::size_t i = 0; i < kSize; ++i) body[i] = static_cast<char>((i * 2654435761u) >> 24);
  std::promise<std::size_t> stuck;
  auto stuck_at = stuck.get_future();
  ScriptServer server([&](Peer& peer, int) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n");
    // On a machine so slow that this gives up early, the check below checks less, and still holds.
    const std::size_t taken = peer.send_until_stuck(body, 500);
    stuck.set_value(taken);
    peer.send(std::string_view(body).substr(taken));
  });
  int chunks = 0;
  std::size_t largest = 0;
  Exchange::Hooks hooks;
  hooks.data = [&](Exchange&, std::string_view data) {
    largest = std::max(largest, data.size());
    return ++chunks % 30 == 1 ? Flow::pause : Flow::more;
  };
  Exchange exchange(loop, client, get(server.url()), hooks);
  REQUIRE(stuck_at.wait_for(kPatience) == std::future_status::ready);
  CHECK(stuck_at.get() < 16 * 1024 * 1024);  // the kernel's buffers, mostly
  CHECK(exchange.so_far().body.size() <= 128 * 1024);
  bool ended = false;
  for (int pause = 1; !ended; ++pause) {
    exchange.wait_until([&](const Answer& so_far) { return (ended = so_far.ends > 0) || so_far.pauses == pause; });
    exchange.resume();
  }
  const Answer answer = exchange.wait();
  CHECK(answer.body == body);
  CHECK(answer.data_while_paused == 0);
  CHECK(answer.calls_inside == 0);
  CHECK(largest <= 128 * 1024);
  CHECK_FALSE(answer.error);
}

TEST_CASE_FIXTURE(Fixture, "the end of a complete answer waits for resume, and comes after the last byte") {
  ScriptServer server([&](Peer& peer, int) {
    while (!peer.read_request().empty()) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
  });
  Exchange::Hooks hooks;
  hooks.data = [](Exchange&, std::string_view) { return Flow::pause; };
  Exchange exchange(loop, client, get(server.url()), hooks);
  exchange.wait_until([](const Answer& answer) { return answer.body == "body"; });
  // Another whole exchange on the same thread and loop: the first one's end had its time to come, wrongly.
  Exchange other(loop, client, get(server.url()));
  other.wait();
  CHECK(exchange.so_far().ends == 0);
  exchange.resume();
  CHECK_FALSE(exchange.wait().error);
}

TEST_CASE_FIXTURE(Fixture, "a failure comes through a pause, but never past bytes that are held back") {
  for (const bool more_bytes : {false, true}) {
    CAPTURE(more_bytes);
    Gate paused;
    ScriptServer server([&](Peer& peer, int) {
      peer.read_request();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\none");
      paused.wait();
      if (more_bytes) peer.send("two");
    });
    Exchange::Hooks hooks;
    hooks.data = [](Exchange& exchange, std::string_view) {
      return exchange.so_far().body.size() == 3 ? Flow::pause : Flow::more;
    };
    Exchange exchange(loop, client, get(server.url()), hooks);
    exchange.wait_until([](const Answer& answer) { return answer.body == "one"; });
    paused.open();
    if (more_bytes) exchange.resume();
    const Answer answer = exchange.wait();
    check_failure(answer, TransportFailure::closed, Sent::maybe, "127.0.0.1");
    CHECK(answer.body == (more_bytes ? "onetwo" : "one"));
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "resume without a pause does nothing, and resume inside on_data doesn't undo the pause after it") {
  ScriptServer server([&](Peer& peer, int) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
  });
  Exchange::Hooks hooks;
  hooks.data = [](Exchange& exchange, std::string_view) {
    exchange.resume_here();
    return Flow::pause;
  };
  hooks.head = [](Exchange& exchange) { exchange.resume_here(); };
  Exchange exchange(loop, client, get(server.url()), hooks);
  exchange.wait_until([](const Answer& answer) { return answer.body == "body"; });
  CHECK(exchange.so_far().ends == 0);
  exchange.resume();
  exchange.resume();
  const Answer answer = exchange.wait();
  CHECK(answer.ends == 1);
  CHECK(answer.calls_inside == 0);
}

}  // namespace
}  // namespace signalr::test
