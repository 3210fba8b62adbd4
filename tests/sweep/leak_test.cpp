// Ten thousand connections, and ten thousand reconnects of one, on the virtual clock: nothing of them stays.
#include <doctest/doctest.h>

#include <signalr/client.hpp>
#include <signalr/memory/fake_server.hpp>

#include "leftovers.hpp"

using namespace signalr;
using namespace std::chrono_literals;
using leftovers::Holdings;

namespace {

constexpr int kWarm = 1000;
constexpr int kTotal = kWarm + 10'000;
constexpr long kSlack = 16;  // blocks: containers that grow a last time

struct World {
  World() {
    server.hub("Chat").on("Echo", [](server::Call& call) { call.result(call.args().at(0)); });
    options.http_client = server.http_client();
    options.dialer = server.dialer();
    options.executor = server.executor();
  }

  memory::FakeServer server;
  DialOptions options;
};

/// What is held after kWarm and after kTotal times.
template <class Once>
void check_repeated(World& world, const char* what, Once once) {
  Holdings warm;
  for (int i = 1; i <= kTotal; ++i) {
    once(i);
    world.server.clear_history();
    if (i == kWarm) leftovers::print(std::to_string(i) + ' ' + what, warm = leftovers::holdings());
  }
  const Holdings end = leftovers::holdings();
  leftovers::print(std::to_string(kTotal) + ' ' + what, end);
  CHECK(end.blocks <= warm.blocks + kSlack);
  CHECK(end.bytes <= warm.bytes + 64 * 1024);
  CHECK(end.threads == warm.threads);
  CHECK(end.descriptors == warm.descriptors);
}

}  // namespace

TEST_CASE("P#144 ten thousand starts and stops leave nothing behind") {
  World world;
  check_repeated(world, "dials", [&](int i) {
    Conn conn = dial(world.server.origin(), Hubs{{"chat"}}, world.options);
    Client chat("chat", conn);
    chat.on("said", [](int) {}).detach();
    CHECK(chat.invoke("Echo", i).get<int>() == i);
    if (i % 2 == 0) conn.close();
    // Else it is dropped, and the server finds out by itself.
    conn = Conn();
    world.server.clock().advance(1min);
  });
  CHECK(world.server.clock().pending_tasks() == 0);
  CHECK(world.server.clock().pending_timers() == 0);
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("P#144 ten thousand reconnects leave nothing behind") {
  World world;
  int reconnects = 0;
  world.options.events.on_reconnected = [&](Duration) { ++reconnects; };
  Conn conn = dial(world.server.origin(), Hubs{{"chat"}}, world.options);
  Client chat("chat", conn);
  int heard = 0;
  const Subscription subscription = chat.on("said", [&](int) { ++heard; });
  check_repeated(world, "reconnects", [&](int i) {
    world.server.network().cut_all();
    world.server.broadcast("Chat", "said", "[" + std::to_string(i) + "]");
    REQUIRE(world.server.clock().run_until([&] { return reconnects == i && heard == i; }));
  });
}
