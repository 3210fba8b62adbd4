// Eight threads that do anything, and a server that does anything: nobody hangs, every call ends once.
#include <thread>

#include "../support/anything.hpp"
#include "loop_world.hpp"

using namespace scenario;
using namespace signalr::test;

namespace {

constexpr int kEach = 100;
constexpr TransportKind kKinds[] = {TransportKind::websockets, TransportKind::server_sent_events,
                                    TransportKind::long_polling};

DialOptions impatient(DialOptions options, unsigned seed) {
  options.transports = {kKinds[seed % 3]};
  options.retry_interval = 100ms;
  options.close_timeout = 200ms;
  options.queue_while_reconnecting = seed % 2 == 0;
  options.parallel_sends = 1 + static_cast<int>(seed % 3);
  options.restart.emplace();
  options.restart->first_delay = 100ms;
  options.limits.max_receive_queue_messages = 4;
  options.limits.max_send_queue_messages = 64;
  return options;
}

/// Of the server's choosing, on its strand.
void misbehave(memory::FakeServer& server, std::minstd_rand& random) {
  switch (random() % 8) {
    case 0:
      return server.network().cut_all();
    case 1:
      return server.expect_reconnect().answer(503), void();
    case 2:
    case 3:
      for (int i = 0; i < 40; ++i) server.broadcast("Chat", i % 2 == 0 ? "tick" : "tock", "[1]");
      return;
    default:
      break;
  }
  if (server.peers() == 0) return;
  auto peer = server.peer();
  if (!peer.open()) return;
  switch (random() % 5) {
    case 0:
      return peer.send("{garbage"), void();
    case 1:
      return peer.send(R"({"E":"over"})"), void();
    case 2:
      return peer.send(R"({"I":"1","R":{"deep":[[[[0]]]]}})"), void();
    case 3:
      return peer.close(1001);
    default:
      return peer.send(R"({"C":"d-9","T":1,"M":[0,{"H":"Chat","M":"tick"},{"P":{"I":"2"}}]})"), void();
  }
}

}  // namespace

TEST_CASE("P#115 eight threads do anything with a connection and a server does: each call ends once, none hangs") {
  for (unsigned round = 0; round < 12; ++round) {
    CAPTURE(round);
    LoopWorld world;
    world.options = impatient(world.options, round);
    Tally tally;
    {
      auto conn = std::make_unique<Conn>(world.dial());
      Client client("chat", *conn);
      const bool destroy = round % 2 == 1;  // in the middle; else it is closed in the end
      std::atomic<int> acts{0};
      std::thread server([&] {
        std::minstd_rand random(round + 1);
        for (int next = kEach; next < 8 * kEach; next += 40) {
          while (acts < next) std::this_thread::yield();
          world.on_strand([&] { misbehave(*world.server, random); });
          if (destroy && next > 4 * kEach) conn.reset();
        }
      });
      in_threads(8, [&](int t) {
        Anything user(destroy ? nullptr : conn.get(), client, tally, round * 8 + static_cast<unsigned>(t) + 1);
        for (int i = 0; i < kEach; ++i) {
          user.act();
          ++acts;
        }
      });
      server.join();
      if (conn != nullptr) conn->close(CallOptions{1min});
    }
    world.on_strand([] {});
    world.on_strand([] {});
    CHECK(tally.begun > 0);
    CHECK(tally.ended() == tally.begun);
  }
}

TEST_CASE("P#115 the same where the threads drive a virtual clock in turns") {
  for (unsigned round = 0; round < 12; ++round) {
    CAPTURE(round);
    World world;
    Tally tally;
    {
      world.options = impatient(world.options, round);
      auto conn = std::make_unique<Conn>(world.dial());
      Client client("chat", *conn);
      std::minstd_rand random(round + 1);
      in_threads(8, [&](int t) {
        Anything user(conn.get(), client, tally, round * 8 + static_cast<unsigned>(t) + 1);
        for (int i = 0; i < kEach; ++i) {
          user.act();
          if (i % 40 == 5 * t) world.server.executor()->post([&] { misbehave(world.server, random); });
        }
      });
      conn->close(CallOptions{1min});
    }
    world.settle();
    CHECK(tally.begun > 0);
    CHECK(tally.ended() == tally.begun);
    CHECK(world.server.network().open_connections() == 0);
  }
}
