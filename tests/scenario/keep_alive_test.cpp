// Silence: when it is told, and when it means that the transport is lost.
#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

namespace {

/// Connected to a server that sends nothing by itself; negotiated with a keep-alive timeout of 20 s.
struct Silence : World {
  Silence() {
    options.events.on_connection_slow = [this] { story.emplace_back("slow"); };
    options.events.on_reconnecting = [this](const Error&, int attempt) {
      story.push_back("reconnecting " + std::to_string(attempt));
    };
    options.events.on_reconnected = [this](Duration) { story.emplace_back("reconnected"); };
    server.expect_connect().accept();
    pending = async_dial(server.origin(), Hubs{{"chat"}}, options,
                         [this](Result<Conn> result) { conn = std::move(result).value(); });
    settle();
    server.peer().send(R"({"C":"d-0","S":1,"M":[]})");
    settle();
    story.clear();
  }
  PendingDial pending;
  Conn conn;
};

}  // namespace

TEST_CASE("P#98 silence is told once after 13.3 s, and is a loss after 20 s") {
  Silence world;
  world.server.clock().advance(13s);
  CHECK(world.story.empty());
  world.server.clock().advance(500ms);
  CHECK(world.story == Story{"slow"});
  world.server.clock().advance(6400ms);
  CHECK(world.story == Story{"slow"});
  world.server.clock().advance(200ms);
  CHECK(world.story ==
        Story{"slow", "Connected -> Reconnecting", "reconnecting 1", "Reconnecting -> Connected", "reconnected"});
}

TEST_CASE("P#98 P#99 any frame ends a silence: keep-alives, results, messages") {
  for (const char* frame : {"{}", R"({"I":"77"})", R"({"C":"d-1","M":[]})", "not json"}) {
    CAPTURE(frame);
    Silence world;
    world.server.clock().advance(14s);
    CHECK(world.story == Story{"slow"});
    world.server.peer().send(frame);
    world.server.clock().advance(13s);
    CHECK(std::count(world.story.begin(), world.story.end(), "slow") == 1);
    world.server.clock().advance(1s);
    CHECK(std::count(world.story.begin(), world.story.end(), "slow") == 2);
    CHECK(std::count(world.story.begin(), world.story.end(), "reconnecting 1") == 0);
  }
}

TEST_CASE("P#17 P#100 without a KeepAliveTimeout silence means nothing") {
  server::ServerSettings settings;
  settings.keep_alive.reset();
  World world(settings);
  Conn conn = world.dial();
  world.story.clear();
  world.server.clock().advance(10min);
  CHECK(world.story.empty());
}

TEST_CASE("a connection with a live server stays up for a day without a word") {
  World world;
  Conn conn = world.dial();
  world.story.clear();
  world.server.clock().advance(24h);
  CHECK(world.story.empty());
  CHECK(conn.connection_state() == ConnectionState::connected);
}

TEST_CASE("the silence clock stands still while we ourselves don't read") {
  World world;
  world.options.limits.max_receive_queue_messages = 1;
  world.options.events.on_connection_slow = [&] { world.story.emplace_back("slow"); };
  Conn conn = world.dial();
  world.story.clear();
  world.server.broadcast("Chat", "one", "[]");
  world.server.clock().advance(1s);
  world.server.clock().advance(5min);
  CHECK(world.story.empty());
  CHECK(conn.read_message().messages().at(0).method == "one");
  world.server.clock().advance(5min);
  CHECK(world.story.empty());
}
