// Reading the calls of a method one by one: order, readers, and ends.
#include "streaming.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("a stream gives the calls of its method, decoded, in order") {
  Streaming world;
  CallbackStream stream = world.chat.callback("tick");
  world.server.broadcast("Chat", "tick", R"([1,"one"])");
  world.server.broadcast("Chat", "other", R"([7])");
  world.server.broadcast("Chat", "TICK", R"([2,"two"])");
  int number = 0;
  std::string text;
  stream.read(number, text);
  CHECK(number == 1);
  CHECK(text == "one");
  stream.read(number);
  CHECK(number == 2);
  world.server.broadcast("Chat", "tick", "[3]");
  world.server.broadcast("Chat", "tick", "[4]");
  stream.read();
  const HubCall raw = stream.read_raw();
  CHECK(raw.hub == "Chat");
  CHECK(raw.method == "tick");
  REQUIRE(raw.args.size() == 1);
  CHECK(raw.args[0].text() == "4");
}

TEST_CASE("a call that can't be decoded is an error that loses only itself, and changes nothing") {
  Streaming world;
  CallbackStream stream = world.chat.callback("tick");
  world.server.broadcast("Chat", "tick", R"([1,"x"])");
  world.server.broadcast("Chat", "tick", R"([2])");
  world.server.broadcast("Chat", "tick", R"([3,4])");
  int a = -1, b = -1;
  CHECK_THROWS_AS(stream.read(a, b), DecodeError);
  CHECK_THROWS_WITH_AS(stream.read(a, b),
                       "can't decode a call of \"Chat.tick\", argument 2: expected a value, but got none: the call has "
                       "fewer arguments",
                       DecodeError);
  CHECK(a == -1);
  stream.read(a, b);
  CHECK(a == 3);
  CHECK(b == 4);
}

TEST_CASE("P#90 a call whose arguments are null or missing has none for a stream, too") {
  Streaming world;
  CallbackStream stream = world.chat.callback("tick");
  world.server.peer().send(R"({"C":"1","M":[{"H":"Chat","M":"tick","A":null},{"H":"Chat","M":"tick"},)"
                           R"({"H":"Chat","M":"tick","A":null},{"H":"Chat","M":"tick","A":{}},)"
                           R"({"H":"Chat","M":"tick","A":[5]}]})");
  CHECK_NOTHROW(stream.read());
  CHECK(stream.read_raw().args.empty());
  int number = -1;
  CHECK_THROWS_WITH_AS(stream.read(number),
                       "can't decode a call of \"Chat.tick\", argument 1: expected a value, but got none: the call has "
                       "fewer arguments",
                       DecodeError);
  stream.read(number);
  CHECK(number == 5);
}

TEST_CASE("a live stream has no twin; a closed one makes room; other methods and hubs don't count") {
  Streaming world;
  CallbackStream stream = world.chat.callback("tick");
  CHECK_THROWS_WITH_AS((void)world.chat.callback("TICK"), R"(duplicate callback for method "TICK" of hub "chat")",
                       DuplicateCallbackError);
  CallbackStream other = world.chat.callback("tock");
  stream.close();
  CHECK_THROWS_AS(stream.read(), CanceledError);
  CallbackStream again = world.chat.callback("tick");
  { const CallbackStream gone = std::move(again); }
  CallbackStream third = world.chat.callback("tick");
  world.tell(0, 1);
  CHECK(drain(third) == std::vector<int>{0});
}

TEST_CASE("calls that came before the stream wait for it") {
  Streaming world;
  world.tell(0, 3);
  CallbackStream stream = world.chat.callback("tick");
  CHECK(drain(stream) == std::vector<int>{0, 1, 2});
}

TEST_CASE("a stream can be walked; the loop ends when the stream does, and the reason is told") {
  Streaming world;
  CallbackStream stream = world.chat.callback("tick");
  world.tell(0, 3);
  world.conn.async_close([](Result<void>) {});
  std::string seen;
  for (const HubCall& call : stream) seen += call.args[0].text();
  CHECK(seen == "012");
  REQUIRE(stream.end_reason() != nullptr);
  CHECK_THROWS_AS(stream.read(), ReadError);
}

TEST_CASE("a stream can be walked with its arguments decoded; a call that can't be is lost alone") {
  Streaming world;
  CallbackStream stream = world.chat.callback("tick");
  world.server.broadcast("Chat", "tick", R"([1,"one"])");
  world.server.broadcast("Chat", "tick", R"(["two",2])");
  world.server.broadcast("Chat", "tick", R"([3,"three"])");
  world.settle();
  world.conn.async_close([](Result<void>) {});
  Story seen;
  const auto walk = [&] {
    for (auto [number, text] : stream.as<int, std::string>()) seen.push_back(std::to_string(number) + text);
  };
  CHECK_THROWS_AS(walk(), DecodeError);
  walk();
  CHECK(seen == Story{"1one", "3three"});
}

TEST_CASE("readers get deadlines and cancellation without losing the stream, and are served in turn") {
  Streaming world;
  CallbackStream stream = world.chat.callback("tick");
  CHECK_THROWS_AS(stream.read_raw(1s), DeadlineError);
  CancelSource source;
  stream.async_read([&](Result<HubCall> call) { world.story.push_back(call.ok() ? "?" : "canceled"); },
                    CallOptions{{}, source.token()});
  for (const char* name : {"a", "b"}) {
    stream.async_read(
        [&world, name](Result<HubCall> call) { world.story.push_back(name + call.value().args[0].text()); });
  }
  source.cancel();
  world.tell(1, 4);
  CHECK(world.story == Story{"canceled", "a1", "b2"});
  CHECK(drain(stream) == std::vector<int>{3});
}

TEST_CASE("a reader whose time is over, or whose token was canceled, takes no call, however near one is") {
  int received = 0;
  for (int steps = 0; steps < 20; ++steps) {
    Streaming world;
    CallbackStream stream = world.chat.callback("tick");
    CancelSource source;
    const CallOptions options({}, source.token());
    int read = 0;
    stream.async_read([&](const Result<HubCall>& call) { read += call.ok() ? 1 : 0; }, options);
    world.settle();
    world.server.broadcast("Chat", "tick", "[1]");
    for (int i = 0; i < steps; ++i) world.server.clock().poll_one();
    source.cancel();
    const int read_before = read;
    world.settle();
    CHECK(read == read_before);
    CHECK_THROWS_AS(stream.read_raw(options), CanceledError);
    CHECK_THROWS_AS(stream.read_raw(CallOptions{0s}), DeadlineError);
    if (read == 0) CHECK(drain(stream) == std::vector<int>{1});
    received += read;
  }
  CHECK((received > 0 && received < 20));
}

TEST_CASE("a stream ends with the time or the token that it was given") {
  Streaming world;
  CallbackStream timed = world.chat.callback("tick", {}, CallOptions{5s});
  world.tell(0, 1);
  world.server.clock().advance(6s);
  CHECK(drain(timed) == std::vector<int>{0});
  CHECK_THROWS_AS(timed.read(), DeadlineError);
  CancelSource source;
  CallbackStream stopped = world.chat.callback("tick", {}, CallOptions{{}, source.token()});
  source.cancel();
  CHECK_THROWS_AS(stopped.read(), CanceledError);
}

TEST_CASE("a stream outlives its connection: what came can be read, then ConnectionGone") {
  Streaming world;
  CallbackStream stream = world.chat.callback("tick");
  CallbackStream empty = world.chat.callback("tock");
  bool called = false;
  empty.async_read([&](Result<HubCall>) { called = true; });
  world.tell(0, 2);
  { const Conn gone = std::move(world.conn); }
  world.settle();
  CHECK(drain(stream) == std::vector<int>{0, 1});
  CHECK_THROWS_AS(stream.read(), ConnectionGone);
  CHECK_THROWS_AS(empty.read(), ConnectionGone);
  CallbackStream late = world.chat.callback("late");
  CHECK_THROWS_AS(late.read(), ConnectionGone);
  CHECK_FALSE(called);
}

TEST_CASE("a stream made after the end of the connection has ended, too") {
  Streaming world;
  world.conn.close();
  CallbackStream stream = world.chat.callback("tick");
  CHECK_THROWS_AS(stream.read(), ReadError);
}
