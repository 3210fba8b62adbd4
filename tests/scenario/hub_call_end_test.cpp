// How calls of hub methods end when they aren't simply answered, and what their callers hear of it.
#include "caller.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE(
    "P#93 a call while reconnecting or after the end fails at once; one under way when the transport is lost, too") {
  Caller world;
  world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
  Invocation waiting = world.chat.invoke("Get");
  waiting.then([&](Result<RawJson> answer) { world.story.push_back(answer.ok() ? "ok" : "lost"); });
  world.settle();
  world.server.network().fail_connections(TransportFailure::connect);
  world.server.peer().cut();
  world.settle();
  CHECK(world.story == Story{"lost", "Connected -> Reconnecting"});
  CHECK_THROWS_AS(waiting.wait(), InvocationError);
  Invocation meanwhile = world.chat.invoke("Get");
  CHECK_THROWS_AS(meanwhile.exec(), WriteError);
  CHECK_THROWS_AS(meanwhile.wait(), WriteError);
  CHECK_THROWS_AS(world.chat.notify("Get"), WriteError);
  world.conn.close();
  CHECK_THROWS_AS(world.chat.invoke("Get").wait(), WriteError);
}

TEST_CASE("P#94 a timeout and a cancellation end a call, a late answer is ignored") {
  Caller world;
  world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
  Invocation timed = world.chat.invoke(CallOptions{2s}, "Get");
  const TimePoint start = world.server.clock().now();
  CHECK_THROWS_AS(timed.wait(), DeadlineError);
  CHECK(world.server.clock().now() - start == 2s);
  world.frame(R"({"I":"1","R":1})");
  CHECK_THROWS_AS(timed.wait(), DeadlineError);

  CancelSource source;
  Invocation canceled = world.chat.invoke(CallOptions{{}, source.token()}, "Get");
  source.cancel();
  CHECK_THROWS_AS(canceled.wait(), CanceledError);
  Invocation by_hand = world.chat.invoke("Get");
  by_hand.cancel();
  CHECK_THROWS_AS(by_hand.wait(), CanceledError);
  by_hand.cancel();

  world.chat.set_default_timeout(3s);
  CHECK_THROWS_AS(world.chat.invoke("Get").wait(), DeadlineError);
  CHECK(world.server.clock().now() - start == 5s);
  CHECK(world.errors.empty());
}

TEST_CASE("a call that its deadline or a cancellation ends says which call it was, and what it was given") {
  Caller world;
  world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
  CHECK_THROWS_WITH_AS(world.chat.invoke(CallOptions{1500ms}, "Get").wait(),
                       R"(the call of "chat.Get" was not done within its deadline, 1500 ms)", DeadlineError);
  const Deadline until(world.server.clock().now() + 2s);
  CHECK_THROWS_WITH_AS(world.chat.invoke(CallOptions{until}, "Get").wait(),
                       R"(the call of "chat.Get" was not done within its deadline, 2000 ms)", DeadlineError);
  CancelSource source;
  Invocation by_token = world.chat.invoke(CallOptions{{}, source.token()}, "Get");
  source.cancel();
  CHECK_THROWS_WITH_AS(by_token.wait(), R"(the call of "chat.Get" was canceled)", CanceledError);
  Invocation by_hand = world.chat.invoke("Get");
  by_hand.cancel();
  CHECK_THROWS_WITH_AS(by_hand.wait(), R"(the call of "chat.Get" was canceled)", CanceledError);
  CallbackStream stream = world.chat.callback("tick");
  CHECK_THROWS_WITH_AS(stream.read_raw(1s), R"(read of "chat.tick" was not done within its deadline, 1000 ms)",
                       DeadlineError);
  CHECK_THROWS_WITH_AS(world.chat.run(1s), "run was not done within its deadline, 1000 ms", DeadlineError);
}

TEST_CASE("a call that a lost connection ends says why it was lost") {
  Caller world;
  world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
  Invocation call = world.chat.invoke("Get");
  world.settle();
  world.server.peer().close(1011);
  world.settle();
  CHECK_THROWS_WITH_AS(call.wait(),
                       "failed to invoke \"Get\" (1): the connection started reconnecting before the answer came: the "
                       "connection is reconnecting, try again when it is connected: websocket closed 1011: the server "
                       "closed the WebSocket with code 1011",
                       InvocationError);
}

TEST_CASE("a call that is over before it is made isn't sent") {
  Caller world;
  CancelSource source;
  source.cancel();
  Invocation canceled = world.chat.invoke(CallOptions{{}, source.token()}, "Echo", 1);
  Invocation late = world.chat.invoke(CallOptions{0s}, "Echo", 2);
  late.then([&](const Result<RawJson>& answer) { world.story.push_back(answer.ok() ? "answered" : "ended"); });
  CHECK(world.story.empty());
  CHECK_THROWS_AS(canceled.wait(), CanceledError);
  CHECK_THROWS_AS(canceled.exec(), CanceledError);
  CHECK_THROWS_AS(late.wait(), DeadlineError);
  world.settle();
  CHECK(world.story == Story{"ended"});
  CHECK(world.server.received().empty());
  CHECK(world.chat.invoke("Echo", 3).get<int>() == 3);
}

TEST_CASE("P#95 ids are never used again, not after a reconnect, and not by two clients of a connection") {
  Caller world;
  Client other("CHAT", world.conn);
  CHECK(world.chat.invoke("Echo", 1).id() == "1");
  CHECK(other.invoke("Echo", 1).id() == "2");
  world.chat.notify("Echo", 1);
  world.settle();
  CHECK(world.sent().find(R"("I":"3")") != std::string::npos);
  world.server.peer().cut();
  world.settle();
  CHECK(world.chat.invoke("Echo", 1).id() == "4");
}

TEST_CASE("P#97 nothing is kept of a call that wants no answer, and nobody hears of its error") {
  Caller world;
  for (int i = 0; i < 100; ++i) world.chat.notify("Unknown", i);
  world.settle();
  CHECK(world.server.received().size() == 100);
  CHECK(world.errors.empty());
  CHECK(world.story.empty());
}

TEST_CASE("exec returns when the call was written, whatever becomes of it") {
  Caller world;
  world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
  Invocation call = world.chat.invoke("Get");
  CHECK(world.server.received().empty());
  call.exec();
  world.settle();
  CHECK(world.server.received().size() == 1);
  call.exec();
}

TEST_CASE("a call that nobody keeps goes on; handlers may be several and come late") {
  Caller world;
  world.chat.invoke("Echo", 1).then<int>(
      [&](Result<int> echo) { world.story.push_back("early " + std::to_string(echo.value())); });
  world.settle();
  Invocation call = world.chat.invoke("Echo", 2);
  for (const char* name : {"a", "b"}) {
    call.then([&world, name](Result<RawJson> answer) { world.story.push_back(name + answer.value().text()); });
  }
  world.settle();
  call.then<std::string>([&](Result<std::string> wrong) { world.story.push_back(wrong.error().what()); });
  CHECK(world.story.size() == 3);
  world.settle();
  REQUIRE(world.story.size() == 4);
  CHECK(world.story[0] == "early 1");
  CHECK(world.story[1] == "a2");
  CHECK(world.story[2] == "b2");
  CHECK(world.story[3].find("a string") != std::string::npos);
}

TEST_CASE("every answer to a hub's calls can be seen, before the call ends") {
  Caller world;
  const Subscription tap = world.chat.on_result([&](const Message& answer) {
    world.story.push_back(std::string(answer.invocation_id()) + " " + std::string(answer.result().text()));
  });
  world.settle();
  world.chat.invoke("Echo", 7).then([&](Result<RawJson>) { world.story.push_back("done"); });
  world.settle();
  CHECK(world.story == Story{"1 7", "done"});
}

TEST_CASE("calls that wait end with ConnectionGone when the connection is destroyed; so do all later ones") {
  Caller world;
  world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
  Invocation call = world.chat.invoke("Get");
  Invocation unsent = world.chat.invoke("Get");
  bool called = false;
  call.then([&](Result<RawJson>) { called = true; });
  call.on_progress([&](RawJsonView) { called = true; });
  { const Conn gone = std::move(world.conn); }
  CHECK_THROWS_AS(call.wait(), ConnectionGone);
  CHECK_THROWS_AS(unsent.wait(), ConnectionGone);
  CHECK_THROWS_AS(unsent.exec(), ConnectionGone);
  CHECK_THROWS_AS(world.chat.invoke("Get").wait(), ConnectionGone);
  CHECK_THROWS_AS(world.chat.invoke("Get").exec(), ConnectionGone);
  CHECK_THROWS_AS(world.chat.notify("Get"), WriteError);
  CHECK_THROWS_AS(world.chat.run(), ConnectionGone);
  call.cancel();
  world.settle();
  CHECK_FALSE(called);
}

TEST_CASE("blocking in a handler is refused at once") {
  Caller world;
  const Subscription poke = world.chat.on("poke", [&] {
    Invocation call = world.chat.invoke("Echo", 1);
    CHECK_THROWS_AS(call.wait(), UsageError);
    CHECK_THROWS_AS(call.exec(), UsageError);
    CHECK_THROWS_AS(world.chat.run(), UsageError);
    CHECK_THROWS_AS(world.chat.close(), UsageError);
    call.then([&](Result<RawJson> answer) { world.story.push_back(answer.value().text()); });
  });
  world.server.broadcast("Chat", "poke", "[]");
  world.settle();
  CHECK(world.story == Story{"1"});
}

TEST_CASE("run returns after close, and throws what else ended the connection") {
  Caller world;
  CHECK_THROWS_AS(world.chat.run(CallOptions{1s}), DeadlineError);
  world.chat.async_run([&](Result<void> end) { world.story.push_back(end.ok() ? "run ended" : "run failed"); });
  world.chat.close();
  CHECK_NOTHROW(world.chat.run());
  CHECK(world.story.back() == "run ended");

  Caller broken;
  broken.chat.async_run([&](Result<void> end) { broken.story.push_back(end.error().what()); });
  broken.frame(R"({"E":"the server is done for"})");
  CHECK_THROWS_AS(broken.chat.run(), DisconnectedByServer);
  CHECK(broken.story.back().find("the server reported an error") == 0);
}

TEST_CASE("a client needs a hub that was dialed, and frames that nobody else takes") {
  World world;
  Conn conn = world.dial();
  CHECK_THROWS_AS(Client("other", conn), UsageError);
  CHECK_THROWS_AS(conn.read_message(CallOptions{1ms}), DeadlineError);
  CHECK_THROWS_AS(Client("chat", conn), UsageError);
  Conn none = signalr::dial(world.server.origin(), Hubs{}, world.options, 5s);
  CHECK_THROWS_AS(Client("chat", none), UsageError);
  Conn text = signalr::dial(world.server.url(), ConnectionData{R"([{"name":"chat"}])"}, world.options, 5s);
  CHECK_NOTHROW(Client("chat", text));
  Caller hubs;
  CHECK_THROWS_AS(hubs.conn.read_message(CallOptions{1ms}), UsageError);
}
