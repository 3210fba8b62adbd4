// Coroutines and threads: begun on one, resumed on the executor's, while connections go on yet another.
#include <signalr/coroutine.hpp>

#include <thread>
#include <vector>

#include "loop_world.hpp"
#include "script.hpp"

using namespace scenario;

namespace {

/// How coroutines went on, counted.
struct Counts {
  std::atomic<int> answered{0}, gone{0}, otherwise{0}, elsewhere{0};
  int all() const { return answered + gone + otherwise; }
};

Detached ask(Client& chat, Executor& executor, Counts& counts) {
  const std::string end = co_await end_of(co::get<int>(chat.invoke("Echo", 1)));
  if (!executor.running_here()) ++counts.elsewhere;
  ++(end == "nothing" ? counts.answered : end == "ConnectionGone" ? counts.gone : counts.otherwise);
}

}  // namespace

TEST_CASE("coroutines begun on eight threads are resumed on the executor, each once") {
  constexpr int kEach = 200;
  LoopWorld world;
  Counts counts;
  {
    Conn conn = world.dial();
    Client chat("chat", conn);
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) ask(chat, *world.loop, counts);
      });
    }
    for (std::thread& thread : threads) thread.join();
    conn.close();
  }
  world.on_strand([] {});
  CHECK(counts.all() == 8 * kEach);
  CHECK(counts.elsewhere == 0);
  CHECK(counts.gone == 0);
}

TEST_CASE("the Conn is destroyed on another thread: every coroutine is resumed once, on the executor") {
  for (int round = 0; round < 50; ++round) {
    LoopWorld world;
    Counts counts;
    auto conn = std::make_unique<Conn>(world.dial());
    Client chat("chat", *conn);
    std::thread other([&] {
      for (int i = 0; i < 50; ++i) ask(chat, *world.loop, counts);
    });
    for (int i = 0; i < round * 20; ++i) std::this_thread::yield();
    conn.reset();
    other.join();
    world.on_strand([] {});  // the connection's last task
    world.on_strand([] {});  // what that has resumed
    CHECK(counts.all() == 50);
    CHECK(counts.otherwise == 0);
    CHECK(counts.elsewhere == 0);
  }
}

TEST_CASE("a reader begun on another thread, as messages come: each message is read once, in order") {
  constexpr int kMessages = 500;
  LoopWorld world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  StreamOptions options;
  options.capacity = kMessages;
  CallbackStream ticks = chat.callback("tick", options);
  std::vector<int> seen;
  std::promise<void> done;
  const auto body = [&]() -> Script {
    while (seen.size() < kMessages) {
      const auto [tick] = co_await co::read<int>(ticks);
      seen.push_back(tick);
    }
    done.set_value();
  };
  std::thread server([&] {
    for (int i = 0; i < kMessages; ++i) {
      world.on_strand([&] { world.server->broadcast("Chat", "tick", "[" + std::to_string(i) + "]"); });
    }
  });
  const Script script = body();
  REQUIRE(done.get_future().wait_for(1min) == std::future_status::ready);
  server.join();
  world.on_strand([] {});  // until it is suspended for good
  REQUIRE(seen.size() == kMessages);
  for (int i = 0; i < kMessages; ++i) CHECK(seen[static_cast<std::size_t>(i)] == i);
}
