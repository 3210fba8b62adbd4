// Every transition of the table in P§1, by each of its triggers, with its events in order; and no other.
#include <array>
#include <functional>
#include <set>
#include <utility>

#include <signalr/client.hpp>

#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

namespace {

const char* const kDialing = "Disconnected -> Connecting";
const char* const kConnected = "Connecting -> Connected";
const char* const kFailed = "Connecting -> Disconnected";
const char* const kLost = "Connected -> Reconnecting";
const char* const kBack = "Reconnecting -> Connected";
const char* const kGivenUp = "Reconnecting -> Disconnected";
const char* const kEnded = "Connected -> Disconnected";

/// Tells every event by its name alone, and checks that transitions fit to each other.
struct Eventful : World {
  explicit Eventful(server::ServerSettings settings = {}) : World(settings) {
    options.max_negotiate_retries = options.max_connect_retries = options.max_start_retries = 0;
    options.transports = {TransportKind::websockets};
    options.events.on_state_changed = [this](ConnectionState from, ConnectionState to) {
      CHECK(from == state);
      CHECK(from != to);
      state = to;
      story.push_back(std::string(to_string(from)) + " -> " + std::string(to_string(to)));
    };
    options.events.on_connection_slow = [this] { story.emplace_back("slow"); };
    options.events.on_reconnecting = [this](const Error& reason, int attempt) {
      CHECK(std::string(reason.what()).size() > 10);
      story.push_back("reconnecting " + std::to_string(attempt));
    };
    options.events.on_reconnected = [this](Duration) { story.emplace_back("reconnected"); };
    options.events.on_restarting = [this](const Error&, int attempt, Duration) {
      story.push_back("restarting " + std::to_string(attempt));
    };
    options.events.on_restarted = [this](Duration) { story.emplace_back("restarted"); };
    options.events.on_error = [this](const Error&) { story.emplace_back("error"); };
    options.events.on_closed = [this](const Error* reason) {
      story.emplace_back(reason == nullptr ? "closed" : "closed with an error");
    };
  }
  Conn connect() {
    Conn conn = dial();
    settle();
    CHECK(story == Story{kDialing, kConnected});
    story.clear();
    return conn;
  }
  void fail_dial() { static_cast<void>(dial_error()); }
  ConnectionState state = ConnectionState::disconnected;
};

const Story kFailedDial{kDialing, "error", kFailed, "closed with an error"};

}  // namespace

TEST_CASE("P#143 a dial that fails in any step, or is given up: Connecting, error, Disconnected, closed") {
  SUBCASE("negotiate") {
    Eventful world;
    world.server.expect_negotiate().answer(404);
    world.fail_dial();
    CHECK(world.story == kFailedDial);
  }
  SUBCASE("version") {
    Eventful world;
    world.server.expect_negotiate().answer(R"({"ConnectionToken":"t","ConnectionId":"i","ProtocolVersion":"9.9"})");
    world.fail_dial();
    CHECK(world.story == kFailedDial);
  }
  SUBCASE("connect") {
    Eventful world;
    world.server.expect_connect().answer(500);
    world.fail_dial();
    CHECK(world.story == kFailedDial);
  }
  SUBCASE("init") {
    Eventful world;
    world.server.expect_connect().accept();
    world.fail_dial();
    CHECK(world.story == kFailedDial);
  }
  SUBCASE("start") {
    Eventful world;
    world.server.expect_start().answer(500);
    world.fail_dial();
    CHECK(world.story == kFailedDial);
  }
  SUBCASE("the transport is lost during /start: no reconnect") {
    Eventful world;
    world.server.expect_start().run([&](const std::shared_ptr<server::Exchange>&) { world.server.peer().cut(); });
    world.fail_dial();
    CHECK(world.story == kFailedDial);
    CHECK(world.server.requests("reconnect").empty());
  }
  SUBCASE("a deadline") {
    Eventful world;
    world.server.expect_start().hang();
    CHECK(dynamic_cast<const DeadlineError*>(world.dial_error(CallOptions{1s}).get()) != nullptr);
    CHECK(world.story == kFailedDial);
  }
}

TEST_CASE("P#143 Connected to Reconnecting and back: by a close, a cut, silence; slow is no change of state") {
  SUBCASE("close") {
    Eventful world;
    Conn conn = world.connect();
    world.server.peer().close();
    world.settle();
    CHECK(world.story == Story{kLost, "reconnecting 1", kBack, "reconnected"});
  }
  SUBCASE("cut, with a failed attempt") {
    Eventful world;
    Conn conn = world.connect();
    world.server.expect_reconnect().answer(503);
    world.server.peer().cut();
    world.server.clock().advance(3s);
    CHECK(world.story == Story{kLost, "reconnecting 1", "reconnecting 2", kBack, "reconnected"});
  }
  SUBCASE("silence") {
    Eventful world;
    Conn conn = world.connect();
    world.server.network().stall_all();
    world.server.clock().advance(19s);
    CHECK(world.story == Story{"slow"});
    CHECK(conn.connection_state() == ConnectionState::connected);
    world.server.clock().advance(2s);
    CHECK(world.story == Story{"slow", kLost, "reconnecting 1", kBack, "reconnected"});
  }
}

TEST_CASE("P#143 Reconnecting to Disconnected: the window, a final answer, close") {
  SUBCASE("the window") {
    Eventful world;
    world.options.max_reconnect_duration = 1s;
    Conn conn = world.connect();
    world.server.expect_reconnect().always().answer(500);
    world.server.peer().cut();
    world.server.clock().advance(1min);
    CHECK(world.story == Story{kLost, "reconnecting 1", "error", kGivenUp, "closed with an error"});
  }
  SUBCASE("a final answer") {
    Eventful world;
    Conn conn = world.connect();
    world.server.expect_reconnect().answer(401);
    world.server.peer().cut();
    world.settle();
    CHECK(world.story == Story{kLost, "reconnecting 1", "error", kGivenUp, "closed with an error"});
  }
  SUBCASE("close") {
    Eventful world;
    Conn conn = world.connect();
    world.server.expect_reconnect().hang();
    world.server.peer().cut();
    world.settle();
    conn.close();
    CHECK(world.story == Story{kLost, "reconnecting 1", kGivenUp, "closed"});
  }
}

TEST_CASE("P#143 Connected to Disconnected: close, E, the old D, a server that does nothing but close") {
  SUBCASE("close") {
    Eventful world;
    Conn conn = world.connect();
    conn.close();
    CHECK(world.story == Story{kEnded, "closed"});
  }
  SUBCASE("E") {
    Eventful world;
    Conn conn = world.connect();
    world.server.peer().send(R"({"E":"over"})");
    world.settle();
    CHECK(world.story == Story{"error", kEnded, "closed with an error"});
  }
  SUBCASE("D") {
    server::ServerSettings old;
    old.max_protocol = "1.3";
    Eventful world(old);
    Conn conn = world.connect();
    world.server.peer().send(R"({"C":"d-1","D":1,"M":[]})");
    world.settle();
    CHECK(world.story == Story{"error", kEnded, "closed with an error"});
  }
  SUBCASE("flapping") {
    Eventful world;
    Conn conn = world.connect();
    world.server.expect_reconnect().always().accept();
    world.server.peer().cut();
    for (int i = 0; i < 200 && conn.connection_state() != ConnectionState::disconnected; ++i) {
      world.settle();
      if (world.server.peer().open()) world.server.peer().close();
      world.server.clock().advance(100ms);
    }
    CHECK(std::count(world.story.begin(), world.story.end(), kLost) == 5);
    CHECK(std::count(world.story.begin(), world.story.end(), kBack) == 5);
    world.story.erase(world.story.begin(), world.story.end() - 3);
    CHECK(world.story == Story{"error", kEnded, "closed with an error"});
  }
}

TEST_CASE("P#143 a restart goes through Disconnected and Connecting, and closed comes at the very end alone") {
  Eventful world;
  world.options.restart.emplace();
  Conn conn = world.connect();
  world.server.expect_negotiate().answer(500);
  world.server.peer().send(R"({"E":"over"})");
  world.server.clock().advance(1min);
  CHECK(world.story == Story{"error", kEnded, "restarting 1", kDialing, "error", kFailed, "restarting 2", kDialing,
                             kConnected, "restarted"});
  world.story.clear();
  conn.close();
  CHECK(world.story == Story{kEnded, "closed"});
}

TEST_CASE("P#143 connection_state says the new state already when the change is told") {
  World world;
  std::optional<PendingDial> pending;
  Conn conn;
  std::set<std::pair<ConnectionState, ConnectionState>> seen;
  bool connected = false;
  world.options.events.on_state_changed = [&](ConnectionState from, ConnectionState to) {
    if (connected) CHECK(conn.connection_state() == to);
    seen.insert({from, to});
  };
  pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [&](Result<Conn> dialed) {
    conn = std::move(dialed).value();
    connected = true;
  });
  world.settle();
  world.server.peer().cut();
  world.settle();
  conn.close();
  CHECK(seen.size() == 5);
}
