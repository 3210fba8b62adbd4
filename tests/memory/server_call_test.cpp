// Invocations and what comes of them, frame by frame as recorded from the real server.
#include <stdexcept>

#include "hub_world.hpp"

using namespace memory_test;

TEST_CASE("results: a value, nothing for void and null, exact numbers, string ids") {
  HubWorld world;
  Dialed socket = world.open();
  CHECK(world.invoke(socket, "Echo", R"(["hello"])") == Lines{R"({"R":"hello","I":"0"})"});
  CHECK(world.invoke(socket, "Echo", "[1234.5600]") == Lines{R"({"R":1234.5600,"I":"0"})"});
  CHECK(world.invoke(socket, "Echo", R"([{"a":[1,2.5,"x,}"],"b":{"c":null}}, 9007199254740993])") ==
        Lines{R"({"R":{"a":[1,2.5,"x,}"],"b":{"c":null}},"I":"0"})"});
  CHECK(world.invoke(socket, "Echo", "[null]") == Lines{R"({"I":"0"})"});
  CHECK(world.invoke(socket, "Void") == Lines{R"({"I":"0"})"});
  CHECK(world.say(socket, R"({"h":"TESTHUB","m":"echo","a":[1],"i":99})") == Lines{R"({"R":1,"I":"99"})"});
  CHECK(world.say(socket, R"({"H":"testHub","M":"Echo","A":[1]})") == Lines{R"({"R":1,"I":null})"});
  CHECK(world.say(socket, R"({"H":"testHub","M":"Echo","A":[1],"I":"a\"b"} trailing)") ==
        Lines{R"({"R":1,"I":"a\"b"})"});
}

TEST_CASE("P#123 surrogate escapes that stand alone are JSON to the server, too") {
  HubWorld world;
  Dialed socket = world.open();
  CHECK(world.invoke(socket, "Echo", R"(["\ud83d\ude00\ud83d"])") == Lines{R"({"R":"\ud83d\ude00\ud83d","I":"0"})"});
  CHECK(world.say(socket, R"({"H":"testHub","M":"Echo","A":["\udc00"],"I":"\ud83d"})") ==
        Lines{"{\"R\":\"\\udc00\",\"I\":\"\uFFFD\"}"});
}

TEST_CASE("what is said before the result goes before it, in the server's spelling") {
  HubWorld world;
  Dialed socket = world.open();
  CHECK(world.invoke(socket, "Broadcast", R"([{"text":"to all"}])") ==
        Lines{R"({"C":"d-5EED0001-A,1|B,0|C,1","M":[{"H":"TestHub","M":"notify","A":[{"text":"to all"}]}]})",
              R"({"I":"0"})"});
  CHECK(world.invoke(socket, "CallCaller") ==
        Lines{R"({"C":"d-5EED0001-A,1|B,1|C,1","M":[{"H":"TestHub","M":"notify","A":[]}]})", R"({"I":"0"})"});
}

TEST_CASE("progress travels inside M") {
  HubWorld world;
  Dialed socket = world.open();
  CHECK(
      world.invoke(socket, "Progress") ==
      Lines{
          R"({"C":"d-5EED0001-A,0|B,0|C,3","M":[{"I":"P|0","P":{"I":"0","D":50}},{"I":"P|0","P":{"I":"0","D":100}}]})",
          R"({"R":"done","I":"0"})"});
}

TEST_CASE("hub state: the client's is seen, only changes are told") {
  HubWorld world;
  world.server.hub("TestHub").on("Mood", [&](server::Call& call) {
    const std::string mood = call.state("MOOD");
    call.set_state("mood", "\"sad\"");
    call.set_state("n", "1");
    world.server.app().send_to(call.connection_id(), "TestHub", "notify", "[1]", R"({"s":2})");
    call.result(mood);
  });
  Dialed socket = world.open();
  CHECK(world.say(socket, R"({"I":"1","H":"testHub","M":"Mood","A":[],"S":{"mood":"happy","n":1}})") ==
        Lines{R"({"C":"d-5EED0001-A,0|B,1|C,1","M":[{"H":"TestHub","M":"notify","A":[1],"S":{"s":2}}]})",
              R"({"S":{"mood":"sad"},"R":"happy","I":"1"})"});
}

TEST_CASE("errors are masked unless they are hub errors, or details are on") {
  HubWorld world;
  world.server.hub("TestHub")
      .on("Throw", [](server::Call&) { throw std::runtime_error("secret \"detail\""); })
      .on("Hub", [](server::Call& call) { call.error("Known problem", true, R"({"Code":42})"); })
      .on("HubNoData", [](server::Call& call) { call.error("Known problem"); });
  Dialed socket = world.open();
  CHECK(world.invoke(socket, "Throw") ==
        Lines{R"({"I":"0","E":"There was an error invoking Hub method 'testHub.Throw'."})"});
  CHECK(world.invoke(socket, "Hub") == Lines{R"({"I":"0","H":true,"E":"Known problem","D":{"Code":42}})"});
  CHECK(world.invoke(socket, "HubNoData") == Lines{R"({"I":"0","H":true,"E":"Known problem"})"});
  CHECK(world.invoke(socket, "NoSuchMethod") ==
        Lines{R"({"I":"0","E":"There was an error invoking Hub method 'testHub.NoSuchMethod'."})"});
  world.server.settings().detailed_errors = true;
  CHECK(world.invoke(socket, "Throw") == Lines{R"({"I":"0","E":"secret \"detail\""})"});
  CHECK(world.invoke(socket, "NoSuchMethod") ==
        Lines{R"({"I":"0","E":"'NoSuchMethod' method could not be resolved. No method found with that name."})"});
}

TEST_CASE("what the server can't understand gets no answer, and the connection lives on") {
  HubWorld world;
  Dialed socket = world.open();
  const std::string state = R"({"x":")" + std::string(4096, 'x') + "\"}";
  for (const std::string& bad : {std::string("not json"), std::string(), std::string("{}"), std::string("[]"),
                                 std::string(R"({"H":"nope","M":"X","A":[],"I":0})"), std::string(60'000, '['),
                                 R"({"H":"testHub","M":"Echo","A":[1],"I":0,"S":)" + state + "}"}) {
    CAPTURE(bad.substr(0, 60));
    CHECK(world.say(socket, bad).empty());
  }
  CHECK(world.say(socket, R"({"H":"testHub","M":"Void","I":0})") == Lines{R"({"I":"0"})"});
}

TEST_CASE("a call may be answered later, once, or never") {
  HubWorld world;
  Dialed socket = world.open();
  CHECK(world.invoke(socket, "Later").empty());
  CHECK(world.invoke(socket, "Later").empty());
  CHECK(world.invoke(socket, "Never").empty());
  socket.ear().texts.clear();
  world.kept.at(0).result("1");
  world.kept.at(0).error("too late");
  CHECK(world.kept.at(0).answered());
  world.kept.clear();  // the second one was void
  world.server.clock().run_ready();
  CHECK(socket.ear().texts == Lines{R"({"R":1,"I":"0"})", R"({"I":"0"})"});
}

TEST_CASE("a call that outlives its connection or its server does no harm") {
  std::vector<server::Call> kept;
  {
    HubWorld world;
    Dialed socket = world.open();
    world.invoke(socket, "Later");
    socket.kept->result.reset();
    world.server.clock().run_ready();
    world.kept.at(0).progress("1");
    kept = world.kept;
  }
  kept.at(0).result("1");
  CHECK(kept.at(0).answered());
}

TEST_CASE("what a test says in bad JSON is refused where it is said") {
  HubWorld world;
  server::HubServer& app = world.server.app();
  CHECK_THROWS_AS(app.broadcast("TestHub", "notify", "[oops"), std::invalid_argument);
  CHECK_THROWS_AS(app.broadcast("TestHub", "notify", "[1] 2"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(app.broadcast("TestHub", "notify", "101.5"), doctest::Contains("array"), std::invalid_argument);
  CHECK_NOTHROW(app.broadcast("TestHub", "notify", " [101.5] "));
  CHECK_THROWS_AS(app.raw_broadcast("raw", "{"), std::invalid_argument);
  app.hub("TestHub").on("Bad", [](server::Call& call) {
    CHECK_THROWS_AS(call.progress("1,"), std::invalid_argument);
    CHECK_THROWS_AS(call.set_state("name", "'x'"), std::invalid_argument);
    CHECK_THROWS_AS(call.result("{oops"), std::invalid_argument);
    call.result("1");
  });
  Dialed socket = world.open();
  CHECK(world.invoke(socket, "Bad") == Lines{R"({"R":1,"I":"0"})"});
}
