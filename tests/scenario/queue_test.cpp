// DialOptions::queue_while_reconnecting: what is written meanwhile waits, goes out in order, or fails unsent.
#include <signalr/client.hpp>

#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

namespace {

/// Connected; `lose` makes it reconnect for as long as the network refuses, which `heal` ends.
struct Queueing : World {
  Queueing() {
    options.queue_while_reconnecting = true;
    options.events.on_error = nullptr;
  }
  Conn connect() {
    Conn conn = dial();
    settle();
    story.clear();
    return conn;
  }
  void lose(Conn& conn) {
    server.network().fail_connections(TransportFailure::connect);
    server.peer().cut();
    settle();
    REQUIRE(conn.connection_state() == ConnectionState::reconnecting);
  }
  void heal() {
    server.network().heal();
    server.clock().advance(3s);
  }
  Conn::DoneHandler tell(const std::string& who) {
    return [this, who](Result<void> result) {
      const char* const how = result.ok()                                                ? " sent"
                              : find_cause<LimitError>(result.error()) != nullptr        ? " too many"
                              : find_cause<DeadlineError>(result.error()) != nullptr     ? " too late"
                              : find_cause<CanceledError>(result.error()) != nullptr     ? " canceled"
                              : find_cause<ReconnectingError>(result.error()) != nullptr ? " reconnecting"
                                                                                         : " failed";
      story.push_back(who + how);
    };
  }
};

}  // namespace

TEST_CASE("messages and calls made while reconnecting go out in order once connected again") {
  Queueing world;
  Conn conn = world.connect();
  Client chat("chat", conn);
  world.lose(conn);
  conn.async_send("one", world.tell("one"));
  Invocation echo = chat.invoke("Echo", 2);
  chat.notify("Echo", 3);
  conn.async_send("four", world.tell("four"));
  conn.on_reconnected([&](Duration) { conn.async_send("five", world.tell("five")); });
  world.settle();
  CHECK(world.server.received().empty());
  CHECK(conn.stats().send_queue_messages == 4);
  world.heal();
  CHECK(world.server.received() == Story{"one", R"({"H":"chat","M":"Echo","A":[2],"I":"1"})",
                                         R"({"H":"chat","M":"Echo","A":[3],"I":"2"})", "four", "five"});
  CHECK(echo.get<int>() == 2);
  CHECK(conn.stats().send_queue_messages == 0);
  CHECK(conn.stats().send_queue_bytes == 0);
}

TEST_CASE("P#109 what was under way when the transport was lost fails all the same, and is not sent again") {
  Queueing world;
  world.server.hub("Chat").on("Never", [](server::Call& call) { call.never(); });
  Conn conn = world.connect();
  Client chat("chat", conn);
  ErrorPtr error;
  chat.invoke("Never").then([&](Result<RawJson> answer) { error = answer.error_ptr(); });
  world.settle();
  world.lose(conn);
  REQUIRE(error != nullptr);
  CHECK(find_cause<ReconnectingError>(*error) != nullptr);
  world.heal();
  CHECK(world.server.received().size() == 1);
}

TEST_CASE("P#116 what waits is bounded by the send queue's limits") {
  Queueing world;
  world.options.limits.max_send_queue_messages = 2;
  Conn conn = world.connect();
  world.lose(conn);
  for (const char* text : {"one", "two", "three"}) conn.async_send(text, world.tell(text));
  world.settle();
  CHECK(world.story.back() == "three too many");
  world.heal();
  CHECK(world.server.received() == Story{"one", "two"});
}

TEST_CASE("P#109 what waits fails when reconnecting fails, before the events, and when the user closes") {
  SUBCASE("the window is over") {
    Queueing world;
    Conn conn = world.connect();
    Client chat("chat", conn);
    world.lose(conn);
    world.story.clear();
    conn.async_send("one", world.tell("one"));
    chat.invoke("Echo", 1).then([&](Result<RawJson> answer) {
      world.story.emplace_back(find_cause<ConnectError>(answer.error()) != nullptr ? "call failed" : "?");
    });
    world.server.clock().advance(1min);
    REQUIRE(world.story.size() == 4);
    CHECK(world.story[0] == "one too late");
    CHECK(world.story[1] == "call failed");
    CHECK(world.story[2] == "Reconnecting -> Disconnected");
    CHECK(conn.stats().send_queue_messages == 0);
  }
  SUBCASE("close") {
    Queueing world;
    Conn conn = world.connect();
    world.lose(conn);
    conn.async_send("one", world.tell("one"));
    world.server.network().heal();
    conn.close();
    CHECK(std::count(world.story.begin(), world.story.end(), "one failed") == 1);
    CHECK(world.server.received().empty());
  }
  SUBCASE("a restart") {
    Queueing world;
    world.options.restart.emplace();
    Conn conn = world.connect();
    world.lose(conn);
    conn.async_send("one", world.tell("one"));
    world.server.clock().advance(31s);
    CHECK(std::count(world.story.begin(), world.story.end(), "one too late") == 1);
    conn.async_send("two", world.tell("two"));  // a restart is another connection: nothing waits for it
    world.settle();
    CHECK(world.story.back() == "two too late");
    world.server.network().heal();
    world.server.clock().advance(1min);
    CHECK(conn.connection_state() == ConnectionState::connected);
    CHECK(world.server.received().empty());
  }
}

TEST_CASE("what is given up while it waits is not sent afterwards") {
  Queueing world;
  Conn conn = world.connect();
  Client chat("chat", conn);
  CancelSource cancel;
  world.lose(conn);
  conn.async_send("late", world.tell("late"), CallOptions{500ms});
  conn.async_send("canceled", world.tell("canceled"), CallOptions{{}, cancel.token()});
  chat.invoke(CallOptions{500ms}, "Echo", 1);
  Invocation canceled = chat.invoke("Echo", 2);
  conn.async_send("kept", world.tell("kept"));
  world.settle();
  cancel.cancel();
  canceled.cancel();
  world.server.clock().advance(1s);
  REQUIRE(conn.connection_state() == ConnectionState::reconnecting);
  world.heal();
  CHECK(world.server.received() == Story{"kept"});
  CHECK(conn.stats().send_queue_messages == 0);
  CHECK(conn.stats().send_queue_bytes == 0);
  CHECK(conn.stats().messages_sent == 1);
  CHECK(conn.stats().invocations_failed == 2);
}

TEST_CASE("without the option nothing waits") {
  Queueing world;
  world.options.queue_while_reconnecting = false;
  Conn conn = world.connect();
  world.lose(conn);
  conn.async_send("one", world.tell("one"));
  world.settle();
  CHECK(world.story.back() == "one reconnecting");
  world.heal();
  CHECK(world.server.received().empty());
}

TEST_CASE("what waits survives a second loss before it was sent") {
  Queueing world;
  Conn conn = world.connect();
  world.lose(conn);
  conn.async_send("one", world.tell("one"));
  world.server.clock().advance(10s);  // attempts fail
  world.heal();
  CHECK(world.server.received() == Story{"one"});
}
