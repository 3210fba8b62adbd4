// Requests that the network fails before or after they were sent: which are repeated, and which must not be.
#include <signalr/client.hpp>

#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

bool logged(const Story& log, const std::string& part) {
  return std::any_of(log.begin(), log.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("P#42 a request that finds its kept connection dead is sent again at once, whatever it asks for") {
  for (const TransportKind kind :
       {TransportKind::websockets, TransportKind::server_sent_events, TransportKind::long_polling}) {
    CAPTURE(to_string(kind));
    HttpWorld world(kind);
    world.server.network().kill_idle_connections(2);  // two in a row
    Conn conn = world.connect();
    world.server.network().kill_idle_connections();
    Client chat("chat", conn);
    CHECK(chat.invoke("Echo", 1).get<int>() == 1);
    world.server.network().kill_idle_connections();
    conn.close();
    CHECK(world.story == Story{"Connected -> Disconnected", "closed"});
    CHECK(world.server.clock().elapsed() < 1s);
    CHECK(server::to_string(world.server.app().events().back()) == "disconnected stop");
  }
}

TEST_CASE("a network whose connections are dead before anything is sent, again and again, fails the request") {
  HttpWorld world(TransportKind::server_sent_events);
  Conn conn = world.connect_raw();
  world.server.network().kill_idle_connections(1000);
  ErrorPtr error;
  conn.async_send("x", [&](Result<void> result) { error = result.error_ptr(); });
  world.settle();
  REQUIRE(error != nullptr);
  CHECK(find_cause<TransportError>(*error)->failure() == TransportFailure::closed);
  CHECK(world.server.requests("send").empty());
}

TEST_CASE("P#42 a message whose connection broke after it may have been sent is not sent again") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect_raw();
    world.server.expect_send().fail(TransportFailure::closed);
    bool failed = false;
    conn.async_send("x", [&](Result<void> result) { failed = !result.ok(); });
    world.settle();
    CHECK(failed);
    CHECK(world.server.requests("send").size() == 1);
  });
}

TEST_CASE("P#110 an abort that the network failed is made once more") {
  World world;
  Conn conn = world.dial();
  world.server.expect_abort().fail();
  conn.close();
  CHECK(world.server.requests("abort").size() == 2);
  CHECK(world.server.unmet().empty());
  CHECK(server::to_string(world.server.app().events().back()) == "disconnected stop");
  CHECK(logged(world.log, "the server could not be told that we leave: "));
  CHECK(world.story.back() == "closed");
}

TEST_CASE("P#110 an abort that failed twice, or was refused, is logged, and close is done") {
  for (const bool refused : {false, true}) {
    CAPTURE(refused);
    World world;
    Conn conn = world.dial();
    if (refused) {
      world.server.expect_abort().answer(403);
    } else {
      world.server.expect_abort().times(2).fail();
    }
    conn.close();
    CHECK(world.server.requests("abort").size() == (refused ? 1 : 2));
    CHECK(logged(world.log, "it will notice by its own timeout"));
    CHECK(world.errors.empty());
    CHECK(world.story.back() == "closed");
  }
}
