// Behind nginx, as many servers are: with what it takes for WebSockets, and without.
#include "proxies.hpp"
#include "world.hpp"

using namespace signalr;
using namespace signalr::test;

namespace {

// The ticks' numbers, one by one.
class Ticks {
 public:
  explicit Ticks(Conn& conn) : conn_(conn) {}
  std::int64_t next() {
    while (at_ == message_.messages().size()) {
      conn_.read_message(message_, patiently());
      at_ = 0;
    }
    const auto& tick = message_.messages()[at_++];
    CHECK(tick.method == "tick");
    return std::stoll(std::string(tick.arg(0).text().substr(5)));
  }

 private:
  Conn& conn_;
  Message message_;
  std::size_t at_ = 0;
};

// Dials through nginx, and gives the transports that were given up on the way.
Conn dial_through(const Program& nginx, std::vector<TransportKind>& given_up) {
  DialOptions options = make_default_transport();
  options.events.on_transport_failed = [&](TransportKind transport, const Error&) { given_up.push_back(transport); };
  return dial("http://" + nginx.address(), Hubs{{"TestHub"}}, options, patiently());
}

}  // namespace

TEST_CASE("nginx that passes upgrades: the connection is a WebSocket") {
  Local local(false, demo(std::chrono::milliseconds(5)));
  NginxOptions options;
  std::string scheme = "http://";
  SUBCASE("in the clear") {}
  SUBCASE("and ends TLS") {
    options.tls = local.authority.issue("nginx");
    scheme = "https://";
  }
  const Program nginx("nginx", nginx_before(local.server, options));
  Conn conn = dial(scheme + nginx.address(), Hubs{{"TestHub"}}, make_default_transport(local.trust()), patiently());
  CHECK(Ticks(conn).next() > 0);
  CHECK(call(conn, "Echo", R"("through nginx")").result().text() == R"("through nginx")");
  conn.close(patiently());
  CHECK(local.connection_events() == "connected webSockets; disconnected stop; ");
}

TEST_CASE("nginx ends and comes back: the connection is lost for a moment, and no message is") {
  Local local(false, demo(std::chrono::milliseconds(20)));
  Program nginx("nginx", nginx_before(local.server, {}));
  std::promise<void> lost, back;
  DialOptions options = make_default_transport();
  options.retry_interval = std::chrono::milliseconds(100);
  options.events.on_state_changed = [&, seen = 0](ConnectionState, ConnectionState to) mutable {
    if (to == ConnectionState::reconnecting && ++seen == 1) lost.set_value();
    if (to == ConnectionState::connected && seen == 1) back.set_value();
  };
  Conn conn = dial("http://" + nginx.address(), Hubs{{"TestHub"}}, options, patiently());
  Ticks ticks(conn);
  const std::int64_t first = ticks.next();
  nginx.stop();
  REQUIRE(lost.get_future().wait_for(kPatience) == std::future_status::ready);
  nginx.start();
  REQUIRE(back.get_future().wait_for(kPatience) == std::future_status::ready);
  for (std::int64_t n = 1; n <= 100; ++n) CHECK(ticks.next() == first + n);
  conn.close(patiently());
  CHECK(local.connection_events() == "connected webSockets; reconnected webSockets; disconnected stop; ");
}

TEST_CASE("P#36 nginx that passes no upgrades: the connection comes through as server-sent events") {
  Local local(false, demo(std::chrono::milliseconds(20)));
  NginxOptions options;
  options.upgrades = false;
  const Program nginx("nginx", nginx_before(local.server, options));
  std::vector<TransportKind> given_up;
  Conn conn = dial_through(nginx, given_up);
  CHECK(given_up == std::vector<TransportKind>{TransportKind::websockets});
  Ticks ticks(conn);
  const std::int64_t first = ticks.next();
  for (std::int64_t n = 1; n <= 20; ++n) CHECK(ticks.next() == first + n);
  CHECK(call(conn, "Echo", R"("through nginx")").result().text() == R"("through nginx")");
  conn.close(patiently());
  CHECK(local.connection_events() == "connected serverSentEvents; disconnected stop; ");
}

TEST_CASE("P#36 nginx by its defaults: it keeps the event stream back, and polls come through") {
  server::ServerSettings settings;
  settings.transport_connect_timeout = std::chrono::seconds(1);  // its ticks don't fill nginx's buffer of 4 KiB
  Local local(false, demo(std::chrono::milliseconds(200), settings));
  NginxOptions options;
  options.upgrades = false;
  options.streams = false;
  const Program nginx("nginx", nginx_before(local.server, options));
  std::vector<TransportKind> given_up;
  Conn conn = dial_through(nginx, given_up);
  CHECK(given_up == std::vector<TransportKind>{TransportKind::websockets, TransportKind::server_sent_events});
  Ticks ticks(conn);
  const std::int64_t first = ticks.next();
  for (std::int64_t n = 1; n <= 5; ++n) CHECK(ticks.next() == first + n);
  CHECK(call(conn, "Echo", R"("through nginx")").result().text() == R"("through nginx")");
  conn.close(patiently());
  CHECK(local.connection_events() == "connected longPolling; disconnected stop; ");
}
