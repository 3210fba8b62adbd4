// Frames that wait for their turn behind slow handlers, while the connection ends or nobody takes more.
#include "busy_world.hpp"
#include "streaming.hpp"

using namespace scenario;

namespace {

/// A frame with a call of "work" for each name; its cursor is the first one.
std::string frame_with(std::initializer_list<std::string> names) {
  std::string calls;
  for (const std::string& name : names) {
    calls += (calls.empty() ? "" : ",") + (R"({"H":"chat","M":"work","A":[")" + name + R"("]})");
  }
  return R"({"C":")" + *names.begin() + R"(","M":[)" + calls + "]}";
}

}  // namespace

TEST_CASE("a connection that is closed while its last messages wait stays closed, also with restart") {
  BusyWorld world;
  world.options.restart.emplace();
  Conn conn = world.connect();
  Client client("chat", conn);
  int calls = 0;
  const Subscription work = client.on("work", [&](const std::string& name) {
    world.story.push_back(name);
    world.executor->sleep(100ms);
    if (++calls == 2) conn.async_close([](const Result<void>&) {});
  });
  for (const char* name : {"a", "b", "c"}) world.server.peer().send(frame_with({name}));
  world.server.peer().send(R"({"E":"over"})");
  REQUIRE(world.until([&] { return !world.story.empty() && world.story.back() == "closed"; }));
  world.clock->advance(1h);
  CHECK(world.story == Story{"a", "b", "Disconnected", "closed"});
  CHECK(conn.connection_state() == ConnectionState::disconnected);
}

TEST_CASE("an answer that came is told though a stream in front of it wants no more") {
  over_all([](BusyWorld& world) {
    Conn conn = world.connect();
    Client client("chat", conn);
    StreamOptions full;
    full.capacity = 2;
    full.overflow = OverflowPolicy::push_back;
    const CallbackStream stream = client.callback("tick", full);
    const Subscription work = world.slow(client, 10ms);
    world.server.hub("Chat").on("Mixed", [&](server::Call& call) {
      world.work("a");
      for (int i = 0; i < 3; ++i) world.server.broadcast("Chat", "tick", "[" + std::to_string(i) + "]");
      call.result("1");
    });
    world.tell(client.invoke(CallOptions{5s}, "Mixed"), "mixed");
    CHECK(world.until([&] { return world.story.size() == 2; }));
    CHECK(world.story == Story{"a", "mixed = 1"});
  });
}

TEST_CASE("a stream that pushed back until its life was over lets the connection go on") {
  Streaming world;
  StreamOptions options;
  options.capacity = 1;
  options.overflow = OverflowPolicy::push_back;
  const CallbackStream stream = world.chat.callback("tick", options, CallOptions{10s});
  world.settle();
  world.tell(0, 5);
  Invocation call = world.chat.invoke("Echo", 1);
  world.server.clock().advance(11s);
  CHECK(call.done());
}

TEST_CASE("a handler that destroys the connection while it is being closed is the last thing called") {
  BusyWorld world;
  bool gone = false;
  int asked_afterwards = 0;
  world.options.access_token = [&] {
    if (gone) ++asked_afterwards;
    return std::string("token");
  };
  auto conn = std::make_unique<Conn>(world.connect());
  Client client("chat", *conn);
  const Subscription work = world.slow(client, 100ms);
  world.server.hub("Chat").on("Mixed", [&](server::Call& call) {
    world.work("a");
    world.work("b");
    call.result("1");
  });
  client.invoke("Mixed").then([&](const Result<RawJson>&) {
    conn.reset();
    gone = true;
  });
  REQUIRE(world.until([&] { return !world.story.empty(); }));
  if (conn != nullptr) conn->async_close([](const Result<void>&) {});
  world.clock->advance(1min);
  CHECK(gone);
  CHECK(asked_afterwards == 0);
}

TEST_CASE("a frame that waits in the memory of one before it is read anew") {
  BusyWorld world;
  Conn conn = world.connect();
  Client client("chat", conn);
  const Subscription work = world.slow(client, 100ms);
  auto peer = world.server.peer();
  peer.send(frame_with({"a"})).send(frame_with({"b"}));
  REQUIRE(world.until([&] { return world.story.size() == 2; }));
  world.clock->advance(1s);
  peer.send(frame_with({"c"})).send(frame_with({"d", "e"}));
  CHECK(world.until([&] { return world.story.size() == 5; }));
  CHECK(world.story == Story{"a", "b", "c", "d", "e"});
}

TEST_CASE("a frame that waits in the memory of an answer told at a loss is read anew") {
  BusyWorld world;
  Conn conn = world.connect();
  Client client("chat", conn);
  const Subscription work = world.slow(client, 100ms);
  world.work("a");
  world.tell(client.invoke("Echo", 1), "echo");
  REQUIRE(world.until([&] { return conn.stats().receive_queue_messages == 1; }));
  world.network.cut_all();
  REQUIRE(world.until([&] { return world.story.back() == "Connected"; }));
  world.clock->advance(1s);
  world.story.clear();
  world.server.peer().send(frame_with({"b"})).send(frame_with({"c", "d"}));
  CHECK(world.until([&] { return world.story.size() == 3; }));
  CHECK(world.story == Story{"b", "c", "d"});
}

TEST_CASE("what came before the first consumer is handed on in order, the gap between it as well") {
  BusyWorld world;
  Conn busy = world.connect();
  Client busy_client("chat", busy);
  const Subscription slow = world.slow(busy_client, 100ms);
  auto busy_peer = world.server.peer();
  Conn conn = world.connect();
  auto peer = world.server.peer();
  peer.send(frame_with({"a"}));
  world.clock->run_ready();
  busy_peer.send(frame_with({"busy"}));
  peer.send(R"({"C":"x","M":5})").send(frame_with({"b"}));
  REQUIRE(world.until([&] { return conn.stats().receive_queue_messages == 3; }));
  Client client("chat", conn);
  const Subscription work = world.slow(client, 0ms);
  world.clock->advance(1s);
  CHECK(world.story == Story{"busy", "a", "gap", "b"});
}
