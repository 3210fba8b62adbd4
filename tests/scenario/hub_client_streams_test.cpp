// Streams of Clients that aren't connected: they belong to the next connection, and to no other.
#include "streaming.hpp"
#include "unconnected.hpp"

using namespace scenario;
using namespace signalr;

namespace {

std::string read(CallbackStream& stream) {
  std::string text;
  stream.read(text);
  return text;
}

}  // namespace

TEST_CASE("a stream that is opened before the dial gets the first call, and ends with the connection") {
  Unconnected world;
  CallbackStream stream = world.chat.callback("say");
  world.server.expect_start().run([&](const std::shared_ptr<server::Exchange>& exchange) {
    world.server.peer().send(R"({"C":"1","M":[{"H":"Chat","M":"say","A":["first"]}]})");
    exchange->answer_json(R"({"Response":"started"})");
  });
  Conn conn = world.connect({world.chat});
  CHECK(read(stream) == "first");
  world.say("second");
  world.end();
  CHECK(read(stream) == "second");
  CHECK_THROWS_AS(read(stream), ReadError);
  conn = world.connect({world.chat});
  world.say("not for it");
  CHECK_THROWS_AS(read(stream), ReadError);
}

TEST_CASE(
    "a stream that is opened between two connections tells of the end of the first, and gets the second's calls") {
  Unconnected world;
  Conn conn = world.connect({world.chat});
  world.end();
  CallbackStream stream = world.chat.callback("say");
  CHECK_THROWS_AS(read(stream), ReadError);
  REQUIRE(stream.end_reason() != nullptr);
  stream.async_read([&](const Result<HubCall>& call) { world.seen.emplace_back(call.ok() ? "?" : "no connection"); });
  world.settle();
  CHECK(world.seen == Story{"no connection"});
  CHECK_THROWS_AS(static_cast<void>(world.chat.callback("say")), DuplicateCallbackError);
  conn = world.connect({world.chat});
  CHECK(stream.end_reason() == nullptr);
  world.say("a");
  CHECK(read(stream) == "a");

  conn = Conn();
  CallbackStream third = world.chat.callback("say");
  CHECK_THROWS_AS(read(third), ConnectionGone);
  conn = world.connect({world.chat});
  world.say("b");
  CHECK(read(third) == "b");
}

TEST_CASE("a stream without a connection has no twin, can be closed, and is ended by its token") {
  Unconnected world;
  CancelSource source;
  CallbackStream canceled = world.chat.callback("say", {}, CallOptions{{}, source.token()});
  CHECK_THROWS_AS(static_cast<void>(world.chat.callback("SAY")), DuplicateCallbackError);
  source.cancel();
  CHECK_THROWS_AS(read(canceled), CanceledError);
  CallbackStream closed = world.chat.callback("say");
  closed.close();
  CHECK_THROWS_AS(read(closed), CanceledError);
  CallbackStream open = world.chat.callback("say");
  CallbackStream also_canceled = world.chat.callback("tick", {}, CallOptions{{}, source.token()});
  Conn conn = world.connect({world.chat});
  world.say("a");
  CHECK(read(open) == "a");
  for (CallbackStream* stream : {&canceled, &closed, &also_canceled}) CHECK_THROWS_AS(read(*stream), CanceledError);
}

TEST_CASE("a stream's token may be canceled during the dial; its deadline counts from the connection on") {
  Unconnected world;
  CancelSource source;
  CallbackStream canceled = world.chat.callback("tick", {}, CallOptions{{}, source.token()});
  CallbackStream timed = world.chat.callback("say", {}, CallOptions{5s});
  world.server.clock().advance(1min);
  Conn conn;
  const PendingDial pending = world.connect_later({world.chat}, conn);
  world.server.clock().run_one();
  source.cancel();
  world.settle();
  CHECK_THROWS_AS(read(canceled), CanceledError);
  world.server.clock().advance(4s);
  world.say("a");
  CHECK(read(timed) == "a");
  world.server.clock().advance(2s);
  CHECK_THROWS_AS(read(timed), DeadlineError);
}

TEST_CASE("streams of one method that two Clients of a hub opened before the dial get each call both") {
  Unconnected world;
  Client same("chat");
  CallbackStream a = world.chat.callback("say");
  CallbackStream b = same.callback("say");
  Conn conn = world.connect({world.chat, same});
  world.say("a");
  CHECK(read(a) == "a");
  CHECK(read(b) == "a");
}

TEST_CASE("a stream that pushes back and was opened before the dial stops the reading of a flood at once") {
  Unconnected world;
  StreamOptions options;
  options.capacity = 4;
  options.overflow = OverflowPolicy::push_back;
  CallbackStream stream = world.chat.callback("tick", options);
  world.server.expect_start().run([&](const std::shared_ptr<server::Exchange>& exchange) {
    exchange->answer_json(R"({"Response":"started"})");
    for (int i = 0; i < 100; ++i) {
      world.server.peer().send(R"({"C":"1","M":[{"H":"Chat","M":"tick","A":[)" + std::to_string(i) + "]}]}");
    }
  });
  Conn conn = world.connect({world.chat});
  CHECK(conn.stats().messages_received < 100);
  const std::vector<int> seen = drain(stream);
  CHECK(seen.size() == 100);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
}
