// Messages over server-sent events and long polling: each in a request of its own, in order.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("a message is a form-encoded POST with nothing but the parameters that every request has") {
  over_both([](HttpWorld& world) {
    world.options.headers.add("X-Tenant", "blue");
    world.options.access_token = [] { return "tok"; };
    world.options.params = "version=3";
    Conn conn = world.connect_raw();
    conn.send("{\"a\":\"b c&d=\xC3\xA9+\"}");
    const auto send = world.server.requests("send").at(0);
    CHECK(send.method == "POST");
    CHECK(send.body == "data=%7B%22a%22%3A%22b%20c%26d%3D%C3%A9%2B%22%7D");
    CHECK(*send.headers.find("Content-Type") == "application/x-www-form-urlencoded; charset=UTF-8");
    CHECK(*send.headers.find("X-Tenant") == "blue");
    CHECK(*send.headers.find("Authorization") == "Bearer tok");
    CHECK(send.query("version") == "3");
    CHECK(send.query("connectionToken") == conn.state().connection_token);
    CHECK_FALSE(send.has_query("messageId"));
    CHECK(world.server.received() == Story{"{\"a\":\"b c&d=\xC3\xA9+\"}"});
  });
}

TEST_CASE("messages go out one at a time, in the order of their calls") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect_raw();
    world.server.expect_send().after(1s).serve();
    Story done;
    for (const char* text : {"1", "2", "3"}) {
      conn.async_send(text, [&done, text](Result<void> result) { done.push_back(result.ok() ? text : "failed"); });
    }
    world.settle();
    CHECK(world.server.requests("send").size() == 1);
    world.server.clock().advance(1s);
    CHECK(done == Story{"1", "2", "3"});
    CHECK(world.server.received() == Story{"1", "2", "3"});
  });
}

TEST_CASE("parallel_sends lets so many messages be on their way at once") {
  over_both([](HttpWorld& world) {
    world.options.parallel_sends = 2;
    Conn conn = world.connect();
    world.server.expect_send().times(2).hang();
    for (const char* text : {"1", "2", "3"}) conn.async_send(text, [](Result<void>) {});
    world.settle();
    CHECK(world.server.requests("send").size() == 2);
  });
}

TEST_CASE("P#76 a message without an answer for hours is not given up and holds back no poll") {
  HttpWorld world(TransportKind::long_polling);
  Conn conn = world.connect();
  Client chat("chat", conn);
  std::optional<server::Call> waiting;
  world.server.hub("Chat").on("Slow", [&](server::Call& call) { waiting = call; });
  Invocation slow = chat.invoke("Slow");
  world.server.clock().advance(2h);
  CHECK(world.server.requests("send").size() == 1);
  CHECK(world.server.requests("poll").size() > 60);
  int heard = 0;
  const Subscription on = chat.on("tick", [&] { ++heard; });
  world.server.broadcast("Chat", "tick", "[]");
  world.settle();
  CHECK(heard == 1);
  REQUIRE(waiting);
  waiting->result("5");
  waiting.reset();
  CHECK(slow.get<int>() == 5);
  CHECK(world.story.empty());
}

TEST_CASE("messages may be sent while the transport is being opened again") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    Client chat("chat", conn);
    world.server.peer().cut();
    world.settle();
    REQUIRE(conn.connection_state() == ConnectionState::reconnecting);
    CHECK(chat.invoke("Echo", 3).get<int>() == 3);
    conn.write_message(call("x", "Echo", {"1"}));
    CHECK(conn.connection_state() == ConnectionState::reconnecting);
    CHECK(world.server.requests("send").size() == 2);
  });
}

TEST_CASE("P#109 calls under way fail when the transport is lost, before the event; those that wait are never sent") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    Client chat("chat", conn);
    world.server.hub("Chat").on("Never", [](server::Call& call) { call.never(); });
    Invocation under_way = chat.invoke("Never");
    Invocation waiting = chat.invoke("Echo", 1);
    under_way.then(
        [&](Result<RawJson> result) { world.story.push_back(result.ok() ? "answered" : "under way failed"); });
    waiting.then([&](Result<RawJson> result) { world.story.push_back(result.ok() ? "answered" : "waiting failed"); });
    world.settle();
    world.server.peer().cut();
    world.settle();
    REQUIRE(world.story.size() >= 3);
    CHECK(world.story[0] == "waiting failed");
    CHECK(world.story[1] == "under way failed");
    CHECK(world.story[2] == "Connected -> Reconnecting");
    CHECK(chat.invoke("Echo", 2).get<int>() == 2);  // and the one under way is in nobody's way
    CHECK(world.server.requests("send").size() == 2);
  });
}

TEST_CASE("P#110 close lets the messages that wait go first, for half of its time at most") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    SUBCASE("they all go") {
      conn = world.connect_raw();
      for (const char* text : {"1", "2", "3"}) conn.async_send(text, [](Result<void>) {});
      conn.close();
      CHECK(world.server.received() == Story{"1", "2", "3"});
      CHECK(world.server.clock().elapsed() == 0s);
    }
    SUBCASE("they don't") {
      world.server.expect_send().hang();
      int failed = 0;
      for (const char* text : {"1", "2"})
        conn.async_send(text, [&](Result<void> sent) { failed += sent.ok() ? 0 : 1; });
      conn.close();
      CHECK(world.server.clock().elapsed() == 2500ms);
      CHECK(failed == 2);
    }
    Story asked = world.server.transcript();
    if (asked.back() == "poll longPolling") asked.pop_back();  // the echoes had ended the one before
    CHECK(asked.back().find("abort ") == 0);
    CHECK(world.server.requests("abort").size() == 1);
    CHECK(world.server.network().open_connections() == 0);
  });
}

TEST_CASE("P#114 destroying the connection with messages on their way calls nobody and leaves nothing behind") {
  over_both([](HttpWorld& world) {
    {
      Conn conn = world.connect();
      Client chat("chat", conn);
      world.server.expect_send().hang();
      Invocation call = chat.invoke("Echo", 1);
      call.then([](Result<RawJson>) { FAIL("called"); });
      conn.async_send("x", [](Result<void>) { FAIL("called"); });
      world.settle();
    }
    world.settle();
    CHECK(world.server.network().open_connections() == 0);
  });
}

TEST_CASE("cookies that negotiate sets go with the request that opens the transport") {
  over_both([](HttpWorld& world) {
    world.server.expect_negotiate().run([&](std::shared_ptr<server::Exchange> exchange) {
      exchange->answer(200, {{"Set-Cookie", "lb=7; Path=/"}},
                       R"({"Url":"/signalr","ConnectionToken":"t","ConnectionId":"i","KeepAliveTimeout":20,)"
                       R"("DisconnectTimeout":30,"TryWebSockets":false,"ProtocolVersion":"2.0"})");
    });
    world.server.expect_connect().hang();
    const PendingDial pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [](Result<Conn>) {});
    world.settle();
    CHECK(*world.server.requests("connect").at(0).headers.find("Cookie") == "lb=7");
  });
}

TEST_CASE("hub events, progress and state work as over WebSockets") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    Client chat("chat", conn);
    Story heard;
    const Subscription on = chat.on("said", [&](const std::string& text) { heard.push_back(text); });
    world.server.hub("Chat").on("Work", [](server::Call& call) {
      call.progress("50");
      call.set_state("mood", "\"good\"");
      call.result("\"done\"");
    });
    Invocation work = chat.invoke("Work");
    CHECK(work.get<std::string>() == "done");
    CHECK(chat.state("mood").value().text() == "\"good\"");
    world.server.broadcast("Chat", "said", R"(["hi"])");
    world.settle();
    CHECK(heard == Story{"hi"});
  });
}

TEST_CASE("P#110 the server is told once that we leave, whatever is answered afterwards") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect_raw();
    world.server.network().set_latency(10ms);
    world.server.expect_send().after(15ms).serve();
    conn.async_send("1", [](Result<void>) {});
    conn.close();
    world.server.clock().advance(1min);
    CHECK(world.server.requests("abort").size() == 1);
  });
}

TEST_CASE("a failed call over server-sent events and long polling is told to its caller alone") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    Client chat("chat", conn);
    world.server.expect_send().times(2).answer(500);
    Invocation call = chat.invoke("Echo", 1);
    CHECK_THROWS_AS(call.get<int>(), WriteError);
    CHECK_THROWS_AS(call.exec(), WriteError);
    CHECK_THROWS_AS(chat.invoke("Echo", 2).get<int>(), WriteError);
    world.settle();
    CHECK(world.errors.empty());
  });
}

TEST_CASE("a failed message that nobody waits for is told to on_error") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    Client chat("chat", conn);
    world.server.expect_send().answer(500);
    chat.notify("Echo", 1);
    world.settle();
    REQUIRE(world.errors.size() == 1);
    CHECK(dynamic_cast<const WriteError*>(world.errors[0].get()) != nullptr);
  });
}
