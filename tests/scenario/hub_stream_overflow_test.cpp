// Readers of a stream that are too slow: what is kept, what is dropped, and who waits.
#include "streaming.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("a stream that nobody reads ends after its patience, and what came before can be read") {
  Streaming world;
  StreamOptions options;
  options.capacity = 4;
  options.patience = 10s;
  CallbackStream slow = world.chat.callback("tick", options);
  const Subscription other = world.chat.on("tick", [&](int i) { world.story.push_back(std::to_string(i)); });
  world.settle();
  world.tell(0, 6);
  CHECK(world.story.size() == 6);  // others don't wait
  world.server.clock().advance(9s);
  CHECK(slow.end_reason() == nullptr);
  world.server.clock().advance(2s);
  REQUIRE(slow.end_reason() != nullptr);
  CHECK(drain(slow) == std::vector<int>{0, 1, 2, 3, 4, 5});
  CHECK_THROWS_AS(slow.read(), LimitError);
  CHECK(world.chat.invoke("Echo", 1).get<int>() == 1);
}

TEST_CASE("a stream that is read in time goes on") {
  Streaming world;
  StreamOptions options;
  options.capacity = 2;
  CallbackStream stream = world.chat.callback("tick", options);
  for (int round = 0; round < 20; ++round) {
    world.tell(0, 4);
    world.server.clock().advance(6s);
    CHECK(drain(stream).size() == 4);
  }
  CHECK(stream.end_reason() == nullptr);
}

TEST_CASE("a stream's bytes are bounded: it ends at once") {
  Streaming world;
  StreamOptions options;
  options.max_bytes = 1200;
  CallbackStream stream = world.chat.callback("tick", options);
  world.settle();
  for (int i = 0; i < 3; ++i) world.server.broadcast("Chat", "tick", R"([")" + std::string(400, 'x') + R"("])");
  world.settle();
  REQUIRE(stream.end_reason() != nullptr);
  stream.read();
  stream.read();
  CHECK_THROWS_AS(stream.read(), LimitError);
}

TEST_CASE("what counts of a stream's bytes is the memory: calls without arguments, and very many tiny ones") {
  std::string tiny(119'999, ',');
  for (std::size_t i = 0; i < tiny.size(); i += 2) tiny[i] = '0';
  for (const std::string& args : {std::string(), tiny}) {
    Streaming world;
    StreamOptions options;
    options.max_bytes = 1024 * 1024;
    CallbackStream stream = world.chat.callback("tick", options);
    world.settle();
    for (int i = 0; i < 20'000 && stream.end_reason() == nullptr; ++i) {
      world.server.peer().send(R"({"M":[{"H":"Chat","M":"tick","A":[)" + args + "]}]}");
      world.settle();
    }
    REQUIRE(stream.end_reason() != nullptr);
    CHECK_THROWS_AS(stream.end_reason()->raise(), LimitError);
  }
}

TEST_CASE("drop_oldest keeps the newest calls and says so once, as an error and as a certain gap") {
  Streaming world;
  int gaps = 0;
  world.conn.on_gap([&](const Gap& gap) { gaps += gap.certain && gap.reason == Gap::Reason::frame_dropped ? 1 : 0; });
  StreamOptions options;
  options.capacity = 3;
  options.overflow = OverflowPolicy::drop_oldest;
  CallbackStream stream = world.chat.callback("tick", options);
  world.settle();
  world.tell(0, 10);
  CHECK(world.errors.size() == 1);
  CHECK(gaps == 1);
  CHECK(drain(stream) == std::vector<int>{7, 8, 9});
  world.tell(0, 10);
  CHECK(world.errors.size() == 2);
  CHECK(gaps == 2);
  CHECK(stream.end_reason() == nullptr);
}

TEST_CASE("push_back stops reading from the network; nothing is lost, and answers wait as well") {
  Streaming world;
  StreamOptions options;
  options.capacity = 2;
  options.overflow = OverflowPolicy::push_back;
  CallbackStream stream = world.chat.callback("tick", options);
  world.settle();
  world.tell(0, 10);
  Invocation call = world.chat.invoke("Echo", 1);
  bool answered = false;
  call.then([&](Result<RawJson>) { answered = true; });
  world.settle();
  CHECK_FALSE(answered);
  world.server.clock().advance(1min);  // our own pause isn't the server's silence
  CHECK(world.conn.connection_state() == ConnectionState::connected);
  std::vector<int> seen;
  for (int value = 0; seen.size() < 10; seen.push_back(value)) stream.read(value);
  CHECK(seen == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  world.settle();
  CHECK(answered);
}

TEST_CASE("closing a stream that pushed back lets the connection go on") {
  Streaming world;
  StreamOptions options;
  options.capacity = 1;
  options.overflow = OverflowPolicy::push_back;
  std::optional<CallbackStream> stream(world.chat.callback("tick", options));
  world.settle();
  world.tell(0, 5);
  Invocation call = world.chat.invoke("Echo", 1);
  stream.reset();
  CHECK(call.get<int>() == 1);
}
