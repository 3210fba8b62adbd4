// Handlers that take their time: whom they keep waiting, and whom not.
#include <deque>

#include "busy_world.hpp"

using namespace scenario;

namespace {

std::string frame_with(const std::string& name) {
  return R"({"C":")" + name + R"(","M":[{"H":"chat","M":"work","A":[")" + name + R"("]}]})";
}

}  // namespace

TEST_CASE("slow handlers keep another connection's deadline waiting for one of them, not for all") {
  over_all([](BusyWorld& world) {
    Conn busy = world.connect();
    Client busy_client("chat", busy);
    const Subscription work = world.slow(busy_client, 100ms);
    Conn other = world.connect();
    Client client("chat", other);
    for (int i = 0; i < 100; ++i) world.work("tick");
    const long begun = world.ms();
    long ended = 0;
    client.invoke(CallOptions{1s}, "Never").then([&](const Result<RawJson>& answer) {
      CHECK_FALSE(answer.ok());
      ended = world.ms();
    });
    REQUIRE(world.until([&] { return ended != 0; }));
    CHECK(ended - begun >= 1000);
    CHECK(ended - begun <= 1110);
    CHECK(world.until([&] { return world.story.size() == 100; }));
  });
}

TEST_CASE("on one connection an answer that came in time isn't missed behind slow handlers") {
  over_all([](BusyWorld& world) {
    Conn conn = world.connect();
    Client client("chat", conn);
    const Subscription work = world.slow(client, 3s);
    for (int i = 0; i < 8; ++i) world.work("tick");
    world.tell(client.invoke(CallOptions{4s}, "Echo", 1), "echo");
    const long begun = world.ms();
    long ended = 0;
    client.invoke(CallOptions{1s}, "Never").then([&](const Result<RawJson>&) { ended = world.ms(); });
    REQUIRE(world.until([&] { return ended != 0; }));
    CHECK(ended - begun <= 4010);  // one handler late
    REQUIRE(world.until([&] { return world.story.size() == 9; }));
    CHECK(std::count(world.story.begin(), world.story.end(), "echo = 1") == 1);
  });
}

TEST_CASE("calls and answers are told in the order in which they came") {
  over_all([](BusyWorld& world) {
    Conn conn = world.connect();
    Client client("chat", conn);
    const Subscription work = world.slow(client, 100ms);
    world.server.hub("Chat").on("Mixed", [&](server::Call& call) {
      world.work("a");
      world.work("b");
      call.result("1");
      world.work("c");
    });
    world.tell(client.invoke("Mixed"), "mixed");
    REQUIRE(world.until([&] { return world.story.size() == 4; }));
    if (world.options.transports.front() == TransportKind::websockets) {
      CHECK(world.story == Story{"a", "b", "mixed = 1", "c"});
    } else {  // where answers come by requests of their own
      Story calls;
      for (const std::string& line : world.story) {
        if (line.size() == 1) calls.push_back(line);
      }
      CHECK(calls == Story{"a", "b", "c"});
    }
  });
}

TEST_CASE("keep-alives that came while a handler ran are seen before silence is judged") {
  for (const TransportKind kind : {TransportKind::websockets, TransportKind::server_sent_events}) {
    BusyWorld world(kind);
    world.options.events.on_connection_slow = [&] { world.story.emplace_back("slow"); };
    Conn conn = world.connect();
    Client client("chat", conn);
    const Subscription work = world.slow(client, 25s);  // the keep-alive timeout is 20 s
    world.work("a");
    world.clock->advance(5s);
    CHECK(world.story == Story{"a"});
    world.work("b");
    world.clock->advance(5s);
    CHECK(world.story == Story{"a", "b"});
  }
}

TEST_CASE("a handler that runs for longer than the server remembers the connection is no sleep") {
  BusyWorld world;
  Conn conn = world.connect();
  Client client("chat", conn);
  const Subscription work = world.slow(client, 2min);
  world.work("a");
  world.clock->advance(5s);
  CHECK(world.story == Story{"a"});
}

TEST_CASE("a frame with many calls is left in the middle: the others have their turn in between") {
  over_all([](BusyWorld& world) {
    Conn busy = world.connect();
    Client busy_client("chat", busy);
    const Subscription work = world.slow(busy_client, 100ms);
    Conn other = world.connect();
    Client client("chat", other);
    std::vector<long> pongs;
    const Subscription pong = client.on("pong", [&] { pongs.push_back(world.ms()); });
    for (int i = 0; i < 10; ++i) world.work(std::to_string(i));  // one frame over the others
    const long begun = world.ms();
    world.executor->schedule(world.executor->now() + 150ms, [&] { world.server.broadcast("Chat", "pong", "[]"); });
    long judged = 0;
    client.invoke(CallOptions{250ms}, "Never").then([&](const Result<RawJson>&) { judged = world.ms(); });
    REQUIRE(world.until([&] { return world.story.size() == 10 && pongs.size() == 1 && judged != 0; }));
    CHECK(pongs[0] - begun <= 400);
    CHECK(judged - begun <= 400);
    CHECK(world.story == Story{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  });
}

TEST_CASE("a hundred slow connections don't add up: a quick one and its deadlines wait for one handler") {
  BusyWorld world;
  std::deque<Conn> conns;
  std::deque<Client> clients;
  std::deque<Subscription> subscriptions;
  for (int i = 0; i < 100; ++i) {
    conns.push_back(world.connect());
    clients.emplace_back("chat", conns.back());
    subscriptions.push_back(world.slow(clients.back(), 100ms));
  }
  Conn quick = world.connect();
  Client client("chat", quick);
  world.work("a");
  REQUIRE(world.until([&] { return world.story.size() == 100; }));
  world.clock->advance(1s);
  world.work("b");  // now it is known who is slow
  const long begun = world.ms();
  long answered = 0;
  long judged = 0;
  client.invoke("Echo", 1).then([&](const Result<RawJson>&) { answered = world.ms(); });
  client.invoke(CallOptions{1s}, "Never").then([&](const Result<RawJson>&) { judged = world.ms(); });
  REQUIRE(world.until([&] { return world.story.size() == 200 && answered != 0 && judged != 0; }));
  CHECK(answered - begun <= 210);
  CHECK(judged - begun <= 1110);
}

TEST_CASE("P#109 a transport is lost while handlers are behind: answered calls are told before, calls come after") {
  over_all([](BusyWorld& world) {
    Conn conn = world.connect();
    Client client("chat", conn);
    const Subscription work = world.slow(client, 100ms);
    for (const char* name : {"a", "b", "c"}) world.work(name);
    world.tell(client.invoke("Echo", 1), "echo");
    world.tell(client.invoke("Never"), "never");
    REQUIRE(world.until([&] { return world.story.size() == 1; }));
    while (world.clock->poll_one() && world.story.size() < 2) {
    }
    world.network.cut_all();
    REQUIRE(world.until([&] { return !world.story.empty() && world.story.back() == "Connected"; }));
    world.clock->advance(1s);
    const auto place = [&](const char* line) {
      return std::find(world.story.begin(), world.story.end(), line) - world.story.begin();
    };
    CHECK(place("a") < place("b"));
    CHECK(place("b") < place("c"));
    CHECK(place("never failed") < place("Reconnecting"));
    CHECK(place("c") < static_cast<long>(world.story.size()));
    CHECK(std::count(world.story.begin(), world.story.end(), "c") == 1);
  });
}

TEST_CASE("P#112 close while handlers are behind: what was answered is told, no call comes any more") {
  over_all([](BusyWorld& world) {
    Conn conn = world.connect();
    Client client("chat", conn);
    const Subscription work = world.slow(client, 100ms);
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) world.work(name);
    REQUIRE(world.until([&] { return world.story.size() == 2; }));
    bool closed = false;
    conn.async_close([&](const Result<void>&) { closed = true; });
    world.until([&] { return closed; });
    world.clock->advance(1min);
    const auto end = std::find(world.story.begin(), world.story.end(), "Disconnected");
    CHECK(end - world.story.begin() <= 4);
    CHECK(Story(end, world.story.end()) == Story{"Disconnected", "closed"});
  });
}

TEST_CASE("the server ends the connection while handlers are behind: what came before is handed on first") {
  BusyWorld world;
  Conn conn = world.connect();
  Client client("chat", conn);
  const Subscription work = world.slow(client, 100ms);
  for (const char* name : {"a", "b", "c"}) world.server.peer().send(frame_with(name));
  world.server.peer().send(R"({"E":"over"})");
  world.until([&] { return !world.story.empty() && world.story.back() == "closed"; });
  CHECK(world.story == Story{"a", "b", "c", "Disconnected", "closed"});
}

TEST_CASE("a restart while handlers are behind comes after the frames of the old connection") {
  BusyWorld world;
  world.options.restart.emplace();
  world.options.events.on_restarting = [&](const Error&, int, Duration) { world.story.emplace_back("restarting"); };
  world.options.events.on_restarted = [&](Duration) {
    world.story.emplace_back("restarted");
    world.work("new");
  };
  Conn conn = world.connect();
  Client client("chat", conn);
  const Subscription work = world.slow(client, 100ms);
  for (const char* name : {"a", "b", "c"}) world.server.peer().send(frame_with(name));
  world.server.peer().send(R"({"E":"over"})");
  REQUIRE(world.until([&] { return !world.story.empty() && world.story.back() == "new"; }));
  CHECK(world.story ==
        Story{"a", "b", "c", "Disconnected", "restarting", "Connecting", "Connected", "restarted", "gap", "new"});
}

TEST_CASE("a full backlog stops reading and loses nothing") {
  over_all([](BusyWorld& world) {
    world.options.limits.max_receive_queue_messages = 3;
    Conn conn = world.connect();
    Client client("chat", conn);
    const Subscription work = world.slow(client, 100ms);
    Story expected;
    std::size_t most = 0;
    for (int i = 0; i < 40; ++i) {
      expected.push_back(std::to_string(i));
      world.work(expected.back());
    }
    REQUIRE(world.until([&] {
      most = std::max(most, conn.stats().receive_queue_messages);
      return world.story.size() == 40;
    }));
    CHECK(world.story == expected);
    CHECK(most <= 3);
    CHECK(conn.stats().receive_queue_messages == 0);
    world.clock->advance(1min);
    CHECK(conn.connection_state() == ConnectionState::connected);
  });
}

TEST_CASE("a gap is told in its place, also when handlers are behind") {
  BusyWorld world;
  Conn conn = world.connect();
  Client client("chat", conn);
  const Subscription work = world.slow(client, 100ms);
  auto peer = world.server.peer();
  peer.send(frame_with("a")).send(frame_with("b")).send(R"({"C":"x","M":5})").send(frame_with("c"));
  REQUIRE(world.until([&] { return !world.story.empty() && world.story.back() == "c"; }));
  CHECK(world.story == Story{"a", "b", "gap", "c"});
}

TEST_CASE("reads with slow handlers take turns like everything else") {
  over_all([](BusyWorld& world) {
    Conn busy = world.connect();
    std::function<void()> read_on = [&] {
      busy.async_read_message([&](Result<Message> message) {
        if (!message.ok()) return;
        world.story.emplace_back("read");
        world.executor->sleep(100ms);
        read_on();
      });
    };
    read_on();
    Conn other = world.connect();
    Client client("chat", other);
    for (int i = 0; i < 15; ++i) world.work("x");
    const long begun = world.ms();
    long judged = 0;
    client.invoke(CallOptions{500ms}, "Never").then([&](const Result<RawJson>&) { judged = world.ms(); });
    REQUIRE(world.until([&] { return judged != 0; }));
    CHECK(judged - begun <= 610);
    world.clock->advance(1s);
    CHECK(busy.stats().receive_queue_messages == 0);
    busy.async_close([](const Result<void>&) {});
    world.clock->advance(1s);
  });
}

TEST_CASE("a stream that pushes back holds its bound while handlers are behind") {
  over_all([](BusyWorld& world) {
    Conn conn = world.connect();
    Client client("chat", conn);
    const Subscription work = world.slow(client, 100ms);
    StreamOptions options;
    options.capacity = 2;
    options.overflow = OverflowPolicy::push_back;
    CallbackStream stream = client.callback("number", options);
    world.work("a");
    for (int i = 0; i < 30; ++i) {
      world.server.broadcast("Chat", "number", "[" + std::to_string(i) + "]");
      world.server.broadcast("Chat", "work", "[\"w\"]");
    }
    world.clock->advance(1s);
    for (int i = 0; i < 30; ++i) {
      int number = -1;
      stream.read(number);
      CHECK(number == i);
    }
    world.clock->advance(10s);
    CHECK(world.story.size() == 31);
  });
}

TEST_CASE("a connection destroyed in a handler while others wait calls nobody afterwards") {
  over_all([](BusyWorld& world) {
    auto conn = std::make_unique<Conn>(world.connect());
    Client client("chat", *conn);
    int calls = 0;
    const Subscription work = client.on("work", [&](const std::string&) {
      world.executor->sleep(100ms);
      if (++calls == 2) conn.reset();
    });
    for (const char* name : {"a", "b", "c", "d"}) world.work(name);
    world.clock->advance(1min);
    CHECK(calls == 2);
    CHECK(world.clock->pending_tasks() == 0);
  });
}
