// What becomes of coroutines that wait when something ends: they themselves, their connection, the executor.
#include "talk.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("a coroutine that is destroyed while it dials gives the dial up") {
  Talk world;
  world.server.expect_negotiate().hang();
  {
    const auto body = [&]() -> Script {
      const Conn conn = co_await co::dial(world.server.origin(), kChat, world.options);
      FAIL("it was destroyed");
    };
    const Script script = body();
    world.settle();
    CHECK(world.server.transcript() == Story{"negotiate"});
  }
  world.server.clock().advance(1h);
  CHECK(world.server.transcript() == Story{"negotiate"});
  CHECK(world.server.clock().pending_timers() == 0);
}

TEST_CASE("a coroutine that is destroyed while it reads takes no message with it, however near that is") {
  constexpr int kSteps = 20;
  int received = 0;
  for (int steps = 0; steps < kSteps; ++steps) {
    CAPTURE(steps);
    Talk world;
    Conn conn = world.dial();
    Conn other = world.dial();
    Client chat("chat", other);
    CallbackStream stream = chat.callback("tick");
    world.settle();
    int messages = 0, calls = 0;
    const auto reading = [&]() -> Script {
      co_await co::read_message(conn);
      ++messages;
    };
    const auto streaming = [&]() -> Script {
      co_await co::read_raw(stream);
      ++calls;
    };
    {
      const Script reader = reading();
      const Script caller = streaming();
      world.settle();
      world.server.broadcast("Chat", "tick", "[1]");
      for (int i = 0; i < steps; ++i) world.server.clock().poll_one();
    }
    world.settle();
    if (messages == 0) CHECK_NOTHROW(conn.read_message(CallOptions{1s}));
    if (calls == 0) CHECK_NOTHROW(stream.read_raw(CallOptions{1s}));
    received += messages + calls;
  }
  CHECK(received > 0);
  CHECK(received < 2 * kSteps);
}

TEST_CASE("a coroutine may be destroyed in whatever it waits; the connection goes on") {
  Talk world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  std::optional<CallbackStream> stream = chat.callback("tick");
  const auto wait = [&](auto awaited) {
    const auto body = [&]() -> Script {
      co_await awaited();
      FAIL("it was destroyed");
    };
    {
      const Script script = body();  // destroyed before anything could happen
    }
    const Script script = body();
    world.server.clock().advance(1ms);  // destroyed as it waits
  };
  wait([&] { return co::get<int>(chat.invoke("Silent")); });
  wait([&] { return co::read<int>(*stream); });
  wait([&] { return co::run(chat); });
  {
    const auto writing = [&]() -> Script { co_await co::send(conn, R"({"H":"chat","M":"Add","A":[],"I":"x"})"); };
    const Script script = writing();
  }
  world.settle();
  CHECK(world.server.received().back() == R"({"H":"chat","M":"Add","A":[],"I":"x"})");
  {
    const auto closing = [&]() -> Script { co_await co::close(conn); };
    const Script script = closing();
  }
  world.settle();
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(world.errors.empty());
}

TEST_CASE(
    "coroutines that wait are resumed with ConnectionGone when the Conn is destroyed: on the executor, afterwards") {
  Talk world;
  auto conn = std::make_unique<Conn>(world.dial());
  Client chat("chat", *conn);
  CallbackStream stream = chat.callback("tick");
  Invocation call = chat.invoke("Silent");
  Story ends;
  const auto waiting = [&](auto awaited) -> Script {
    std::string end = co_await end_of(awaited());
    if (!world.on_executor()) end += " elsewhere";
    ends.push_back(end);
  };
  const auto answer = [&] { return co::get<int>(call); };
  const auto tick = [&] { return co::read_raw(stream); };
  const auto end = [&] { return co::run(chat); };
  Script scripts[] = {waiting(answer), waiting(tick), waiting(end), waiting(answer)};
  world.settle();
  conn.reset();  // drives the executor up to the connection's last task
  world.settle();
  CHECK(ends == Story(4, "ConnectionGone"));

  SUBCASE("what is awaited afterwards ends likewise") {
    Script late[] = {waiting(answer), waiting(tick), waiting(end)};
    world.settle();
    CHECK(ends == Story(7, "ConnectionGone"));
    CHECK(late[0].done());
  }
  SUBCASE("but an answer that came before is still there") {
    conn = std::make_unique<Conn>(world.dial());
    Client other("chat", *conn);
    Invocation add = other.invoke("Add");
    world.settle();
    conn.reset();
    const auto body = [&]() -> Script {
      const int sum = co_await co::get<int>(add);
      CHECK(sum == 5);
      CHECK(world.on_executor());
    };
    const Script script = body();
    world.settle();
    CHECK(script.outcome() == "done");
  }
}

TEST_CASE("a coroutine that destroys the Conn, and one that is destroyed before it hears of it") {
  Talk world;
  std::optional<Conn> conn = world.dial();
  Client chat("chat", *conn);
  std::optional<Script> never;
  std::string end;
  const auto waiting = [&](bool expected) -> Script {
    end = co_await end_of(co::get<int>(chat.invoke("Silent")));
    CHECK(expected);
  };
  const auto destroying = [&]() -> Script {
    co_await chat.invoke("Add");
    conn.reset();
    never.reset();
    end += "destroyed";
  };
  never = waiting(false);
  const Script waiter = waiting(true);
  const Script destroyer = destroying();
  world.settle();
  CHECK(destroyer.outcome() == "done");
  CHECK(waiter.outcome() == "done");
  CHECK(end == "ConnectionGone");
}

TEST_CASE("a coroutine owns its Conn, Client and stream: dropped amid a call, they all end together") {
  Talk world;
  const auto body = [&]() -> Script {
    Conn conn = co_await co::dial(world.server.origin(), kChat, world.options);
    Client chat("chat", conn);
    CallbackStream stream = chat.callback("tick");
    co_await co::read_raw(stream);
  };
  std::optional<Script> script = body();
  world.settle();
  CHECK(world.story.back() == "Connecting -> Connected");
  script.reset();
  world.settle();
  CHECK_FALSE(world.server.peer().open());
  CHECK(world.server.clock().pending_tasks() == 0);
}

TEST_CASE("when the executor stops, coroutines are resumed with ConnectionGone by who stops it, or by who awaits") {
  Talk world;
  std::string ends;
  const auto body = [&]() -> Script {
    Conn conn = co_await co::dial(world.server.origin(), kChat, world.options);
    Client chat("chat", conn);
    CallbackStream stream = chat.callback("tick");
    ends += co_await end_of(co::read_raw(stream)) + ", ";
    ends += co_await end_of(co::get<int>(chat.invoke("Add"))) + ", ";
    ends += co_await end_of(co::read_raw(stream)) + ", ";
    ends += co_await end_of(co::close(conn)) + ", ";
    ends += co_await end_of(co::dial(world.server.origin(), kChat, world.options));
  };
  const Script script = body();
  world.settle();
  CHECK(ends.empty());
  world.server.clock().stop();
  CHECK(script.outcome() == "done");
  CHECK(ends == "ConnectionGone, ConnectionGone, ConnectionGone, ConnectionGone, ConnectionGone");
}
