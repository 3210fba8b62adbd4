// Coroutines: what they get, on which thread they go on, and what becomes of them when something ends.
#include <signalr/coroutine.hpp>

#include "scenario.hpp"
#include "script.hpp"

using namespace scenario;
using namespace signalr;

namespace {

const Hubs kChat{{"chat"}};  // g++ 12 can't have it written out inside a co_await

struct Talk : World {
  Talk() {
    server.hub("Chat").on("Add", [](server::Call& call) { call.result("5"); });
    server.hub("Chat").on("Silent", [](server::Call& call) { call.never(); });
    server.hub("Chat").on("Refuse", [](server::Call& call) { call.error("no", true, R"({"code":7})"); });
  }
  bool on_executor() const { return options.executor->running_here(); }
};

}  // namespace

TEST_CASE("a program as a coroutine: dial, call, be called, close; it goes on on the executor") {
  Talk world;
  const auto body = [&]() -> Script {
    Conn conn = co_await co::dial(world.server.origin(), kChat, world.options);
    CHECK(world.on_executor());
    Client chat("chat", conn);
    CallbackStream messages = chat.callback("message");
    const int sum = co_await co::get<int>(chat.invoke("Add", 2, 3));
    CHECK(sum == 5);
    CHECK(world.on_executor());
    co_await co::exec(chat.invoke("Echo", "sent"));
    CHECK(world.on_executor());
    const RawJson echo = co_await chat.invoke("Echo", "hello");
    CHECK(echo.text() == R"("hello")");
    world.server.broadcast("Chat", "message", R"(["ann","hi",3])");
    world.server.broadcast("Chat", "message", R"(["bob"])");
    auto [name, text] = co_await co::read<std::string, std::string>(messages);
    CHECK(world.on_executor());
    CHECK(name + ": " + text == "ann: hi");
    const CallbackMessage raw = co_await co::read_raw(messages);
    CHECK(raw.args.at(0).text() == R"("bob")");
    co_await co::close(conn);
    CHECK(world.on_executor());
    co_await co::run(chat);
    CHECK(conn.connection_state() == ConnectionState::disconnected);
  };
  const Script script = body();
  CHECK_FALSE(script.done());
  world.settle();
  CHECK(script.outcome() == "done");
  CHECK(world.story.back() == "closed");
}

TEST_CASE("a raw connection as a coroutine: send, and read what comes, in order") {
  World world;
  const auto body = [&]() -> Script {
    Conn conn = co_await co::dial(world.server.origin() + "/raw", ConnectionData{}, world.options);
    co_await co::send(conn, "1");
    co_await co::send(conn, "2");
    const Message first = co_await co::read_message(conn);
    const Message second = co_await co::read_message(conn);
    CHECK(first.messages().at(0).json.text() == R"("1")");
    CHECK(second.messages().at(0).json.text() == R"("2")");
  };
  const Script script = body();
  world.settle();
  CHECK(script.outcome() == "done");
}

TEST_CASE("errors are thrown with the types of the blocking form") {
  Talk world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  CallbackStream stream = chat.callback("message");
  CancelSource source;
  source.cancel();
  const CallOptions canceled({}, source.token());
  const ClientMsg message = call("7", "Echo", {"1"});
  std::string ends;
  const auto body = [&]() -> Script {
    ends += co_await end_of(co::get<int>(chat.invoke("Refuse"))) + ", ";
    ends += co_await end_of(co::get<int>(chat.invoke("Echo", "text"))) + ", ";
    ends += co_await end_of(co::get<int>(chat.invoke(CallOptions{1s}, "Silent"))) + ", ";
    ends += co_await end_of(co::get<int>(chat.invoke(canceled, "Add"))) + ", ";
    ends += co_await end_of(co::read_raw(stream, {1s})) + ", ";
    ends += co_await end_of(co::read_raw(stream, canceled)) + ", ";
    world.server.broadcast("Chat", "message", "[1]");
    ends += co_await end_of(co::read<int, int>(stream)) + ", ";
    world.server.broadcast("Chat", "message", R"(["x"])");
    ends += co_await end_of(co::read<int>(stream)) + ", ";
    ends += co_await end_of(co::read_message(conn)) + ", ";
    ends += co_await end_of(co::dial("no url", kChat, world.options)) + ", ";
    world.server.expect_negotiate().answer(404);
    ends += co_await end_of(co::dial(world.server.origin(), kChat, world.options)) + ", ";
    world.server.expect_reconnect().hang();
    world.server.peer().cut();
    ends += co_await end_of(co::run(chat, {1s})) + ", ";
    ends += co_await end_of(co::write_message(conn, message));
  };
  const Script script = body();
  world.server.clock().run_until([&] { return script.done(); });
  CHECK(script.outcome() == "done");
  CHECK(ends ==
        "InvocationError, DecodeError, DeadlineError, CanceledError, DeadlineError, CanceledError, ProtocolError, "
        "DecodeError, UsageError, UsageError, NegotiateError, DeadlineError, WriteError");
}

TEST_CASE("a token of the user's ends a reader that waits; the next one gets the next message") {
  Talk world;
  Conn conn = world.dial();
  CancelSource source;
  std::string end;
  const auto body = [&]() -> Script {
    end = co_await end_of(co::read_message(conn, CallOptions({}, source.token())));
    const Message message = co_await co::read_message(conn);
    CHECK(message.messages().at(0).method == "message");
  };
  const Script script = body();
  world.settle();
  source.cancel();
  world.server.broadcast("Chat", "message", "[]");
  world.settle();
  CHECK(end == "CanceledError");
  CHECK(script.outcome() == "done");
}

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

TEST_CASE("a coroutine that is destroyed while it reads takes no message with it") {
  Talk world;
  Conn conn = world.dial();
  const auto reading = [&]() -> Script {
    co_await co::read_message(conn);
    FAIL("it was destroyed");
  };
  std::optional<Script> script = reading();
  world.settle();
  world.server.broadcast("Chat", "one", "[]");  // on its way
  script.reset();
  world.settle();
  CHECK(conn.read_message().messages().at(0).method == "one");

  Conn other = world.dial();
  Client chat("chat", other);
  CallbackStream stream = chat.callback("tick");
  const auto streaming = [&]() -> Script {
    co_await co::read_raw(stream);
    FAIL("it was destroyed");
  };
  script = streaming();
  world.settle();
  world.server.broadcast("Chat", "tick", "[1]");
  script.reset();
  world.settle();
  int tick = 0;
  stream.read(tick);
  CHECK(tick == 1);
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

TEST_CASE("what a coroutine type lets out is an error event") {
  Talk world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  const auto body = [&]() -> Leaky {
    co_await chat.invoke("Add");
    throw std::runtime_error("not caught");
  };
  body();
  world.settle();
  REQUIRE(world.errors.size() == 1);
  CHECK(std::string(world.errors[0]->what()).find("not caught") != std::string::npos);
  const auto gone = [&]() -> Leaky { co_await chat.invoke("Silent"); };
  gone();
  world.settle();
  conn = Conn();
  world.settle();  // nobody is left to be told
  CHECK(world.errors.size() == 1);
}

TEST_CASE("a coroutine reads a hundred thousand messages on a stack that doesn't grow") {
  constexpr int kMessages = 100'000;
  Talk world;
  Conn conn = world.dial();
  int read = 0;
  std::uintptr_t lowest = UINTPTR_MAX, highest = 0;
  const auto body = [&]() -> Script {
    while (read < kMessages) {
      co_await co::read_message(conn);
      const char here = 0;
      lowest = std::min(lowest, reinterpret_cast<std::uintptr_t>(&here));
      highest = std::max(highest, reinterpret_cast<std::uintptr_t>(&here));
      ++read;
    }
  };
  const Script script = body();
  for (int i = 0; i < kMessages / 100; ++i) {
    for (int j = 0; j < 100; ++j) world.server.peer().send(R"({"M":[{"H":"Chat","M":"tick","A":[]}]})");
    world.settle();
  }
  CHECK(script.outcome() == "done");
  CHECK(read == kMessages);
  CHECK(highest - lowest < 64 * 1024);
}
