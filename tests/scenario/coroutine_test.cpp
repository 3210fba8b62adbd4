// Coroutines: what they get and what is thrown into them.
#include "talk.hpp"

using namespace scenario;
using namespace signalr;

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
    const HubCall raw = co_await co::read_raw(messages);
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

TEST_CASE("P#90 a coroutine reads calls whose arguments are null or missing: they have none") {
  Talk world;
  const auto body = [&]() -> Script {
    Conn conn = co_await co::dial(world.server.origin(), kChat, world.options);
    Client chat("chat", conn);
    CallbackStream messages = chat.callback("message");
    world.server.peer().send(R"({"C":"1","M":[{"H":"Chat","M":"message","A":null},{"H":"Chat","M":"message"}]})");
    CHECK((co_await co::read_raw(messages)).args.empty());
    CHECK(co_await end_of(co::read<int>(messages)) == "DecodeError");
  };
  const Script script = body();
  world.settle();
  CHECK(script.outcome() == "done");
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
        "InvocationError, DecodeError, DeadlineError, CanceledError, DeadlineError, CanceledError, DecodeError, "
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

// Clang before 17 destroys the locals of such a coroutine twice: by the exception, and with its frame.
#if defined(__clang__) && __clang_major__ < 17
constexpr bool kDestroysTwice = true;
#else
constexpr bool kDestroysTwice = false;
#endif

TEST_CASE("what a coroutine type lets out is an error event" * doctest::skip(kDestroysTwice)) {
  Talk world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  const auto body = [&]() -> Leaky {
    co_await chat.invoke("Add");
    throw std::runtime_error("not caught");
  };
  const Leaky leaky = body();
  world.settle();
  REQUIRE(world.errors.size() == 1);
  CHECK(std::string(world.errors[0]->what()).find("not caught") != std::string::npos);
  const auto gone = [&]() -> Leaky { co_await chat.invoke("Silent"); };
  const Leaky waiting = gone();
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
      const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));  // locals needn't be on the stack
      lowest = std::min(lowest, here);
      highest = std::max(highest, here);
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
