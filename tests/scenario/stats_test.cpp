// The numbers that a connection tells of itself: what they count, and that the accounts balance.
#include <atomic>
#include <thread>

#include <signalr/client.hpp>

#include "loop_world.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("frames, bytes and messages are counted as they come and go") {
  World world;
  Conn conn = world.dial();
  world.settle();
  const ConnStats before = conn.stats();
  CHECK(before.frames_received == 1);  // init
  CHECK(before.messages_received == 0);
  CHECK(before.messages_sent == 0);
  const std::string frame = R"({"C":"d-1-A,1","M":[1,2,3]})";
  world.server.peer().send(frame);
  world.server.peer().send("{}");
  world.server.peer().send("no json");
  world.settle();
  const ConnStats after = conn.stats();
  CHECK(after.frames_received - before.frames_received == 3);
  CHECK(after.bytes_received - before.bytes_received == frame.size() + 2 + 7);
  CHECK(after.messages_received == 3);
  CHECK(after.frames_dropped == 1);
  CHECK(after.receive_queue_messages == 1);
  CHECK(after.receive_queue_bytes >= frame.size());
  conn.read_message();
  CHECK(conn.stats().receive_queue_messages == 0);
  CHECK(conn.stats().receive_queue_bytes == 0);

  conn.send("hello");
  CHECK(conn.stats().messages_sent == 1);
  CHECK(conn.stats().bytes_sent == 5);
  CHECK(conn.stats().send_queue_messages == 0);
}

TEST_CASE("every kind of frame that is dropped counts as dropped") {
  World world;
  world.options.limits.max_depth = 8;
  world.options.limits.max_frame_elements = 4;
  Conn conn = world.dial();
  for (const char* frame : {"{", "[]", R"({"C":"d-1","M":5})", R"({"M":[[[[[[[[[[[]]]]]]]]]]]})",
                            R"({"M":[1,2,3,4,5]})", R"({"M":[]} x)"}) {
    world.server.peer().send(frame);
  }
  world.settle();
  CHECK(conn.stats().frames_dropped == 6);
  CHECK(world.errors.size() == 6);
}

TEST_CASE("calls that a stream drops are counted") {
  World world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  StreamOptions options;
  options.capacity = 2;
  options.overflow = OverflowPolicy::drop_oldest;
  CallbackStream stream = chat.callback("tick", options);
  world.settle();
  for (int i = 0; i < 5; ++i) world.server.broadcast("Chat", "tick", "[]");
  world.settle();
  CHECK(conn.stats().calls_dropped == 3);
  CHECK(conn.stats().messages_received == 5);
}

TEST_CASE("calls are started, and each succeeds, fails, or is under way; notify is none of them") {
  World world;
  world.server.hub("Chat").on("Fail", [](server::Call& call) { call.error("no"); });
  world.server.hub("Chat").on("Never", [](server::Call& call) { call.never(); });
  Conn conn = world.dial();
  Client chat("chat", conn);
  chat.invoke("Echo", 1);
  chat.invoke("Fail");
  Invocation never = chat.invoke("Never");
  chat.invoke(CallOptions{1s}, "Never");
  chat.notify("Echo", 1);
  world.settle();
  CHECK(conn.stats().invocations_started == 4);
  CHECK(conn.stats().invocations_succeeded == 1);
  CHECK(conn.stats().invocations_failed == 1);
  world.server.clock().advance(2s);
  CHECK(conn.stats().invocations_failed == 2);
  never.cancel();
  never.cancel();
  world.settle();
  CHECK(conn.stats().invocations_failed == 3);
  world.server.peer().cut();
  world.settle();
  CHECK(conn.stats().reconnects == 1);
  conn.close();
  chat.invoke("Echo", 1);
  world.settle();
  const ConnStats end = conn.stats();
  CHECK(end.invocations_started == 5);
  CHECK(end.invocations_succeeded + end.invocations_failed == 5);
  CHECK(end.messages_sent == 5);
}

TEST_CASE("stats are read from any thread while frames arrive and calls end, and balance at the end") {
  constexpr int kCalls = 300;
  LoopWorld world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    ConnStats last;
    while (!stop) {
      const ConnStats now = conn.stats();
      CHECK(now.frames_received >= last.frames_received);
      CHECK(now.bytes_received >= last.bytes_received);
      CHECK(now.invocations_succeeded >= last.invocations_succeeded);
      CHECK(now.invocations_succeeded <= kCalls * 2);
      last = now;
    }
  });
  std::thread other([&] {
    for (int i = 0; i < kCalls; ++i) chat.invoke("Echo", i).get<int>();
  });
  for (int i = 0; i < kCalls; ++i) chat.invoke("Echo", i).get<int>();
  other.join();
  stop = true;
  reader.join();
  const ConnStats end = conn.stats();
  CHECK(end.invocations_started == kCalls * 2);
  CHECK(end.invocations_succeeded == kCalls * 2);
  CHECK(end.messages_sent == kCalls * 2);
}
