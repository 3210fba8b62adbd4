// Clients that are made before they are dialed: what comes finds its handlers, from the first message on.
#include <array>

#include "unconnected.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("P#49 handlers that were registered before the dial get everything, from what came before Connected on") {
  Unconnected world;
  const Subscription say = world.chat.on("say", world.hear("chat"));
  world.server.expect_connect().accept();
  world.server.expect_start().run([&](const std::shared_ptr<server::Exchange>& exchange) {
    world.server.peer().send(R"({"C":"3","M":[{"H":"Chat","M":"say","A":["three"]}]})");
    exchange->answer_json(R"({"Response":"started"})");
    world.server.peer().send(R"({"C":"4","M":[{"H":"Chat","M":"say","A":["four"]}]})");
  });
  world.options.events.on_state_changed = [&](ConnectionState, ConnectionState to) {
    world.seen.emplace_back(to_string(to));
  };
  Conn conn;
  const PendingDial pending = world.connect_later({world.chat}, conn);
  world.settle();
  world.server.peer().send(R"({"C":"1","M":[{"H":"Chat","M":"say","A":["one"]}]})");
  world.server.peer().send(R"({"C":"2","S":1,"M":[{"H":"Chat","M":"say","A":["two"]}]})");
  world.settle();
  CHECK(world.seen == Story{"Connecting", "Connected", "dialed", "chat one", "chat two", "chat three", "chat four"});
}

TEST_CASE("nothing is kept for handlers that come after the dial, and nothing counts as lost") {
  Unconnected world;
  int gaps = 0;
  world.options.limits.max_early_calls = 2;
  world.options.events.on_gap = [&](const Gap&) { ++gaps; };
  Conn conn = world.connect({world.chat});
  for (int i = 0; i < 5; ++i) world.say("early");
  const Subscription say = world.chat.on("say", world.hear("chat"));
  world.settle();
  world.say("later");
  CHECK(world.seen == Story{"chat later"});
  CHECK(world.errors.empty());
  CHECK(gaps == 0);
  CHECK(conn.stats().calls_dropped == 0);
}

TEST_CASE("what needs a connection says that the Client is to be dialed first") {
  Unconnected world;
  Client& chat = world.chat;
  CHECK(chat.hub() == "chat");
  CallbackStream stream = chat.callback("tick");
  const auto refused = [](auto call) { CHECK_THROWS_WITH_AS(call(), doctest::Contains("dial"), UsageError); };
  refused([&] { chat.invoke("Echo", 1); });
  refused([&] { chat.invoke(CallOptions{1s}, "Echo", 1); });
  refused([&] { chat.notify("Echo", 1); });
  refused([&] { chat.run(CallOptions{1s}); });
  refused([&] { chat.async_run([](const Result<void>&) {}); });
  refused([&] { chat.close(); });
  refused([&] { chat.executor(); });
  refused([&] { stream.read(); });
  refused([&] { stream.async_read([](const Result<HubCall>&) {}); });
  refused([&] { stream.executor(); });
  CHECK(stream.end_reason() == nullptr);
  Conn conn = world.connect({chat});
  CHECK(chat.invoke("Echo", 7).get<int>() == 7);
  CHECK((chat.executor() == conn.executor()));
}

TEST_CASE("a default timeout that was set before the dial counts for calls after it") {
  Unconnected world;
  world.chat.set_default_timeout(2s);
  Conn conn = world.connect({world.chat});
  CHECK_THROWS_AS(world.chat.invoke("Silent").wait(), DeadlineError);
}

TEST_CASE("state that was set before the dial goes along with the first call, and stays for the next connection") {
  Unconnected world;
  Client same("CHAT");
  world.chat.set_state("room", RawJson::parse("1"));
  world.chat.set_state("mood", RawJson::parse("2"));
  same.set_state("Room", RawJson::parse("3"));
  CHECK(world.chat.state("ROOM")->text() == "1");
  Conn conn = world.connect({world.chat, same});
  world.chat.notify("Silent");
  world.settle();
  CHECK(world.server.received().back().find(R"("S":{"mood":2,"Room":3})") != std::string::npos);
  same.set_state("room", RawJson::parse("4"));
  CHECK(world.chat.state("room")->text() == "4");
  conn = Conn();
  CHECK(world.chat.state("room")->text() == "4");
  world.chat.set_state("room", RawJson::parse("5"));
  conn = world.connect({world.chat});
  world.chat.notify("Silent");
  world.settle();
  CHECK(world.server.received().back().find(R"("S":{"mood":2,"room":5})") != std::string::npos);
}

TEST_CASE("a dial for two Clients asks for both hubs; their calls don't cross") {
  Unconnected world;
  const Subscription chat = world.chat.on("say", world.hear("chat"));
  const Subscription news = world.news.on("say", world.hear("news"));
  Conn conn = world.connect({world.chat, world.news});
  CHECK(world.server.requests("negotiate").at(0).query("connectionData") == R"([{"name":"chat"},{"name":"News"}])");
  world.say("a");
  world.say("b", "News");
  CHECK(world.seen == Story{"chat a", "news b"});
}

TEST_CASE("P#91 handlers are called in the order of their registration, whichever of two Clients of a hub it was") {
  Unconnected world;
  Client same("CHAT");
  std::vector<Subscription> kept;
  kept.push_back(same.on("say", world.note("1")));
  kept.push_back(world.chat.on("say", world.note("2")));
  kept.push_back(same.on("SAY", world.note("3")));
  kept.push_back(world.chat.on_any([&](const HubCallView&) { world.seen.emplace_back("any"); }));
  kept.push_back(same.on_result([&](const Message&) { world.seen.emplace_back("result 1"); }));
  kept.push_back(world.chat.on_result([&](const Message&) { world.seen.emplace_back("result 2"); }));
  Conn conn = world.connect({world.chat, same});
  CHECK(world.server.requests("negotiate").at(0).query("connectionData") == R"([{"name":"chat"}])");
  kept.push_back(world.chat.on("say", world.note("4")));
  kept.push_back(same.on("say", world.note("5")));
  world.settle();
  world.say("");
  world.chat.invoke("Echo", 1).wait();
  CHECK(world.seen == Story{"any", "1", "2", "3", "4", "5", "result 1", "result 2"});
}

TEST_CASE("a Client may be moved before the dial, during it and afterwards, and takes its handlers along") {
  Unconnected world;
  const Subscription say = world.chat.on("say", world.hear("chat"));
  Client moved = std::move(world.chat);
  Conn conn;
  const PendingDial pending = world.connect_later({moved}, conn);
  world.server.clock().run_one();
  Client again = std::move(moved);
  world.settle();
  world.say("a");
  CHECK(again.invoke("Echo", 7).get<int>() == 7);
  world.chat = std::move(again);
  world.say("b");
  conn = Conn();
  conn = world.connect({world.chat});
  world.say("c");
  CHECK(world.seen == Story{"dialed", "chat a", "chat b", "chat c"});
}

TEST_CASE("a subscription that is dropped before the dial, during it, or between two connections is gone") {
  Unconnected world;
  std::array<Subscription, 4> kept;
  const std::array<const char*, 4> names{"before", "during", "between", "stays"};
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = world.chat.on("say", world.note(names[i]));
  world.chat.on("say", world.note("detached")).detach();
  kept[0].reset();
  Conn conn;
  const PendingDial pending = world.connect_later({world.chat}, conn);
  world.server.clock().run_one();
  kept[1].reset();
  world.settle();
  world.say("");
  conn = Conn();
  kept[2].reset();
  conn = world.connect({world.chat});
  world.say("");
  CHECK(world.seen == Story{"dialed", "between", "stays", "detached", "stays", "detached"});
}

TEST_CASE("a handler that drops another one, or itself, in the middle of a frame is obeyed at once, and for good") {
  Unconnected world;
  std::array<Subscription, 2> kept;
  kept[0] = world.chat.on("say", [&] {
    world.seen.emplace_back("first");
    kept[0].reset();
    kept[1].reset();
  });
  kept[1] = world.chat.on("say", world.note("second"));
  Conn conn = world.connect({world.chat});
  const std::string_view twice = R"({"C":"1","M":[{"H":"Chat","M":"say","A":[]},{"H":"Chat","M":"say","A":[]}]})";
  world.server.peer().send(twice);
  world.settle();
  conn = Conn();
  conn = world.connect({world.chat});
  world.server.peer().send(twice);
  world.settle();
  CHECK(world.seen == Story{"first"});
}

TEST_CASE("a Client may be called in the event that tells of the connection, before dial returns") {
  Unconnected world;
  world.options.events.on_state_changed = [&](ConnectionState, ConnectionState to) {
    if (to != ConnectionState::connected) return;
    world.chat.invoke("Echo", 7).then<int>(
        [&](Result<int> echo) { world.seen.push_back(std::to_string(echo.value())); });
  };
  Conn conn = world.connect({world.chat});
  CHECK(world.seen == Story{"7"});
}

TEST_CASE("a handler whose call came with init may call the hub") {
  Unconnected world;
  const Subscription say = world.chat.on("say", [&] {
    world.chat.invoke("Echo", 7).then<int>(
        [&](Result<int> echo) { world.seen.push_back(std::to_string(echo.value())); });
  });
  world.server.expect_start().run([&](const std::shared_ptr<server::Exchange>& exchange) {
    world.server.peer().send(R"({"C":"1","M":[{"H":"Chat","M":"say","A":[]}]})");
    exchange->answer_json(R"({"Response":"started"})");
  });
  Conn conn = world.connect({world.chat});
  CHECK(world.seen == Story{"7"});
}

TEST_CASE("the messages of a connection that was dialed for Clients go to them alone; more Clients may join") {
  Unconnected world;
  Conn conn = world.connect({world.chat});
  CHECK_THROWS_AS(conn.read_message(), UsageError);
  CHECK_THROWS_AS(conn.on_received([](RawJsonView) {}), UsageError);
  CHECK_THROWS_AS(Client("news", conn), UsageError);
  Client late("Chat", conn);
  const Subscription say = late.on("say", world.hear("late"));
  world.say("a");
  CHECK(world.seen == Story{"late a"});
}

TEST_CASE("a Client without a name, or that was moved from, can't be dialed") {
  Unconnected world;
  Client nameless("");
  CHECK_THROWS_AS(world.connect({nameless}), UsageError);
  const Client moved = std::move(world.chat);
  CHECK_THROWS_AS(world.connect({world.news, world.chat}), UsageError);
  CHECK(world.server.requests().empty());
}

TEST_CASE("200,000 calls in frames of 20, pushed right after /start over each transport, all find their handlers") {
  constexpr int kFrames = 10'000;
  constexpr int kCalls = 20;
  for (const TransportKind transport :
       {TransportKind::websockets, TransportKind::server_sent_events, TransportKind::long_polling}) {
    CAPTURE(to_string(transport));
    Unconnected world;
    world.options.transports = {transport};
    int frames = 0;
    const auto frame = [&frames] {
      std::string text = R"({"C":")" + std::to_string(frames + 1) + R"(","M":[)";
      for (int i = 0; i < kCalls; ++i) {
        text += std::string(i == 0 ? "" : ",") + R"({"H":"Chat","M":")" + (i % 2 == 0 ? "even" : "odd") + R"(","A":[)" +
                std::to_string(frames * kCalls + i) + "]}";
      }
      ++frames;
      return text + "]}";
    };
    world.server.expect_start().run([&](const std::shared_ptr<server::Exchange>& exchange) {
      exchange->answer_json(R"({"Response":"started"})");
      if (transport == TransportKind::long_polling) return;
      while (frames < kFrames) world.server.peer().send(frame());
    });
    if (transport == TransportKind::long_polling) {
      world.server.expect_poll().times(kFrames).run(
          [&](const std::shared_ptr<server::Exchange>& exchange) { exchange->answer_json(frame()); });
    }
    int next = 0;
    bool in_order = true;
    const auto count = [&](int number) { in_order = number == next++ && in_order; };
    const Subscription even = world.chat.on("even", count);
    const Subscription odd = world.chat.on("odd", count);
    Conn conn = world.connect({world.chat});
    CHECK(next == kFrames * kCalls);
    CHECK(in_order);
    CHECK(conn.stats().calls_dropped == 0);
    CHECK(world.errors.empty());
  }
}
