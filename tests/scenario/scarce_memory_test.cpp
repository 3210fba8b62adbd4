// Memory that can't be had for a large frame whose turn it is: the transport is lost, nothing else, and that is told.
#include "../support/scarce_memory.hpp"
#include "busy_world.hpp"

using namespace scenario;
using signalr::test::ScarceMemory;

namespace {

constexpr std::size_t kScarce = 8 * 1024;                         // the largest allocation that succeeds
const std::string kLarge = '"' + std::string(20'000, 'x') + '"';  // a copy of it doesn't

const std::string kCall = R"({"C":"a","M":[{"H":"chat","M":"work","A":["a"]}]})";
/// The message is large, and so is what is made of the frame.
const std::string kLargeFrame = [] {
  std::string calls = R"({"H":"chat","M":"work","A":[)" + kLarge + "]}";
  for (int i = 0; i < 1000; ++i) calls += ",1";
  return R"({"C":"large","M":[)" + calls + "]}";
}();

struct ScarceWorld : BusyWorld {
  /// Lets it wait behind the handler of the frame before.
  void let_wait(const Conn& conn) {
    REQUIRE(until([&] { return conn.stats().receive_queue_messages == 1; }));
  }
  /// Until then large allocations fail.
  bool scarce_until(const std::string& line) {
    const ScarceMemory scarce(kScarce);
    return until([&] { return !story.empty() && story.back() == line; });
  }
};

}  // namespace

TEST_CASE("P#126 without memory for a frame whose turn it is the transport is lost, and a gap is told") {
  ScarceWorld world;
  Conn conn = world.connect();
  Client client("chat", conn);
  const Subscription work = world.slow(client, 100ms);
  world.server.peer().send(kCall).send(kLargeFrame);
  world.let_wait(conn);
  CHECK(world.scarce_until("Connected"));
  CHECK(world.story == Story{"a", "gap", "Reconnecting", "Connected"});
  CHECK(conn.stats().frames_dropped == 1);
  world.work("b");
  CHECK(world.until([&] { return world.story.back() == "b"; }));
}

TEST_CASE("P#126 without memory for an answer whose turn it is its call fails with the transport") {
  ScarceWorld world;
  Conn conn = world.connect();
  Client client("chat", conn);
  const Subscription work = world.slow(client, 100ms);
  world.server.hub("Chat").on("Large", [](server::Call& call) { call.result(kLarge); });
  world.work("a");
  world.tell(client.invoke("Large"), "large");
  world.let_wait(conn);
  CHECK(world.scarce_until("Connected"));
  CHECK(world.story == Story{"a", "gap", "large failed", "Reconnecting", "Connected"});
}

TEST_CASE("P#126 without memory for an answer that waits at a close its call fails, and the close goes on") {
  ScarceWorld world;
  Conn conn = world.connect();
  Client client("chat", conn);
  const Subscription work = world.slow(client, 100ms);
  world.server.hub("Chat").on("Large", [](server::Call& call) { call.result(kLarge); });
  world.work("a");
  world.tell(client.invoke("Large"), "large");
  world.let_wait(conn);
  conn.async_close([](const Result<void>&) {});
  CHECK(world.scarce_until("closed"));
  CHECK(world.story == Story{"a", "gap", "large failed", "Disconnected", "closed"});
}

TEST_CASE("P#126 without memory for a message that waits to be read at a close a gap is told, and the close goes on") {
  ScarceWorld world;
  Conn conn = world.connect();
  for (int i = 0; i < 2; ++i) {
    conn.async_read_message([&](const Result<Message>& message) {
      world.story.emplace_back(message.ok() ? "read" : "read failed");
      world.executor->sleep(100ms);
    });
  }
  world.server.peer().send(kCall).send(kLargeFrame);
  world.let_wait(conn);
  conn.async_close([](const Result<void>&) {});
  CHECK(world.scarce_until("closed"));
  CHECK(world.story == Story{"read", "gap", "read failed", "Disconnected", "closed"});
}
