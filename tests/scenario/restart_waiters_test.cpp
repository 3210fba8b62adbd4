// A connection that is dialed anew: what becomes of everybody who uses it meanwhile, waits, closes or destroys it.
#include <optional>

#include <signalr/client.hpp>

#include "restarting.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("P#110 close in every phase of a restart ends it at once; the server is told once it may know us") {
  const auto close_in = [](const std::string& phase, std::size_t aborts) {
    CAPTURE(phase);
    Restarting world;
    Conn conn = world.connect();
    if (phase == "negotiate") world.server.expect_negotiate().hang();
    if (phase == "upgrade") world.server.expect_connect().hang();
    if (phase == "init") world.server.expect_connect().accept();
    if (phase == "start") world.server.expect_start().hang();
    if (phase == "abort of a failed start") {
      world.server.expect_start().answer(500);
      world.server.expect_abort().after(1s).serve();
    }
    world.end();
    if (phase != "pause") world.server.clock().advance(2s);
    CHECK(conn.connection_state() == (phase == "pause" ? ConnectionState::disconnected : ConnectionState::connecting));
    world.story.clear();
    conn.close();
    CHECK(world.story.back() == "closed");
    CHECK(world.server.requests("abort").size() == aborts);
    CHECK(world.server.network().open_connections() == 0);
    world.server.clock().advance(5min);  // the server forgets what it may know
    CHECK(world.server.clock().pending_timers() == 0);
    CHECK(world.count("closed") == 1);
    CHECK_THROWS_AS(conn.read_message(), ReadError);
  };
  close_in("pause", 0);
  close_in("negotiate", 0);
  close_in("upgrade", 1);
  close_in("init", 1);
  close_in("start", 1);
  close_in("abort of a failed start", 1);
}

TEST_CASE("P#114 a connection may be destroyed in every phase of a restart, and in its handlers") {
  for (const std::string phase :
       {"on_restarting", "pause", "negotiate", "upgrade", "start", "on_restarted", "on_gap"}) {
    CAPTURE(phase);
    Restarting world;
    std::optional<Conn> conn = world.connect();
    conn->async_read_message([](Result<Message>) { CHECK(false); });
    if (phase == "negotiate") world.server.expect_negotiate().hang();
    if (phase == "upgrade") world.server.expect_connect().hang();
    if (phase == "start") world.server.expect_start().hang();
    if (phase == "on_restarting") conn->on_restarting([&](const Error&, int, Duration) { conn.reset(); });
    if (phase == "on_restarted") conn->on_restarted([&](Duration) { conn.reset(); });
    if (phase == "on_gap") conn->on_gap([&](const Gap&) { conn.reset(); });
    world.settle();
    world.end();
    if (phase != "pause") world.server.clock().advance(2s);
    conn.reset();
    world.story.clear();
    world.settle();
    CHECK(world.server.network().open_connections() == 0);
    world.server.clock().advance(5min);
    CHECK(world.story.empty());
    CHECK(world.server.clock().pending_timers() == 0);
  }
}

TEST_CASE("P#49 on_restarted subscribes again: its call is the first, and messages come to the old handlers after it") {
  Restarting world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  const Subscription subscription = chat.on("tick", [&](int n) { world.story.push_back("tick " + std::to_string(n)); });
  CallbackStream stream = chat.callback("tock");
  world.server.hub("Chat").on("Subscribe", [&](server::Call& call) {
    call.result("true");
    world.server.broadcast("Chat", "tick", "[3]");
    world.server.broadcast("Chat", "tock", "[4]");
  });
  conn.on_restarted([&](Duration) {
    world.story.emplace_back("restarted");
    chat.invoke("Subscribe").then<bool>([&](Result<bool> subscribed) {
      world.story.emplace_back(subscribed.ok() && subscribed.value() ? "subscribed" : "failed");
    });
  });
  world.settle();
  world.server.expect_start().after(1s).serve();
  world.story.clear();
  world.end();
  world.server.clock().advance(2s);
  REQUIRE(conn.connection_state() == ConnectionState::connecting);
  world.server.broadcast("Chat", "tick", "[1]");
  world.server.broadcast("Chat", "tick", "[2]");
  world.server.clock().advance(1s);
  REQUIRE(world.story.size() > 4);
  world.story.erase(world.story.begin(), world.story.begin() + 2);
  CHECK(world.story == Story{"Disconnected -> Connecting", "Connecting -> Connected", "restarted",
                             "possible gap: restarted", "tick 1", "tick 2", "subscribed", "tick 3"});
  int tock = 0;
  stream.read(tock);
  CHECK(tock == 4);
  CHECK(world.server.received().back() == R"({"H":"chat","M":"Subscribe","A":[],"I":"1"})");
}

TEST_CASE("P#49 reads wait through a restart, in order: what was left of the old connection, then the new one's") {
  Restarting world;
  Conn conn = world.connect();
  world.server.broadcast("Chat", "old", "[]");
  world.settle();
  world.server.expect_start().after(1s).serve();
  world.end();
  for (int i = 0; i < 3; ++i) {
    conn.async_read_message([&](Result<Message> message) {
      world.story.push_back(message.ok() ? std::string(message.value().messages().at(0).method) : "read failed");
    });
  }
  world.server.clock().advance(2s);
  REQUIRE(conn.connection_state() == ConnectionState::connecting);
  world.server.broadcast("Chat", "early", "[]");
  world.server.clock().advance(1s);
  world.server.broadcast("Chat", "new", "[]");
  world.settle();
  CHECK(world.story == Story{"Connected -> Disconnected", "restarting 1 in 2000 ms", "old",
                             "Disconnected -> Connecting", "Connecting -> Connected", "restarted after 3000 ms",
                             "possible gap: restarted", "early", "new"});
}

TEST_CASE("what came over a new connection that never became Connected is not handed on") {
  Restarting world;
  Conn conn = world.connect();
  world.server.expect_connect().accept();
  world.end();
  world.server.clock().advance(2s);
  world.server.peer().send(R"({"C":"d-1-A,1","S":1,"M":[{"H":"Chat","M":"never","A":[]}]})");
  world.server.expect_start().after(1s).answer(500);
  world.settle();
  CHECK(conn.stats().receive_queue_messages == 1);
  world.server.clock().advance(10s);
  REQUIRE(conn.connection_state() == ConnectionState::connected);
  CHECK(conn.stats().receive_queue_messages == 0);
  CHECK(conn.stats().receive_queue_bytes == 0);
  world.server.broadcast("Chat", "new", "[]");
  CHECK(conn.read_message().messages().at(0).method == "new");
}

TEST_CASE("P#109 calls and writes fail when the connection is over, before the events, and say that it restarts") {
  Restarting world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  world.server.hub("Chat").on("Never", [](server::Call& call) { call.never(); });
  world.settle();
  world.story.clear();
  const auto tell = [&](const char* who) {
    return [&world, who](Result<RawJson> answer) {
      world.story.push_back(std::string(who) + (answer.ok()                                              ? " ok"
                                                : find_cause<RestartingError>(answer.error()) != nullptr ? " restarting"
                                                                                                         : " failed"));
    };
  };
  chat.invoke("Never").then(tell("under way:"));
  world.settle();
  world.end();
  chat.invoke("Echo", 1).then(tell("in the pause:"));
  world.settle();
  CHECK(world.story == Story{"under way: restarting", "Connected -> Disconnected", "restarting 1 in 2000 ms",
                             "in the pause: restarting"});
  CHECK_THROWS_AS(chat.notify("Echo", 1), WriteError);
  world.server.clock().advance(2s);
  CHECK(chat.invoke("Echo", 7).get<int>() == 7);
  const ConnStats stats = conn.stats();
  CHECK(stats.invocations_started == 3);
  CHECK(stats.invocations_succeeded == 1);
  CHECK(stats.invocations_failed == 2);
}

TEST_CASE("P#95 ids go on after a restart") {
  Restarting world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  CHECK(chat.invoke("Echo", 1).id() == "1");
  world.settle();
  world.end();
  world.server.clock().advance(2s);
  CHECK(chat.invoke("Echo", 1).id() == "2");
}

TEST_CASE("run waits through restarts and ends with the connection") {
  Restarting world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  int ends = 0;
  chat.async_run([&](Result<void> end) {
    CHECK(end.ok());
    ++ends;
  });
  world.settle();
  world.end();
  world.server.clock().advance(1min);
  CHECK(conn.stats().restarts == 1);
  CHECK(ends == 0);
  conn.close();
  CHECK(ends == 1);
}

TEST_CASE("P#113 frames of the old connection that arrive after its end are ignored") {
  Restarting world;
  Conn conn = world.connect();
  world.server.peer().send(R"({"E":"over"})");
  world.server.peer().send(R"({"C":"d-1-A,9","M":[{"H":"Chat","M":"stray","A":[]}]})");
  world.settle();
  CHECK(conn.state().message_id.empty());
  world.server.clock().advance(2s);
  REQUIRE(conn.connection_state() == ConnectionState::connected);
  CHECK(conn.state().message_id != "d-1-A,9");
  world.server.broadcast("Chat", "new", "[]");
  CHECK(conn.read_message().messages().at(0).method == "new");
}

TEST_CASE("cursors of the new connection are not compared with those of the old one") {
  Restarting world;
  Conn conn = world.connect();
  world.server.broadcast("Chat", "n", "[]");
  world.settle();
  world.end();
  world.server.app().restart();
  world.server.clock().advance(2s);
  world.server.broadcast("Chat", "n", "[]");
  world.settle();
  CHECK(world.count("possible gap: restarted") == 1);
  CHECK(std::count_if(world.story.begin(), world.story.end(),
                      [](const std::string& line) { return line.find("gap") != std::string::npos; }) == 1);
}

TEST_CASE("a connection restarts as often as it ends, and leaves nothing behind") {
  Restarting world;
  Conn conn = world.connect();
  for (int i = 0; i < 50; ++i) {
    world.server.clock().advance(2min);
    world.end();
  }
  world.server.clock().advance(2min);
  CHECK(conn.stats().restarts == 50);
  CHECK(world.server.network().open_connections() == 1);
  conn.close();
  CHECK(world.server.network().open_connections() == 0);
}
