// Hubs and many threads: calls from everywhere at once, and connections that die meanwhile. Every call ends once.
#include <thread>
#include <vector>

#include <signalr/client.hpp>

#include "../support/tally.hpp"
#include "loop_world.hpp"

using namespace scenario;
using namespace signalr::test;

TEST_CASE("calls from eight threads and from handlers, over connections that are cut, end once each") {
  constexpr int kEach = 150;
  LoopWorld world;
  std::atomic<int> losses{0};
  world.options.events.on_reconnecting = [&](const Error&, int) { ++losses; };
  Tally tally;
  {
    std::vector<Conn> conns;
    for (int i = 0; i < 4; ++i) conns.push_back(world.dial());
    std::vector<Client> clients;
    std::vector<Subscription> subscriptions;
    for (Conn& conn : conns) clients.emplace_back("chat", conn);
    for (Client& client : clients) {
      subscriptions.push_back(client.on("poke", [&] { client.invoke("Echo", 0).then(Tally::Handler(tally)); }));
    }
    in_threads(8, [&](int t) {
      for (int i = 0; i < kEach; ++i) {
        Client& client = clients[static_cast<std::size_t>(t + i) % clients.size()];
        client.invoke("Echo", i).then(Tally::Handler(tally));
        if (i % 10 == t) world.on_strand([&] { world.server->broadcast("Chat", "poke", "[]"); });
        if (i % 25 == t) {
          world.on_strand(
              [&] { world.server->peer(world.server->peers() - 1 - static_cast<std::size_t>(i) % 4).cut(); });
        }
        if (i % 7 != 0) continue;
        try {
          const int echo = client.invoke("Echo", i).get<int>();
          CHECK(echo == i);
        } catch (const Error&) {  // cut, or reconnecting
        }
      }
    });
    for (Conn& conn : conns) conn.close(CallOptions{1min});
    world.on_strand([] {});
    CHECK(tally.begun >= 8 * kEach);
    CHECK(tally.ended() == tally.begun);
    CHECK(tally.dropped == 0);
    CHECK(tally.answered > 0);
    CHECK(losses > 0);
  }
  CHECK(tally.dropped == 0);
  MESSAGE("calls: ", tally.begun.load(), ", answered ", tally.answered.load(), ", failed ", tally.failed.load(),
          "; connections lost ", losses.load(), " times");
}

TEST_CASE("calls from eight threads while their connection is destroyed end once each, and no thread stays blocked") {
  for (int round = 0; round < 30; ++round) {
    LoopWorld world;
    Tally tally;
    std::atomic<int> blocking_ends{0};
    {
      auto conn = std::make_unique<Conn>(world.dial());
      Client client("chat", *conn);
      std::atomic<int> working{0};
      std::thread killer([&] {
        while (working < 8) std::this_thread::yield();
        for (int i = 0; i < round * 20; ++i) std::this_thread::yield();
        conn.reset();
      });
      in_threads(8, [&](int t) {
        for (int i = 0; i < 20; ++i) {
          if (i == t / 2) ++working;
          client.invoke("Echo", i).then(Tally::Handler(tally));
          try {
            const int echo = client.invoke("Echo", i).get<int>();
            CHECK(echo == i);
          } catch (const Error&) {  // gone
          }
          ++blocking_ends;
        }
      });
      killer.join();
    }
    world.on_strand([] {});
    CHECK(blocking_ends == 8 * 20);
    CHECK(tally.begun == 8 * 20);
    CHECK(tally.ended() == tally.begun);
  }
}

TEST_CASE("a subscription reset in one thread: its handler isn't running any more, and never will") {
  LoopWorld world;
  Conn conn = world.dial();
  Client client("chat", conn);
  for (int round = 0; round < 200; ++round) {
    std::atomic<bool> inside{false};
    std::atomic<int> calls{0};
    Subscription subscription = client.on("poke", [&] {
      inside = true;
      ++calls;
      std::this_thread::yield();
      inside = false;
    });
    std::thread server([&] {
      for (int i = 0; i < 5; ++i) world.on_strand([&] { world.server->broadcast("Chat", "poke", "[]"); });
    });
    for (int i = 0; i < round; ++i) std::this_thread::yield();
    subscription.reset();
    CHECK_FALSE(inside);
    const int after = calls;
    server.join();
    world.on_strand([] {});
    CHECK(calls == after);
  }
}

TEST_CASE("streams are read in several threads while they fill: each call goes to one reader") {
  constexpr int kCalls = 2000;
  LoopWorld world;
  Conn conn = world.dial();
  Client client("chat", conn);
  StreamOptions options;
  options.capacity = 8;
  options.overflow = OverflowPolicy::push_back;
  CallbackStream stream = client.callback("tick", options);
  std::thread server([&] {
    for (int i = 0; i < kCalls; ++i) {
      world.on_strand([&] { world.server->broadcast("Chat", "tick", "[" + std::to_string(i) + "]"); });
    }
  });
  std::vector<std::vector<int>> seen(4);
  std::atomic<int> total{0};
  in_threads(4, [&](int t) {
    auto& mine = seen[static_cast<std::size_t>(t)];
    while (total.fetch_add(1) < kCalls) {
      int value = 0;
      stream.read(value);
      mine.push_back(value);
    }
  });
  server.join();
  std::vector<int> all;
  for (const auto& mine : seen) {
    CHECK(std::is_sorted(mine.begin(), mine.end()));
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end());
  REQUIRE(all.size() == kCalls);
  for (int i = 0; i < kCalls; ++i) CHECK(all[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("handlers come and go in eight threads while their Client is dialed, called and closed again and again") {
  LoopWorld world;
  Client client("chat");
  std::atomic<int> heard{0};
  const Subscription stays = client.on("poke", [&] { ++heard; });
  std::atomic<bool> done{false};
  std::thread dialer([&] {
    for (int round = 0; round < 40; ++round) {
      Conn conn = signalr::dial("http://server.test", {client}, world.options, CallOptions{1min});
      const int before = heard;
      world.on_strand([&] { world.server->broadcast("Chat", "poke", "[]"); });
      CHECK(client.invoke(CallOptions{1min}, "Echo", round).get<int>() == round);  // its answer comes after the poke
      CHECK(heard == before + 1);
      if (round % 2 == 0) conn.close(CallOptions{1min});
    }
    done = true;
  });
  in_threads(8, [&](int t) {
    while (!done) {
      std::atomic<bool> gone{false};
      Subscription passing = client.on("poke", [&] { CHECK_FALSE(gone); });
      client.set_state("thread", RawJson::parse(std::to_string(t)));
      try {
        const CallbackStream stream = client.callback("tick" + std::to_string(t));
        client.notify("Echo", t);
        client.invoke("Echo", t).then([](const Result<RawJson>&) {});
      } catch (const Error&) {  // not connected yet, or not any more
      }
      passing.reset();
      gone = true;
      world.on_strand([] {});  // one round at a time, or the dials would wait behind thousands
    }
  });
  dialer.join();
}

TEST_CASE(
    "a subscription waits for its handler that ended one connection, though the Client has the next one already") {
  LoopWorld world;
  Client client("chat");
  auto conn = std::make_unique<Conn>();
  std::promise<void> ended, may_leave;
  std::atomic<bool> inside{true};
  Subscription subscription = client.on("poke", [&] {
    conn.reset();
    ended.set_value();
    may_leave.get_future().wait();
    inside = false;
  });
  *conn = signalr::dial("http://server.test", {client}, world.options, CallOptions{1min});
  world.on_strand([&] { world.server->broadcast("Chat", "poke", "[]"); });
  ended.get_future().wait();
  // On another loop, since this one is held up.
  LoopWorld other;
  const Conn next = signalr::dial("http://server.test", {client}, other.options, CallOptions{1min});
  std::thread releaser([&] {
    std::this_thread::yield();
    may_leave.set_value();
  });
  subscription.reset();
  CHECK_FALSE(inside);
  releaser.join();
}
