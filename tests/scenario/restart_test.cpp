// The connection is over and is dialed anew: when, how often, with what.
#include "restarting.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("P#113 P#143 a connection that the server ends is dialed anew, and tells it apart from a reconnect") {
  Restarting world;
  Conn conn = world.connect();
  const State before = conn.state();
  world.end();
  CHECK(world.story == Story{"Connected -> Disconnected", "restarting 1 in 2000 ms"});
  REQUIRE(world.errors.size() == 1);
  CHECK(dynamic_cast<const DisconnectedByServer*>(world.errors[0].get()) != nullptr);
  world.server.clock().advance(2s);
  CHECK(world.story == Story{"Connected -> Disconnected", "restarting 1 in 2000 ms", "Disconnected -> Connecting",
                             "Connecting -> Connected", "restarted after 2000 ms", "possible gap: restarted"});
  CHECK(world.server.requests("negotiate").size() == 2);
  CHECK(world.server.requests("start").size() == 2);
  CHECK(world.server.requests("reconnect").empty());
  CHECK(world.server.requests("abort").empty());
  CHECK(conn.state().connection_token != before.connection_token);
  CHECK(conn.state().connection_id != before.connection_id);
  CHECK(conn.state().protocol == before.protocol);
  CHECK(conn.stats().restarts == 1);
  CHECK(conn.stats().reconnects == 0);
}

TEST_CASE("without the option it is over for good") {
  Restarting world;
  world.options.restart.reset();
  Conn conn = world.connect();
  world.end();
  world.server.clock().advance(10min);
  CHECK(world.server.requests("negotiate").size() == 1);
  CHECK(world.count("restarting 1 in 2000 ms") == 0);
}

TEST_CASE("P#32 P#113 nothing of the old connection goes into the new one: id, token, cursor, groups, redirect") {
  Restarting world;
  memory::FakeServer other(world.server.network(), "http://other.test");
  world.options.params = "mine=1";
  world.server.expect_negotiate().answer(
      R"({"RedirectUrl":"http://other.test/signalr?theirs=2","AccessToken":"redirect-token","ProtocolVersion":"2.1"})");
  Conn conn = world.connect();
  REQUIRE(other.requests("connect").size() == 1);
  CHECK(other.requests("connect")[0].query("theirs") == "2");
  other.app().join(other.app().connections().at(0), "Chat", "room");
  other.broadcast("Chat", "before", "[]");
  world.settle();
  const State before = conn.state();
  CHECK_FALSE(before.groups_token.empty());
  CHECK_FALSE(before.message_id.empty());

  other.peer().send(R"({"E":"over"})");
  world.settle();
  const State between = conn.state();
  CHECK(between.connection_id.empty());
  CHECK(between.connection_token.empty());
  CHECK(between.message_id.empty());
  CHECK(between.groups_token.empty());
  CHECK(between.connection_data == before.connection_data);
  world.server.clock().advance(2s);
  REQUIRE(conn.connection_state() == ConnectionState::connected);
  CHECK(other.requests("negotiate").size() == 1);
  for (const char* command : {"negotiate", "connect", "start"}) {
    CAPTURE(command);
    const auto requests = world.server.requests(command);
    REQUIRE_FALSE(requests.empty());
    const server::Request& request = requests.back();
    CHECK(request.query("mine") == "1");
    CHECK(request.query("theirs").empty());
    for (const char* name : {"messageId", "groupsToken"}) {
      CHECK(request.query(name).empty());
      CHECK(request.form(name).empty());
    }
    CHECK(request.headers.find("Authorization") == nullptr);
  }
}

TEST_CASE("attempts are twice as far apart each time, up to max_delay") {
  Restarting world;
  world.options.restart->max_delay = 10s;
  Conn conn = world.connect();
  world.server.expect_negotiate().times(4).answer(503);
  world.end();
  world.server.clock().advance(2s + 4s + 8s + 10s + 10s);
  CHECK(world.story == Story{"Connected -> Disconnected", "restarting 1 in 2000 ms", "Disconnected -> Connecting",
                             "Connecting -> Disconnected", "restarting 2 in 4000 ms", "Disconnected -> Connecting",
                             "Connecting -> Disconnected", "restarting 3 in 8000 ms", "Disconnected -> Connecting",
                             "Connecting -> Disconnected", "restarting 4 in 10000 ms", "Disconnected -> Connecting",
                             "Connecting -> Disconnected", "restarting 5 in 10000 ms", "Disconnected -> Connecting",
                             "Connecting -> Connected", "restarted after 34000 ms", "possible gap: restarted"});
  CHECK(world.server.requests("negotiate").size() == 6);  // one try each
}

TEST_CASE("every step of an attempt may fail, and is tried again later") {
  for (const std::string step : {"negotiate", "connect", "start"}) {
    CAPTURE(step);
    Restarting world;
    Conn conn = world.connect();
    world.server.expect(step).answer(500);
    world.end();
    world.server.clock().advance(1min);
    CHECK(conn.connection_state() == ConnectionState::connected);
    CHECK(world.count("restarting 2 in 4000 ms") == 1);
    CHECK(world.count("restarting 3 in 8000 ms") == 0);
    CHECK(world.server.unmet().empty());
  }
}

TEST_CASE("a transport that is given up while dialing anew is told to the handler set by then") {
  Restarting world;
  world.options.transports = {TransportKind::websockets, TransportKind::long_polling};
  Conn conn = world.connect();
  conn.on_transport_failed([&](TransportKind transport, const Error& reason) {
    CHECK(find_cause<DialError>(reason)->status() == 404);
    world.story.push_back("no " + std::string(to_string(transport)));
  });
  world.server.expect_connect().over("webSockets").answer(404);
  world.end();
  world.server.clock().advance(2s);
  CHECK(world.count("no webSockets") == 1);
  REQUIRE(conn.connection_state() == ConnectionState::connected);
  CHECK(conn.transport() == TransportKind::long_polling);
}

TEST_CASE("max_attempts ends it, with the last error and one on_closed") {
  Restarting world;
  world.options.restart->max_attempts = 2;
  Conn conn = world.connect();
  world.server.expect_negotiate().always().answer(503);
  world.end();
  world.server.clock().advance(10min);
  CHECK(world.server.requests("negotiate").size() == 3);
  CHECK(world.story.back().find("closed: ") == 0);
  CHECK(std::count_if(world.story.begin(), world.story.end(),
                      [](const std::string& line) { return line.find("closed") == 0; }) == 1);
  CHECK(world.server.clock().pending_timers() == 0);
}

TEST_CASE("a server that ends each new connection at once is asked ever more rarely, until one stays up") {
  Restarting world;
  world.options.restart->max_delay = 30s;
  Conn conn = world.connect();
  for (const char* expected : {"restarting 1 in 2000 ms", "restarting 2 in 4000 ms", "restarting 3 in 8000 ms"}) {
    world.end();
    CHECK(world.story.back() == expected);
    world.server.clock().advance(10s);
    REQUIRE(conn.connection_state() == ConnectionState::connected);
  }
  world.server.clock().advance(30s);
  world.end();
  CHECK(world.story.back() == "restarting 1 in 2000 ms");
}

TEST_CASE("what ends reconnecting begins a restart: window, retries, a token that the server no longer accepts") {
  SUBCASE("the window is over") {
    Restarting world;
    Conn conn = world.connect();
    world.server.network().fail_connections(TransportFailure::connect);
    world.server.peer().cut();
    world.server.clock().advance(31s);
    CHECK(world.story.back() == "restarting 1 in 2000 ms");
    world.server.network().heal();
    world.server.clock().advance(2s);
    CHECK(world.story.back() == "possible gap: restarted");
    CHECK(world.count("restarted after 32000 ms") == 1);  // from the loss on
    CHECK(world.count("reconnected") == 0);
  }
  SUBCASE("no reconnecting at all") {
    Restarting world;
    world.options.max_reconnect_duration = 0s;
    Conn conn = world.connect();
    world.server.peer().cut();
    world.server.clock().advance(2s);
    CHECK(conn.stats().restarts == 1);
  }
  SUBCASE("retries used up") {
    Restarting world;
    world.options.max_reconnect_retries = 0;
    Conn conn = world.connect();
    world.server.expect_reconnect().answer(500);
    world.server.peer().cut();
    world.server.clock().advance(3s);
    CHECK(conn.stats().restarts == 1);
  }
  SUBCASE("400") {
    Restarting world;
    Conn conn = world.connect();
    world.server.expect_reconnect().answer(400, "The ConnectionId is in the incorrect format.");
    world.server.peer().cut();
    world.server.clock().advance(2s);
    CHECK(conn.stats().restarts == 1);
  }
}

TEST_CASE("what a new connection would not heal, and what is the user's to decide, never restarts") {
  SUBCASE("another user") {
    Restarting world;
    Conn conn = world.connect();
    world.server.expect_reconnect().answer(
        403, "Unrecognized user identity. The user identity cannot change during an active SignalR connection.");
    world.server.peer().cut();
    world.server.clock().advance(1min);
    CHECK(world.story.back().find("closed: ") == 0);
    CHECK(world.server.requests("negotiate").size() == 1);
  }
  SUBCASE("unauthorized while reconnecting") {
    Restarting world;
    Conn conn = world.connect();
    world.server.expect_reconnect().answer(401);
    world.server.peer().cut();
    world.server.clock().advance(1min);
    CHECK(world.story.back().find("closed: ") == 0);
    CHECK(world.server.requests("negotiate").size() == 1);
  }
  SUBCASE("unauthorized while restarting") {
    Restarting world;
    Conn conn = world.connect();
    world.server.expect_negotiate().answer(401);
    world.end();
    world.server.clock().advance(1min);
    CHECK(world.story.back().find("closed: ") == 0);
    CHECK(world.server.requests("negotiate").size() == 2);
  }
  SUBCASE("close") {
    Restarting world;
    Conn conn = world.connect();
    conn.close();
    world.server.clock().advance(1min);
    CHECK(world.story == Story{"Connected -> Disconnected", "closed"});
    CHECK(world.server.requests("negotiate").size() == 1);
  }
  SUBCASE("a first dial that fails") {
    Restarting world;
    world.options.max_negotiate_retries = 0;
    world.server.expect_negotiate().answer(503);
    CHECK(dynamic_cast<const NegotiateError*>(world.dial_error().get()) != nullptr);
    world.server.clock().advance(1min);
    CHECK(world.server.requests("negotiate").size() == 1);
  }
}

TEST_CASE("restart options that make no sense are a UsageError") {
  World world;
  world.options.restart.emplace();
  world.options.restart->jitter = 1.5;
  CHECK(find_cause<UsageError>(*world.dial_error()) != nullptr);
  world.options.restart->jitter = 0.5;
  world.options.restart->first_delay = -1s;
  CHECK(find_cause<UsageError>(*world.dial_error()) != nullptr);
}
