// One connection, many threads: on an event loop of its own, with real time and the network in memory.
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "loop_world.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("P#115 what a thread sends keeps its order, and nothing is lost or doubled among eight threads") {
  constexpr int kThreads = 8;
  constexpr int kEach = 200;
  LoopWorld world;
  Conn conn = world.dial();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&conn, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = std::to_string(t * kEach + i);
        if (i % 2 == 0) {
          conn.write_message(call(id, "Echo", {id}), CallOptions{1min});
        } else {
          conn.async_write_message(call(id, "Echo", {id}), [](Result<void> written) { CHECK(written.ok()); });
        }
      }
    });
  }
  std::vector<int> next(kThreads, 0);
  for (int i = 0; i < kThreads * kEach; ++i) {
    const Message answer = conn.read_message(CallOptions{1min});
    const int id = std::stoi(std::string(answer.invocation_id()));
    CHECK(answer.result().text() == std::to_string(id));
    CHECK(id % kEach == next[static_cast<std::size_t>(id / kEach)]++);
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("P#141 state is readable from any thread while frames arrive") {
  LoopWorld world;
  Conn conn = world.dial();
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop) {
      const State state = conn.state();
      CHECK(state.message_id.compare(0, 2, "d-") == 0);
    }
  });
  for (int i = 0; i < 300; ++i) {
    world.on_strand([&] { world.server->broadcast("Chat", "n", "[]"); });
    conn.read_message(CallOptions{1min});
  }
  stop = true;
  reader.join();
}

TEST_CASE("destroying a connection waits for the handler that runs on the strand, and none runs afterwards") {
  LoopWorld world;
  for (int round = 0; round < 50; ++round) {
    auto conn = std::make_unique<Conn>(world.dial());
    std::promise<void> inside;
    std::atomic<bool> running{false};
    std::atomic<int> calls{0};
    conn->async_read_message([&](Result<Message>) {
      running = true;
      ++calls;
      inside.set_value();
      std::this_thread::yield();
      running = false;
    });
    conn->async_read_message([&](Result<Message>) { ++calls; });
    world.on_strand([&] { world.server->broadcast("Chat", "a", "[]"); });
    inside.get_future().wait();
    conn.reset();
    CHECK_FALSE(running);
    const int after = calls;
    world.on_strand([&] { world.server->broadcast("Chat", "b", "[]"); });
    world.on_strand([] {});
    CHECK(calls == after);
  }
}

TEST_CASE("a thread blocked in a call gets ConnectionGone when another destroys the connection") {
  LoopWorld world;
  for (int round = 0; round < 50; ++round) {
    auto conn = std::make_unique<Conn>(world.dial());
    world.on_strand([] {});
    const int posts = world.loop->posts;
    std::thread blocked([raw = conn.get()] { CHECK_THROWS_AS(raw->read_message(), ConnectionGone); });
    while (world.loop->posts == posts) std::this_thread::yield();  // now it waits
    conn.reset();
    blocked.join();
  }
}

TEST_CASE("P#110 closing in several threads at once: all return, one abort is sent") {
  LoopWorld world;
  Conn conn = world.dial();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) threads.emplace_back([&conn] { conn.close(CallOptions{1min}); });
  for (std::thread& thread : threads) thread.join();
  world.on_strand([&] { CHECK(world.server->requests("abort").size() == 1); });
}

TEST_CASE("dials given up from another thread at a random moment leave nothing behind") {
  LoopWorld world;
  for (int round = 0; round < 300; ++round) {
    std::atomic<bool> called{false};
    {
      const PendingDial pending =
          async_dial("http://server.test", Hubs{{"chat"}}, world.options, [&](Result<Conn>) { called = true; });
      for (int i = 0; i < round; ++i) std::this_thread::yield();
    }
    const bool before = called;
    world.on_strand([] {});
    CHECK(called == before);
  }
  world.on_strand([] {});
  world.on_strand([&] { CHECK(world.network->open_connections() == 0); });
}

TEST_CASE("tokens canceled from another thread race with the answer, and each call ends once") {
  LoopWorld world;
  Conn conn = world.dial();
  for (int round = 0; round < 300; ++round) {
    CancelSource cancel;
    std::promise<void> ended;
    std::atomic<int> ends{0};
    conn.async_read_message(
        [&](Result<Message>) {
          if (++ends == 1) ended.set_value();
        },
        CallOptions{{}, cancel.token()});
    std::thread canceler([&] { cancel.cancel(); });
    world.on_strand([&] { world.server->broadcast("Chat", "n", "[]"); });
    ended.get_future().wait();
    canceler.join();
    world.on_strand([] {});
    CHECK(ends == 1);
  }
}

TEST_CASE("a dial that was handed over is no longer waited for: its handle goes while later handlers run") {
  LoopWorld world;
  std::promise<Conn> dialed;
  auto pending =
      std::make_unique<PendingDial>(async_dial("http://server.test", Hubs{{"chat"}}, world.options,
                                               [&](Result<Conn> conn) { dialed.set_value(std::move(conn).value()); }));
  Conn conn = dialed.get_future().get();
  world.on_strand([] {});  // the dial's handler has returned
  std::promise<void> inside;
  std::promise<void> go_on;
  conn.async_read_message([&](Result<Message>) {
    inside.set_value();
    go_on.get_future().wait();
  });
  world.on_strand([&] { world.server->broadcast("Chat", "a", "[]"); });
  inside.get_future().wait();
  auto dropped = std::async(std::launch::async, [&] { pending.reset(); });
  CHECK(dropped.wait_for(1min) == std::future_status::ready);
  go_on.set_value();
  world.on_strand([] {});  // the reader's handler has returned, and needs the promises no more
}
