// The answers to messages over server-sent events and long polling: they bring the results of calls, or errors.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("P#96 a call's result comes in the answer to its request") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    Client chat("chat", conn);
    CHECK(chat.invoke("Echo", 7).get<int>() == 7);
    CHECK_THROWS_AS((void)chat.invoke("NoSuchMethod").get<int>(), InvocationError);
    CHECK_NOTHROW(chat.invoke("NoSuchMethod").exec());  // it was sent, as over WebSockets
  });
}

TEST_CASE("P#96 a call that is answered with nothing fails, at once, and the connection stays") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    Client chat("chat", conn);
    world.server.expect_send().answer(200, "");
    Invocation call = chat.invoke("Echo", 7);
    CHECK_THROWS_AS((void)call.get<int>(), InvocationError);
    CHECK(world.server.clock().elapsed() == 0s);
    CHECK(chat.invoke("Echo", 8).get<int>() == 8);
  });
}

TEST_CASE("P#96 a call that is answered with 500 fails alone: its caller is told, the connection stays") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    Client chat("chat", conn);
    world.server.expect_send().answer(500);
    Invocation failing = chat.invoke("Echo", 1);
    Invocation fine = chat.invoke("Echo", 2);
    CHECK(fine.get<int>() == 2);
    try {
      (void)failing.get<int>();
      FAIL("the call succeeded");
    } catch (const Error& error) {
      CHECK(find_cause<HttpStatusError>(error)->status() == 500);
    }
    CHECK(world.errors.empty());
    CHECK(conn.connection_state() == ConnectionState::connected);
  });
}

TEST_CASE("a message that the server refuses is a WriteError with the status") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    world.server.expect_send().answer(404, "gone");
    try {
      conn.send("x");
      FAIL("sent");
    } catch (const WriteError& error) {
      CHECK(find_cause<HttpStatusError>(error)->status() == 404);
      CHECK(error.server_text() == "gone");
    }
    CHECK(conn.connection_state() == ConnectionState::connected);
  });
}

TEST_CASE("an answer to a message that is neither empty nor a result is an error of that message") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    for (const char* body : {"<html>", "[1]", R"({"C":"d-evil","M":[1]})", "{\"I\":"}) {
      CAPTURE(body);
      world.server.expect_send().answer(body);
      CHECK_THROWS_AS(conn.send("x"), WriteError);
    }
    CHECK(conn.state().message_id != "d-evil");
    CHECK(conn.connection_state() == ConnectionState::connected);
  });
}

TEST_CASE("P#140 a message refused because the user changed ends the connection") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    world.server.expect_send().answer(
        403, "Unrecognized user identity. The user identity cannot change during an active SignalR connection.");
    CHECK_THROWS_AS(conn.send("x"), WriteError);
    CHECK(conn.connection_state() == ConnectionState::disconnected);
    CHECK(world.server.requests("abort").empty());
  });
}

TEST_CASE("answers need room in the receive queue: without it no message goes out") {
  over_both([](HttpWorld& world) {
    world.options.limits.max_receive_queue_messages = 2;
    Conn conn = world.connect();
    for (int i = 0; i < 6; ++i) conn.async_write_message(call(std::to_string(i), "Echo", {"1"}), [](Result<void>) {});
    world.server.clock().advance(1s);
    CHECK(world.server.requests("send").size() == 2);
    Story ids;
    for (int i = 0; i < 6; ++i) ids.emplace_back(conn.read_message(CallOptions{1s}).invocation_id());
    CHECK(ids == Story{"0", "1", "2", "3", "4", "5"});
  });
}
