// A SignalR session over WebSockets, frame by frame as recorded from the real server.
#include "hub_world.hpp"

using namespace memory_test;

TEST_CASE("connect gives the init frame, start answers, abort closes with 1000") {
  HubWorld world;
  Dialed socket = world.open();
  CHECK(socket.ear().texts == Lines{R"({"C":"d-5EED0001-A,0|B,0|C,1","S":1,"M":[]})"});
  CHECK(life(world.server).empty());
  CHECK(world.client.request("start", "webSockets")->body == R"({ "Response": "started" })");
  CHECK(life(world.server) == Lines{"connected webSockets"});
  const Request abort = world.client.request("abort", "webSockets");
  CHECK(abort->status == 200);
  CHECK(abort->body.empty());
  CHECK(*abort->headers.find("Content-Type") == "text/plain");
  CHECK(socket.ear().log.back() == "end closed 1000");
  CHECK(life(world.server) == Lines{"connected webSockets", "disconnected stop"});
  CHECK(world.server.app().connections().empty());
  CHECK(world.server.clock().pending_timers() == 0);
}

TEST_CASE("/start is not idempotent: each raises OnConnected") {
  HubWorld world;
  Dialed socket = world.open();
  world.client.request("start", "webSockets");
  world.client.request("start", "webSockets");
  CHECK(life(world.server).size() == 2);
}

TEST_CASE("groups: a token with each change, messages in between") {
  HubWorld world;
  Dialed socket = world.open();
  const Lines joined = world.invoke(socket, "JoinGroup");
  REQUIRE(joined.size() == 2);
  const std::string token = member(joined[0], "G");
  CHECK(joined[0] == R"({"C":"d-5EED0001-A,0|B,0|C,2|D,0","G":")" + token + R"(","M":[]})");
  CHECK(joined[1] == R"({"I":"0"})");

  socket.ear().texts.clear();
  world.server.app().send_to_group("G1", "testHub", "groupMsg", R"(["g1"])");
  world.server.app().send_to_group("g2", "TestHub", "groupMsg", R"(["g2"])");
  world.server.clock().run_ready();
  CHECK(socket.ear().texts ==
        Lines{R"({"C":"d-5EED0001-A,0|B,0|C,2|D,1","M":[{"H":"TestHub","M":"groupMsg","A":["g1"]}]})"});

  const Lines left = world.invoke(socket, "LeaveGroup");
  REQUIRE(left.size() == 2);
  CHECK(left[0].substr(0, 34) == R"({"C":"d-5EED0001-A,0|B,0|C,3","G":)");
  CHECK(member(left[0], "G") != token);
  socket.ear().texts.clear();
  world.server.app().send_to_group("g1", "TestHub", "groupMsg", "[]");
  world.server.clock().run_ready();
  CHECK(socket.ear().texts.empty());
}

TEST_CASE("a message to a group in the task of the join is not lost") {
  HubWorld world;
  Dialed socket = world.open();
  socket.ear().texts.clear();
  const std::string id = world.server.app().connections().at(0);
  world.server.app().join(id, "TestHub", "g1");
  world.server.app().send_to_group("g1", "TestHub", "groupMsg", "[1]");
  world.server.clock().run_ready();
  REQUIRE(socket.ear().texts.size() == 1);
  CHECK(socket.ear().texts[0].find(R"("M":[{"H":"TestHub","M":"groupMsg","A":[1]}])") != std::string::npos);
}

TEST_CASE("at most ten messages a frame") {
  HubWorld world;
  Dialed socket = world.open();
  socket.ear().texts.clear();
  for (int i = 0; i < 25; ++i) world.server.broadcast("TestHub", "n", '[' + std::to_string(i) + ']');
  world.server.clock().run_ready();
  REQUIRE(socket.ear().texts.size() == 3);
  CHECK(member(socket.ear().texts[0], "C") == "d-5EED0001-A,A|B,0|C,1");
  CHECK(member(socket.ear().texts[1], "C") == "d-5EED0001-A,14|B,0|C,1");
  CHECK(member(socket.ear().texts[2], "C") == "d-5EED0001-A,19|B,0|C,1");
  CHECK(socket.ear().texts[2].find(R"("A":[20]},)") != std::string::npos);
}

TEST_CASE("a binary message or one over 64 KiB cuts the connection without a close frame") {
  for (const bool binary : {true, false}) {
    HubWorld world;
    Dialed socket = world.open();
    socket.conn().write(binary ? MessageType::binary : MessageType::text, std::string(binary ? 1 : 65537, ' '));
    world.server.clock().run_ready();
    CHECK(socket.ear().log.back() == "end closed 1006");
  }
  HubWorld world;
  Dialed socket = world.open();
  CHECK(world.say(socket, std::string(65536, ' ')).empty());
  CHECK_FALSE(socket.ear().end.has_value());
}

TEST_CASE("the keep-alive is a frame {} for every open connection") {
  HubWorld world;
  world.server.settings().keep_alive = 2s;
  Dialed socket = world.open();
  socket.ear().texts.clear();
  world.server.clock().advance(7s);
  CHECK(socket.ear().texts == Lines{"{}", "{}", "{}"});
  world.client.request("abort", "webSockets");
  CHECK(world.server.clock().pending_timers() == 0);
}

TEST_CASE("the server answers a close with 1000, and gives the connection up after its time") {
  HubWorld world;
  Dialed socket = world.open();
  world.client.request("start", "webSockets");
  socket.conn().close(1001, "");
  world.server.clock().run_ready();
  CHECK(socket.ear().log.back() == "end closed 1000");
  world.server.clock().advance(34999ms);
  CHECK(life(world.server) == Lines{"connected webSockets"});
  world.server.clock().advance(1ms);
  CHECK(life(world.server) == Lines{"connected webSockets", "disconnected timeout"});
  CHECK(world.server.clock().pending_timers() == 0);
}

TEST_CASE("a second connect with the same token closes the first with 1000") {
  HubWorld world;
  Dialed first = world.open();
  Dialed second = world.client.open("connect");
  CHECK(first.ear().log.back() == "end closed 1000");
  CHECK(second.ear().texts == Lines{R"({"C":"d-5EED0001-A,0|B,0|C,2","S":1,"M":[]})"});
  world.server.broadcast("testHub", "x", "[]");
  world.server.clock().run_ready();
  CHECK(second.ear().texts.size() == 2);
}

TEST_CASE("below protocol 1.4 OnConnected comes before the init, which may carry its messages") {
  HubWorld world;
  world.server.app().on_connected(
      [&](const std::string& id) { world.server.app().send_to(id, "TestHub", "welcome", "[]"); });
  world.client.negotiate(R"([{"name":"testHub"}])", "1.3");
  Dialed socket = world.client.open("connect");
  CHECK(life(world.server) == Lines{"connected webSockets"});
  CHECK(socket.ear().texts ==
        Lines{R"({"C":"d-5EED0001-A,0|B,1|C,1","S":1,"M":[{"H":"TestHub","M":"welcome","A":[]}]})"});
}

TEST_CASE("a raw connection echoes text as a JSON string") {
  HubWorld world;
  world.client.base = "http://server.test/echo";
  world.client.negotiate("");
  Dialed socket = world.client.open("connect");
  CHECK(socket.ear().texts == Lines{R"({"C":"d-5EED0001-A,0|B,1","S":1,"M":[]})"});
  CHECK(world.say(socket, "raw \"text\"") == Lines{R"({"C":"d-5EED0001-A,0|B,2","M":["raw \"text\""]})"});
  CHECK(world.server.received() == Lines{"raw \"text\""});
  socket.ear().texts.clear();
  world.server.app().raw_broadcast("echo", R"([1,"two",null])");
  world.server.clock().run_ready();
  CHECK(socket.ear().texts == Lines{R"({"C":"d-5EED0001-A,1|B,2","M":[[1,"two",null]]})"});
}

TEST_CASE("without history nothing is kept") {
  HubWorld world;
  world.server.settings().keep_history = false;
  Dialed socket = world.open();
  world.client.request("start", "webSockets");
  CHECK(world.invoke(socket, "Echo", "[1]").size() == 1);
  CHECK(world.server.app().events().empty());
  CHECK(world.server.app().received().empty());
  world.server.settings().keep_history = true;
  world.client.request("start", "webSockets");
  world.invoke(socket, "Echo", "[1]");
  CHECK(world.server.app().events().size() == 1);
  CHECK(world.server.app().received().size() == 1);
  world.server.app().clear_history();
  CHECK(world.server.app().events().empty());
}

TEST_CASE("a raw connection's own handler, and its groups") {
  HubWorld world;
  world.server.app().raw("Echo", [&](const std::string& id, std::string_view text) {
    world.server.app().join(id, "echo", text);
    world.server.app().raw_send_to_group(text, "echo", "1");
    world.server.app().raw_send(id, "2");
  });
  world.client.base = "http://server.test/echo";
  world.client.negotiate("");
  Dialed socket = world.client.open("connect");
  const Lines said = world.say(socket, "room");
  REQUIRE(said.size() == 1);
  CHECK(said[0].find(R"("M":[2,1]})") != std::string::npos);
}
