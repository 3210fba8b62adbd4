// Clients outlive their connections: dialed again after a loss, after a dial that failed, never twice at once.
#include <array>
#include <optional>

#include "unconnected.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("a Client whose connection was lost is dialed again, with its handlers") {
  Unconnected world;
  world.options.transports = {TransportKind::websockets};
  const Subscription say = world.chat.on("say", world.hear("chat"));
  Conn conn = world.connect({world.chat});
  world.say("a");
  world.end();
  CHECK_THROWS_AS(world.chat.invoke("Echo", 1).wait(), WriteError);  // not its caller's mistake
  CHECK_THROWS_AS(world.chat.notify("Echo", 1), WriteError);
  conn = world.connect({world.chat});  // the old one is still there meanwhile
  world.say("b");
  CHECK(world.chat.invoke("Echo", 7).get<int>() == 7);
  conn = Conn();
  CHECK_THROWS_AS(world.chat.invoke("Echo", 1).wait(), ConnectionGone);
  conn = world.connect({world.chat});
  world.say("c");
  CHECK(world.seen == Story{"chat a", "chat b", "chat c"});
}

TEST_CASE("handlers go with their Client: the connection that is over doesn't call them any more") {
  Unconnected world;
  Conn first = world.dial();
  world.say("kept for it");
  Client old("chat", first);
  world.end();
  Conn second = world.connect({old});
  const Subscription say = old.on("say", world.hear("chat"));
  world.settle();
  world.say("new");
  CHECK(world.seen == Story{"chat new"});
}

TEST_CASE("a dial that fails leaves its Clients as they were: not connected, with all handlers and streams") {
  Unconnected world;
  const Subscription say = world.chat.on("say", world.hear("chat"));
  CallbackStream stream = world.chat.callback("say");
  world.options.transports = {TransportKind::websockets};
  world.server.expect_negotiate().answer(404);
  CHECK_THROWS_AS(world.connect({world.chat}), NegotiateError);
  CHECK_THROWS_AS(world.chat.invoke("Echo", 1), UsageError);
  CHECK_THROWS_AS(stream.read(), UsageError);
  CHECK(stream.end_reason() == nullptr);
  world.server.expect_connect().answer(403);
  CHECK_THROWS_AS(world.connect({world.chat}), ConnectError);
  world.server.expect_start().answer("no");
  CHECK_THROWS_AS(world.connect({world.chat}), StartError);
  Conn conn = world.connect({world.chat});
  world.say("a");
  CHECK(world.seen == Story{"chat a"});
  std::string text;
  stream.read(text);
  CHECK(text == "a");

  world.end();
  world.server.expect_negotiate().answer(404);
  CHECK_THROWS_AS(world.connect({world.chat}), NegotiateError);
  CHECK_THROWS_AS(world.chat.invoke("Echo", 1).wait(), WriteError);
  conn = world.connect({world.chat});
  world.say("b");
  CHECK(world.seen == Story{"chat a", "chat b"});
}

TEST_CASE("a Client has one connection or one dial at a time; a refused dial asks for nothing and takes no Client") {
  Unconnected world;
  const char* const twice =
      "the Client of hub \"chat\" is dialed already: close that connection first, or make another Client";
  Conn conn, other;
  CHECK_THROWS_WITH_AS(world.connect({world.chat, world.chat}), twice, UsageError);
  {
    const PendingDial pending = world.connect_later({world.chat}, conn);
    CHECK_THROWS_WITH_AS(world.connect_later({world.news, world.chat}, other), twice, UsageError);
    CHECK(world.server.requests().empty());
    world.settle();
  }
  CHECK_THROWS_WITH_AS(world.connect({world.news, world.chat}), twice, UsageError);
  CHECK(world.server.requests("negotiate").size() == 1);
  Conn of_news = world.connect({world.news});
  conn.close();
  CHECK_NOTHROW(conn = world.connect({world.chat}));

  Client go("chat", of_news = signalr::dial(world.server.origin(), Hubs{{"chat"}}, world.options));
  CHECK_THROWS_WITH_AS(world.connect({go}), twice, UsageError);
}

TEST_CASE("an async_dial that is given up, however far it had come, leaves its Clients free to be dialed") {
  for (int steps = 0; steps < 40; ++steps) {
    CAPTURE(steps);
    Unconnected world;
    const Subscription say = world.chat.on("say", world.hear("chat"));
    CallbackStream stream = world.chat.callback("say");
    Conn given_up;
    {
      const PendingDial pending = world.connect_later({world.chat}, given_up);
      for (int i = 0; i < steps; ++i) world.server.clock().run_one();
      if (given_up) return;
    }
    Conn conn;
    CHECK_NOTHROW(conn = world.connect({world.chat}));
    world.say("a");
    CHECK(world.seen == Story{"chat a"});
    std::string text;
    stream.read(text);
    CHECK(text == "a");
  }
  FAIL("the dial was never done");
}

TEST_CASE(
    "a connection that restarts keeps its Clients: their handlers get the new one's first call; none can be dialed") {
  Unconnected world;
  world.options.restart.emplace();
  world.options.restart->jitter = 0;
  const Subscription say = world.chat.on("say", world.hear("chat"));
  Conn conn = world.connect({world.chat});
  world.say("a");
  world.end();
  CHECK_THROWS_AS(world.connect({world.chat}), UsageError);
  const Subscription meanwhile = world.chat.on("say", world.hear("new"));
  world.server.expect_start().run([&](const std::shared_ptr<server::Exchange>& exchange) {
    world.server.peer().send(R"({"C":"1","M":[{"H":"Chat","M":"say","A":["b"]}]})");
    exchange->answer_json(R"({"Response":"started"})");
  });
  world.server.clock().advance(2s);
  CHECK(world.seen == Story{"chat a", "chat b", "new b"});
}

TEST_CASE("a Client may be dialed again in the handler that tells of its connection's end") {
  Unconnected world;
  const Subscription say = world.chat.on("say", world.hear("chat"));
  Conn conn, next;
  PendingDial again;
  world.options.events.on_closed = [&](const Error*) { again = world.connect_later({world.chat}, next); };
  conn = world.connect({world.chat});
  world.end();
  world.say("a");
  CHECK(world.seen == Story{"dialed", "chat a"});
}

TEST_CASE("a Client may be dialed again in the handler that destroys its connection") {
  Unconnected world;
  std::optional<Conn> conn;
  Conn next;
  PendingDial again;
  const Subscription say = world.chat.on("say", [&](const std::string& text) {
    world.seen.push_back(text);
    if (!conn) return;
    conn.reset();
    again = world.connect_later({world.chat}, next);
  });
  conn = world.connect({world.chat});
  world.server.peer().send(R"({"C":"1","M":[{"H":"Chat","M":"say","A":["a"]},{"H":"Chat","M":"say","A":["b"]}]})");
  world.settle();
  world.say("c");
  CHECK(world.seen == Story{"a", "dialed", "c"});
}

TEST_CASE("a Client that was made of a connection can be dialed again") {
  Unconnected world;
  Conn conn = world.dial();
  Client chat("Chat", conn);
  const Subscription say = chat.on("say", world.hear("chat"));
  world.settle();
  world.say("a");
  conn.close();
  conn = world.connect({chat});
  world.say("b");
  CHECK(world.seen == Story{"chat a", "chat b"});
}

TEST_CASE("handlers go on when their Client is destroyed, before or after the connection came") {
  Unconnected world;
  Conn conn, other;
  std::optional<Client> early(std::in_place, "chat"), late(std::in_place, "chat");
  const Subscription a = early->on("say", world.hear("early"));
  const Subscription b = late->on("say", world.hear("late"));
  const PendingDial pending = world.connect_later({*early, *late}, conn);
  early.reset();
  world.settle();
  late.reset();
  world.say("a");
  conn = Conn();
  world.settle();
  CHECK(world.seen == Story{"dialed", "early a", "late a"});
}

TEST_CASE("what a dropped handler had captured is destroyed, whatever has become of its Client and its connection") {
  Unconnected world;
  const auto object = std::make_shared<int>(0);
  Conn conn = world.connect({world.chat});
  Subscription over = world.chat.on("say", [object] {});
  world.settle();
  world.end();
  over.reset();
  world.settle();
  CHECK(object.use_count() == 1);
  {
    const Subscription without = world.chat.on("say", [object] {});
  }
  world.settle();
  CHECK(object.use_count() == 1);
  world.chat.on("say", [object] {}).detach();
  Conn next = world.connect({world.chat});
  world.chat = Client("chat");
  next = Conn();
  conn = Conn();
  world.settle();
  CHECK(object.use_count() == 1);
}
