// Server-sent events and long polling over real sockets: the whole client, from dial to close.
#include "world.hpp"

using namespace signalr;
using namespace signalr::test;

namespace {

constexpr TransportKind kKinds[] = {TransportKind::server_sent_events, TransportKind::long_polling};

DialOptions over(TransportKind kind) {
  DialOptions options;
  options.transports = {kind};
  options.retry_interval = std::chrono::milliseconds(100);
  return options;
}

std::string next_call(Conn& conn) {
  Message message;
  do {
    conn.read_message(message, patiently());
  } while (message.messages().empty());
  return std::string(message.messages()[0].method);
}

}  // namespace

TEST_CASE("dial, ticks, calls and close over server-sent events and long polling, with and without TLS") {
  for (const bool secure : {false, true}) {
    for (const TransportKind kind : kKinds) {
      CAPTURE(secure);
      CAPTURE(to_string(kind));
      Local local(secure, demo(std::chrono::milliseconds(5)));
      Conn conn = local.dial("TestHub", over(kind));
      CHECK(conn.transport() == kind);
      CHECK(next_call(conn) == "tick");
      CHECK(call(conn, "Echo", "0.10000000000000000001").result().text() == "0.10000000000000000001");
      const std::string large(300'000, 'x');
      CHECK(call(conn, "Echo", '"' + large + '"', "2").result().text().size() == large.size() + 2);
      conn.close(patiently());
      CHECK(local.connection_events() == "connected " + std::string(to_string(kind)) + "; disconnected stop; ");
    }
  }
}

TEST_CASE("P#104 a connection that is cut comes back and misses nothing over server-sent events and long polling") {
  for (const TransportKind kind : kKinds) {
    CAPTURE(to_string(kind));
    Local local;
    std::promise<void> lost;
    DialOptions options = over(kind);
    options.events.on_reconnecting = [&](const Error&, int attempt) {
      if (attempt == 1) lost.set_value();
    };
    Conn conn = local.dial("TestHub", std::move(options));
    local.hubs([](server::HubServer& hubs) { hubs.broadcast("TestHub", "before", "[]"); });
    CHECK(next_call(conn) == "before");
    // A poll may be between two requests just now; the cut of none would be no loss.
    for (bool cut = false; !cut;) {
      local.hubs([&](server::HubServer& hubs) {
        const auto channel = hubs.channel(hubs.connections().at(0));
        cut = channel != nullptr && channel->open();
        if (cut) channel->cut();
      });
    }
    REQUIRE(lost.get_future().wait_for(kPatience) == std::future_status::ready);
    local.hubs([](server::HubServer& hubs) { hubs.broadcast("TestHub", "missed", "[]"); });
    CHECK(next_call(conn) == "missed");
    CHECK(call(conn, "Echo", "1").result().text() == "1");
    conn.close(patiently());
  }
}

TEST_CASE("a server without WebSockets is reached over server-sent events, by itself") {
  server::ServerSettings settings;
  settings.try_websockets = false;
  const Local local(false, demo({}, settings));
  Conn conn = local.dial();
  CHECK(conn.transport() == TransportKind::server_sent_events);
  CHECK(call(conn, "Echo", "true").result().text() == "true");
}
