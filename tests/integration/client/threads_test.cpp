// Calls from many threads and from handlers over real sockets that break meanwhile: each ends once.
#include <array>
#include <deque>

#include <signalr/client.hpp>

#include "../../support/anything.hpp"
#include "world.hpp"

using namespace signalr;
using namespace signalr::test;

namespace {

/// Until what was posted to the executor before has run.
void settle(Executor& executor) {
  std::promise<void> done;
  executor.post([&] { done.set_value(); });
  REQUIRE(done.get_future().wait_for(kPatience) == std::future_status::ready);
}

std::string told(const Tally& tally) {
  return std::to_string(tally.begun) + " calls, " + std::to_string(tally.answered) + " answered, " +
         std::to_string(tally.failed) + " failed, " + std::to_string(tally.dropped) + " dropped";
}

}  // namespace

TEST_CASE("calls from eight threads and from handlers, over sockets that are reset, end once each") {
  constexpr int kEach = 250;
  Local local;
  std::atomic<int> losses{0};
  DialOptions options;
  options.retry_interval = std::chrono::milliseconds(100);
  options.events.on_reconnecting = [&](const Error&, int) { ++losses; };
  Tally tally;
  std::deque<Conn> conns;
  std::deque<Client> clients;
  std::deque<Subscription> subscriptions;
  for (int i = 0; i < 4; ++i) {
    conns.push_back(local.dial("TestHub", options));
    Client& client = clients.emplace_back("TestHub", conns.back());
    subscriptions.push_back(client.on("poke", [&] { client.invoke("Echo", 0).then(Tally::Handler(tally)); }));
  }
  in_threads(8, [&](int t) {
    for (int i = 0; i < kEach; ++i) {
      Client& client = clients[static_cast<std::size_t>(t + i) % clients.size()];
      client.invoke("Echo", i).then(Tally::Handler(tally));
      if (i % 10 == t) local.hubs([](server::HubServer& hubs) { hubs.broadcast("TestHub", "poke", "[]"); });
      if (i % 60 == 30 + t) local.server.reset_connections();
      if (i % 5 != 0) continue;
      try {
        const int echo = client.invoke(patiently(), "Echo", i).get<int>();
        CHECK(echo == i);
      } catch (const InvocationError&) {  // lost before the answer
      } catch (const WriteError&) {       // while reconnecting
      }
    }
  });
  for (Conn& conn : conns) conn.close(patiently());
  settle(*conns.front().executor());
  MESSAGE(told(tally), "; connections lost ", losses.load(), " times");
  CHECK(tally.begun >= 8 * kEach);
  CHECK(tally.ended() == tally.begun);
  CHECK(tally.dropped == 0);
  CHECK(tally.answered > 0);
  CHECK(losses > 0);
}

TEST_CASE("calls from eight threads while their connection is destroyed end once each, and no thread stays blocked") {
  constexpr int kEach = 40;
  Tally all;
  for (int round = 0; round < 10; ++round) {
    Local local;
    Tally tally;
    auto conn = std::make_unique<Conn>(local.dial());
    const std::shared_ptr<Executor> executor = conn->executor();
    Client client("TestHub", *conn);
    std::atomic<int> begun{0};
    std::thread killer([&] {
      while (begun < 8 * kEach * round / 10) std::this_thread::yield();
      conn.reset();
    });
    in_threads(8, [&](int) {
      for (int i = 0; i < kEach; ++i) {
        ++begun;
        client.invoke("Echo", i).then(Tally::Handler(tally));
        if (i % 4 != 0) continue;
        try {
          const int echo = client.invoke("Echo", i).get<int>();
          CHECK(echo == i);
        } catch (const ConnectionGone&) {
        }
      }
    });
    killer.join();
    settle(*executor);  // the connection's last task
    CHECK(tally.begun == 8 * kEach);
    CHECK(tally.ended() == tally.begun);
    all.begun += tally.begun;
    all.answered += tally.answered;
    all.failed += tally.failed;
    all.dropped += tally.dropped;
  }
  MESSAGE(told(all));
}

TEST_CASE("eight threads do anything, over sockets that are reset and a server that floods: each call ends once") {
  constexpr int kEach = 100;
  for (unsigned round = 0; round < 6; ++round) {
    CAPTURE(round);
    Local local(round >= 3);
    Tally tally;
    DialOptions options;
    options.transports = {std::array{TransportKind::websockets, TransportKind::server_sent_events,
                                     TransportKind::long_polling}[round % 3]};
    options.retry_interval = std::chrono::milliseconds(100);
    options.restart.emplace();
    options.restart->first_delay = std::chrono::milliseconds(100);
    options.limits.max_receive_queue_messages = 4;
    options.limits.max_send_queue_messages = 64;
    std::shared_ptr<Executor> executor;
    {
      Conn conn = local.dial("TestHub", options);
      executor = conn.executor();
      Client client("TestHub", conn);
      std::atomic<int> acts{0};
      std::thread server([&] {
        for (int next = kEach; next < 8 * kEach; next += 50) {
          while (acts < next) std::this_thread::yield();
          local.hubs([](server::HubServer& hubs) {
            for (int i = 0; i < 40; ++i) hubs.broadcast("TestHub", i % 2 == 0 ? "tick" : "tock", "[1]");
          });
          if (next % 200 == 0) local.server.reset_connections();
        }
      });
      in_threads(8, [&](int t) {
        Anything user(&conn, client, tally, round * 8 + static_cast<unsigned>(t) + 1);
        for (int i = 0; i < kEach; ++i) {
          user.act();
          ++acts;
        }
      });
      server.join();
      conn.close(patiently());
    }
    settle(*executor);  // the connection's last task
    CHECK(tally.begun > 0);
    CHECK(tally.ended() == tally.begun);
  }
}
