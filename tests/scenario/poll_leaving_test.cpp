// Leaving a server over long polling: it reads the abort in a poll, or not at all.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

struct Leaving : HttpWorld {
  explicit Leaving(server::ServerSettings settings = {}) : HttpWorld(TransportKind::long_polling, settings) {}
  std::size_t asked(const char* command) const { return server.requests(command).size(); }
  /// How the server took it, though it has time to take us for lost.
  std::string end_at_server() {
    server.clock().advance(2min);
    return to_string(server.app().events().back());
  }
  void check_left(const Conn& conn, std::size_t aborts = 1) {
    CHECK(conn.connection_state() == ConnectionState::disconnected);
    CHECK(story.back() == "closed");
    CHECK(asked("abort") == aborts);
    CHECK(server.network().open_connections() == 0);
  }
};

}  // namespace

TEST_CASE("P#110 close tells the server once; a poll that is under way is ended by that, and none follows") {
  Leaving world;
  Conn conn = world.connect();
  const std::size_t polls = world.asked("poll");
  conn.close();
  CHECK(world.server.clock().elapsed() == 0s);
  CHECK(world.asked("poll") == polls);
  world.check_left(conn);
  CHECK(world.end_at_server() == "disconnected stop");
}

TEST_CASE("P#110 close when no poll is under way: one follows the abort, so that the server knows that we left") {
  server::ServerSettings settings;
  SUBCASE("a poll was just answered") {}
  SUBCASE("the next one has to wait") { settings.long_poll_delay = 20s; }
  Leaving world(settings);
  Conn conn = world.connect();
  conn.on_error([](const Error& error) { FAIL_CHECK(error.what()); });
  bool closed = false;
  if (settings.long_poll_delay == 0s) {
    conn.async_read_message(
        [&](const Result<Message>&) { conn.async_close([&](Result<void> r) { closed = r.ok(); }); });
    world.server.network().set_latency(50ms);
    world.server.broadcast("Chat", "last", "[]");
    world.server.clock().advance(50ms);  // the answer is on its way; so is the abort when it has come
  } else {
    conn.async_close([&](Result<void> result) { closed = result.ok(); });
  }
  world.server.clock().advance(250ms);
  CHECK(closed);
  world.check_left(conn);
  CHECK(world.end_at_server() == "disconnected stop");
}

TEST_CASE("P#110 close when a poll's answer comes after the abort's, but was given before: one more poll follows") {
  Leaving world;
  Conn conn = world.connect();
  const std::size_t polls = world.asked("poll");
  bool closed = false;
  world.server.network().set_latency(50ms);
  world.server.broadcast("Chat", "last", "[]");
  world.settle();  // the answer is on its way
  world.server.network().set_latency(0ms);
  conn.async_close([&](Result<void> result) { closed = result.ok(); });
  world.settle();
  CHECK(world.asked("abort") == 1);
  CHECK_FALSE(closed);
  world.server.clock().advance(50ms);
  CHECK(closed);
  CHECK(world.asked("poll") == polls + 1);
  world.check_left(conn);
  CHECK(world.end_at_server() == "disconnected stop");
}

TEST_CASE("P#110 close while reconnecting: the abort is followed by a poll from the last cursor") {
  Leaving world;
  Conn conn = world.connect();
  world.server.peer().cut();
  world.settle();
  REQUIRE(conn.connection_state() == ConnectionState::reconnecting);
  const std::size_t polls = world.asked("poll");
  conn.close();
  CHECK(world.asked("poll") == polls + 1);
  CHECK(world.server.clock().elapsed() == 0s);
  world.check_left(conn);
  CHECK(world.end_at_server() == "disconnected stop");
}

TEST_CASE("P#44 P#110 a start that fails because its poll was lost leaves the server, too") {
  Leaving world;
  world.server.expect_start().hang();
  world.server.expect_poll().fail();
  const ErrorPtr error = world.dial_error();
  CHECK(dynamic_cast<const StartError*>(error.get()) != nullptr);
  CHECK(world.asked("poll") == 2);
  CHECK(world.asked("abort") == 1);
  CHECK(world.end_at_server() == "disconnected stop");
}

TEST_CASE("P#110 a server that ends no poll after the abort is waited for only shortly") {
  Leaving world;
  Conn conn = world.connect();
  SUBCASE("the one under way") { world.server.expect_abort().answer(200); }
  SUBCASE("the last one") {
    world.server.expect_abort().answer(200);
    world.server.expect_poll().hang();
    world.server.broadcast("Chat", "answers the poll", "[]");
    world.settle();
  }
  conn.close();
  CHECK(world.server.clock().elapsed() == 2s);
  world.check_left(conn);
}

TEST_CASE("P#110 where the abort can't be told no poll follows, nor is one waited for") {
  Leaving world;
  Conn conn = world.connect();
  SUBCASE("and one is under way") {}
  SUBCASE("and none is") {
    world.server.peer().cut();
    world.settle();
  }
  world.server.expect_abort().always().fail();
  const std::size_t polls = world.asked("poll");
  conn.close();
  CHECK(world.asked("poll") == polls);
  CHECK(world.server.clock().elapsed() == 0s);
  world.check_left(conn, 2);
}
