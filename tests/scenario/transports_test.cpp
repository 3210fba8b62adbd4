// Which transport a connection gets, and what is told of those that it doesn't get.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

struct Choosing : World {
  explicit Choosing(server::ServerSettings settings = {}) : World(settings) {
    options.events.on_reconnecting = [this](const Error&, int) { story.emplace_back("reconnecting"); };
    options.events.on_transport_failed = [this](TransportKind kind, const Error& reason) {
      story.push_back(std::string(to_string(kind)) + " failed: " + reason.what());
    };
  }
};

server::ServerSettings without_websockets() {
  server::ServerSettings settings;
  settings.try_websockets = false;
  return settings;
}

}  // namespace

TEST_CASE("P#36 by default WebSockets are tried, then server-sent events, then long polling, with one token") {
  Choosing world;
  world.server.expect_connect().over("webSockets").answer(400, "Not a valid web socket request.");
  world.server.expect_connect().over("serverSentEvents").answer(502, "proxy");
  Conn conn = world.dial();
  CHECK(conn.transport() == TransportKind::long_polling);
  world.settle();
  CHECK(world.server.transcript() == Story{"negotiate", "connect webSockets", "connect serverSentEvents",
                                           "connect longPolling", "start longPolling", "poll longPolling"});
  const auto connects = world.server.requests("connect");
  for (const auto& connect : connects) {
    CHECK(connect.query("connectionToken") == conn.state().connection_token);
    CHECK_FALSE(connect.has_query("messageId"));
  }
  REQUIRE(world.story.size() == 4);
  CHECK(world.story[0] == "Disconnected -> Connecting");
  CHECK(world.story[1].find("webSockets failed: dial failed (400)") == 0);
  CHECK(world.story[2].find("serverSentEvents failed: ") == 0);
  CHECK(world.story[2].find("502") != std::string::npos);
  CHECK(world.story[3] == "Connecting -> Connected");
}

TEST_CASE("P#36 a transport that brings no init in time is followed by the next one, each with the whole time") {
  Choosing world;
  world.server.expect_connect().over("webSockets").hang();
  world.server.expect_connect().over("serverSentEvents").accept();
  Conn conn = world.dial();
  CHECK(conn.transport() == TransportKind::long_polling);
  CHECK(world.server.clock().elapsed() == 10s);
  CHECK(world.server.network().open_connections() <= 1);
}

TEST_CASE("P#36 a server that gives a transport ages to open keeps nobody from the next one for more than 5 minutes") {
  server::ServerSettings settings;
  settings.transport_connect_timeout = 24h * 365;
  Choosing world(settings);
  world.server.expect_connect().over("webSockets").hang();
  world.server.expect_connect().over("serverSentEvents").accept();
  Conn conn = world.dial();
  CHECK(conn.transport() == TransportKind::long_polling);
  CHECK(world.server.clock().elapsed() == 10min);
}

TEST_CASE("P#35 without TryWebSockets WebSockets are not tried, unless they are forced") {
  Choosing world(without_websockets());
  CHECK(world.dial().transport() == TransportKind::server_sent_events);
  CHECK(world.story.at(1) == "webSockets failed: the server does not offer WebSockets (TryWebSockets)");
  CHECK(world.server.requests("connect").size() == 1);

  Choosing forced(without_websockets());
  forced.options.force_websockets = true;
  CHECK(forced.dial().transport() == TransportKind::server_sent_events);
  CHECK(forced.server.transcript().at(1) == "connect webSockets");
}

TEST_CASE("without a dialer WebSockets are skipped, where there is something else") {
  Choosing world;
  world.options.dialer = nullptr;
  CHECK(world.dial().transport() == TransportKind::server_sent_events);
  CHECK(world.story.at(1) == "webSockets failed: DialOptions::dialer is not set");
}

TEST_CASE("the order of DialOptions::transports counts, and nothing but what it names is tried") {
  Choosing world;
  world.options.transports = {TransportKind::long_polling, TransportKind::websockets};
  world.options.max_connect_retries = 0;
  world.server.expect_connect().over("longPolling").answer(500);
  world.server.expect_connect().over("webSockets").answer(500);
  const ErrorPtr error = world.dial_error();
  CHECK(world.server.transcript() == Story{"negotiate", "connect longPolling", "connect webSockets"});

  const auto& failed = dynamic_cast<const ConnectError&>(*error);
  REQUIRE(failed.given_up().size() == 2);
  CHECK(failed.given_up()[0].transport == TransportKind::long_polling);
  CHECK(find_cause<HttpStatusError>(*failed.given_up()[0].reason)->status() == 500);
  CHECK(failed.given_up()[1].transport == TransportKind::websockets);
  CHECK(find_cause<DialError>(*failed.given_up()[1].reason)->status() == 500);
  CHECK(failed.status() == 500);
  const std::string words = failed.what();
  CHECK(words.find("longPolling: ") < words.find("webSockets: "));
  CHECK(words.find("webSockets: ") != std::string::npos);
}

TEST_CASE("P#36 the last transport alone is tried again, and when it has failed every reason is told") {
  Choosing world;
  world.options.max_connect_retries = 1;
  world.server.expect_connect().always().fail(TransportFailure::connect);
  const ErrorPtr error = world.dial_error();
  CHECK(world.server.transcript() == Story{"negotiate", "connect webSockets", "connect serverSentEvents",
                                           "connect longPolling", "connect longPolling"});
  CHECK(dynamic_cast<const ConnectError&>(*error).given_up().size() == 3);
  CHECK(std::count_if(world.story.begin(), world.story.end(), [](const std::string& line) {
          return line.find("s failed: ") != std::string::npos || line.find("g failed: ") != std::string::npos;
        }) == 3);
  CHECK(world.server.requests("abort").empty());
}

TEST_CASE("P#37 P#50 once init was seen no other transport is tried") {
  for (const TransportKind kind : {TransportKind::websockets, TransportKind::server_sent_events}) {
    CAPTURE(to_string(kind));
    Choosing world;
    world.options.transports = {kind, TransportKind::long_polling};
    SUBCASE("whatever becomes of /start") { world.server.expect_start().answer(500); }
    SUBCASE("whatever becomes of the transport") {
      world.server.expect_start().run([&](std::shared_ptr<server::Exchange>) { world.server.peer().cut(); });
    }
    const ErrorPtr error = world.dial_error();
    CHECK(dynamic_cast<const StartError*>(error.get()) != nullptr);
    CHECK(world.server.requests("connect").size() == 1);
    CHECK(world.server.requests("reconnect").empty());
    CHECK(world.server.transcript().back() == "abort " + std::string(to_string(kind)));
    CHECK(world.server.network().open_connections() == 0);
  }
}

TEST_CASE("P#140 a user who changed between negotiate and connect is told, other transports don't help") {
  Choosing world;
  world.server.expect_connect().answer(
      403, "Unrecognized user identity. The user identity cannot change during an active SignalR connection.");
  const ErrorPtr error = world.dial_error();
  CHECK(dynamic_cast<const ConnectError&>(*error).status() == 403);
  CHECK(world.server.requests("connect").size() == 1);
}

TEST_CASE("a handler of on_transport_failed may destroy the dial") {
  Choosing world;
  world.server.expect_connect().over("webSockets").answer(400);
  PendingDial pending;
  world.options.events.on_transport_failed = [&](TransportKind, const Error&) { pending = PendingDial(); };
  pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [](Result<Conn>) { FAIL("called"); });
  world.server.clock().advance(1min);
  CHECK(world.server.requests("connect").size() == 1);
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("P#52 closing and deadlines end a dial over any transport in any step at once") {
  for (const TransportKind kind : kHttpTransports) {
    for (const char* step : {"negotiate", "connect", "start"}) {
      CAPTURE(to_string(kind));
      CAPTURE(step);
      HttpWorld world(kind);
      world.server.expect(step).hang();
      const ErrorPtr error = world.dial_error(CallOptions{3s});
      CHECK(find_cause<DeadlineError>(*error) != nullptr);
      CHECK(world.server.clock().elapsed() == 3s);
      CHECK(world.server.network().open_connections() == 0);
      CHECK(world.story.back().find("closed: ") == 0);
    }
  }
}
