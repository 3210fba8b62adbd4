// When messages were, or may have been, lost: what on_gap is told (P§5.6).
#include "lossy.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("a restarted server is told as a possible gap") {
  Lossy world;
  Conn conn = world.connect();
  world.server.broadcast("Chat", "one", "[]");
  world.settle();
  world.server.app().restart();
  world.settle();
  world.server.broadcast("Chat", "two", "[]");
  world.settle();
  REQUIRE(world.gaps.size() == 1);
  CHECK(world.gaps[0].reason == Gap::Reason::other_server);
  CHECK_FALSE(world.gaps[0].certain);
}

TEST_CASE("a frame dropped here is a certain gap") {
  Lossy world;
  Conn conn = world.connect();
  world.server.peer().send("{broken");
  world.settle();
  REQUIRE(world.gaps.size() == 1);
  CHECK(world.gaps[0].reason == Gap::Reason::frame_dropped);
  CHECK(world.gaps[0].certain);
}

TEST_CASE("an on_gap that is set late knows the cursors that came before it") {
  Lossy world;
  world.options.events.on_gap = nullptr;
  Conn conn = world.connect();
  const auto say = [&](const std::string& cursor) {
    world.server.peer().send(R"({"C":"d-11111111-A,)" + cursor + R"(","M":[1]})");
    world.settle();
  };
  say("1");
  world.server.peer().cut();
  world.settle();
  REQUIRE(conn.connection_state() == ConnectionState::connected);
  for (const char* cursor : {"9", "10", "18", "20"}) say(cursor);  // more than fit into one frame, none lost
  conn.on_gap([&](const Gap& gap) { world.gaps.push_back(gap); });
  say("28");
  CHECK(world.gaps.empty());
  say("50");  // 40 further on
  REQUIRE(world.gaps.size() == 1);
  CHECK(world.gaps[0].certain);
  CHECK(world.gaps[0].count == 30);
}
