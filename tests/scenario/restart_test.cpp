// The connection is over and is dialed anew: when, how often, with what, and what becomes of everybody who waits.
#include <optional>

#include <signalr/client.hpp>

#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

namespace {

std::string in_ms(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) + " ms";
}

/// Dials anew after exactly 2 s, 4 s, 8 s …; tells each event.
struct Restarting : World {
  Restarting() {
    options.restart.emplace();
    options.restart->jitter = 0;
    options.transports = {TransportKind::web_sockets};
    options.events.on_reconnecting = [this](const Error&, int attempt) {
      story.push_back("reconnecting " + std::to_string(attempt));
    };
    options.events.on_reconnected = [this](Duration) { story.emplace_back("reconnected"); };
    options.events.on_restarting = [this](const Error&, int attempt, Duration delay) {
      story.push_back("restarting " + std::to_string(attempt) + " in " + in_ms(delay));
    };
    options.events.on_restarted = [this](Duration downtime) { story.push_back("restarted after " + in_ms(downtime)); };
    options.events.on_gap = [this](const Gap& gap) {
      story.push_back((gap.certain ? "certain gap: " : "possible gap: ") + std::string(to_string(gap.reason)));
    };
    options.events.on_error = [this](const Error& error) { errors.push_back(error.clone()); };
  }
  Conn connect() {
    Conn conn = dial();
    settle();
    story.clear();
    return conn;
  }
  /// The server's last word.
  void end() {
    server.peer().send(R"({"E":"over"})");
    settle();
  }
  std::size_t count(const std::string& line) const {
    return static_cast<std::size_t>(std::count(story.begin(), story.end(), line));
  }
};

}  // namespace

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

TEST_CASE("P#113 nothing of the old connection goes into the new one: id, token, cursor, groups, redirect") {
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
    CHECK(request.query("messageId").empty());
    CHECK(request.query("groupsToken").empty());
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
    world.server.network().fail_connections(TransportFailure::kConnect);
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

TEST_CASE("P#110 close in every phase of a restart ends it at once; the server is told once it may know us") {
  const auto close_in = [](const std::string& phase, std::size_t aborts) {
    CAPTURE(phase);
    Restarting world;
    Conn conn = world.connect();
    if (phase == "negotiate") world.server.expect_negotiate().hang();
    if (phase == "upgrade") world.server.expect_connect().hang();
    if (phase == "init") world.server.expect_connect().accept();
    if (phase == "start") world.server.expect_start().hang();
    if (phase == "abort of a failed start") {
      world.server.expect_start().answer(500);
      world.server.expect_abort().after(1s).serve();
    }
    world.end();
    if (phase != "pause") world.server.clock().advance(2s);
    CHECK(conn.connection_state() == (phase == "pause" ? ConnectionState::disconnected : ConnectionState::connecting));
    world.story.clear();
    conn.close();
    CHECK(world.story.back() == "closed");
    CHECK(world.server.requests("abort").size() == aborts);
    CHECK(world.server.network().open_connections() == 0);
    world.server.clock().advance(5min);  // the server forgets what it may know
    CHECK(world.server.clock().pending_timers() == 0);
    CHECK(world.count("closed") == 1);
    CHECK_THROWS_AS(conn.read_message(), ReadError);
  };
  close_in("pause", 0);
  close_in("negotiate", 0);
  close_in("upgrade", 1);
  close_in("init", 1);
  close_in("start", 1);
  close_in("abort of a failed start", 1);
}

TEST_CASE("P#114 a connection may be destroyed in every phase of a restart, and in its handlers") {
  for (const std::string phase :
       {"on_restarting", "pause", "negotiate", "upgrade", "start", "on_restarted", "on_gap"}) {
    CAPTURE(phase);
    Restarting world;
    std::optional<Conn> conn = world.connect();
    conn->async_read_message([](Result<Message>) { CHECK(false); });
    if (phase == "negotiate") world.server.expect_negotiate().hang();
    if (phase == "upgrade") world.server.expect_connect().hang();
    if (phase == "start") world.server.expect_start().hang();
    if (phase == "on_restarting") conn->on_restarting([&](const Error&, int, Duration) { conn.reset(); });
    if (phase == "on_restarted") conn->on_restarted([&](Duration) { conn.reset(); });
    if (phase == "on_gap") conn->on_gap([&](const Gap&) { conn.reset(); });
    world.settle();
    world.end();
    if (phase != "pause") world.server.clock().advance(2s);
    conn.reset();
    world.story.clear();
    world.settle();
    CHECK(world.server.network().open_connections() == 0);
    world.server.clock().advance(5min);
    CHECK(world.story.empty());
    CHECK(world.server.clock().pending_timers() == 0);
  }
}

TEST_CASE("P#49 on_restarted subscribes again: its call is the first, and messages come to the old handlers after it") {
  Restarting world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  const Subscription subscription = chat.on("tick", [&](int n) { world.story.push_back("tick " + std::to_string(n)); });
  CallbackStream stream = chat.callback("tock");
  world.server.hub("Chat").on("Subscribe", [&](server::Call& call) {
    call.result("true");
    world.server.broadcast("Chat", "tick", "[3]");
    world.server.broadcast("Chat", "tock", "[4]");
  });
  conn.on_restarted([&](Duration) {
    world.story.emplace_back("restarted");
    chat.invoke("Subscribe").then<bool>([&](Result<bool> subscribed) {
      world.story.emplace_back(subscribed.ok() && subscribed.value() ? "subscribed" : "failed");
    });
  });
  world.settle();
  world.server.expect_start().after(1s).serve();
  world.story.clear();
  world.end();
  world.server.clock().advance(2s);
  REQUIRE(conn.connection_state() == ConnectionState::connecting);
  world.server.broadcast("Chat", "tick", "[1]");
  world.server.broadcast("Chat", "tick", "[2]");
  world.server.clock().advance(1s);
  REQUIRE(world.story.size() > 4);
  world.story.erase(world.story.begin(), world.story.begin() + 2);
  CHECK(world.story == Story{"Disconnected -> Connecting", "Connecting -> Connected", "restarted",
                             "possible gap: restarted", "tick 1", "tick 2", "subscribed", "tick 3"});
  int tock = 0;
  stream.read(tock);
  CHECK(tock == 4);
  CHECK(world.server.received().back() == R"({"H":"chat","M":"Subscribe","A":[],"I":"1"})");
}

TEST_CASE("P#49 reads wait through a restart, in order: what was left of the old connection, then the new one's") {
  Restarting world;
  Conn conn = world.connect();
  world.server.broadcast("Chat", "old", "[]");
  world.settle();
  world.server.expect_start().after(1s).serve();
  world.end();
  for (int i = 0; i < 3; ++i) {
    conn.async_read_message([&](Result<Message> message) {
      world.story.push_back(message.ok() ? std::string(message.value().messages().at(0).method) : "read failed");
    });
  }
  world.server.clock().advance(2s);
  REQUIRE(conn.connection_state() == ConnectionState::connecting);
  world.server.broadcast("Chat", "early", "[]");
  world.server.clock().advance(1s);
  world.server.broadcast("Chat", "new", "[]");
  world.settle();
  CHECK(world.story == Story{"Connected -> Disconnected", "restarting 1 in 2000 ms", "old",
                             "Disconnected -> Connecting", "Connecting -> Connected", "restarted after 3000 ms",
                             "possible gap: restarted", "early", "new"});
}

TEST_CASE("what came over a new connection that never became Connected is not handed on") {
  Restarting world;
  Conn conn = world.connect();
  world.server.expect_connect().accept();
  world.end();
  world.server.clock().advance(2s);
  world.server.peer().send(R"({"C":"d-1-A,1","S":1,"M":[{"H":"Chat","M":"never","A":[]}]})");
  world.server.expect_start().after(1s).answer(500);
  world.settle();
  CHECK(conn.stats().receive_queue_messages == 1);
  world.server.clock().advance(10s);
  REQUIRE(conn.connection_state() == ConnectionState::connected);
  CHECK(conn.stats().receive_queue_messages == 0);
  CHECK(conn.stats().receive_queue_bytes == 0);
  world.server.broadcast("Chat", "new", "[]");
  CHECK(conn.read_message().messages().at(0).method == "new");
}

TEST_CASE("P#109 calls and writes fail when the connection is over, before the events, and say that it restarts") {
  Restarting world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  world.server.hub("Chat").on("Never", [](server::Call& call) { call.never(); });
  world.settle();
  world.story.clear();
  const auto tell = [&](const char* who) {
    return [&world, who](Result<RawJson> answer) {
      world.story.push_back(std::string(who) + (answer.ok()                                              ? " ok"
                                                : find_cause<RestartingError>(answer.error()) != nullptr ? " restarting"
                                                                                                         : " failed"));
    };
  };
  chat.invoke("Never").then(tell("under way:"));
  world.settle();
  world.end();
  chat.invoke("Echo", 1).then(tell("in the pause:"));
  world.settle();
  CHECK(world.story == Story{"under way: restarting", "Connected -> Disconnected", "restarting 1 in 2000 ms",
                             "in the pause: restarting"});
  CHECK_THROWS_AS(chat.notify("Echo", 1), WriteError);
  world.server.clock().advance(2s);
  CHECK(chat.invoke("Echo", 7).get<int>() == 7);
  const ConnStats stats = conn.stats();
  CHECK(stats.invocations_started == 3);
  CHECK(stats.invocations_succeeded == 1);
  CHECK(stats.invocations_failed == 2);
}

TEST_CASE("P#95 ids go on after a restart") {
  Restarting world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  CHECK(chat.invoke("Echo", 1).id() == "1");
  world.settle();
  world.end();
  world.server.clock().advance(2s);
  CHECK(chat.invoke("Echo", 1).id() == "2");
}

TEST_CASE("run waits through restarts and ends with the connection") {
  Restarting world;
  Conn conn = world.dial();
  Client chat("chat", conn);
  int ends = 0;
  chat.async_run([&](Result<void> end) {
    CHECK(end.ok());
    ++ends;
  });
  world.settle();
  world.end();
  world.server.clock().advance(1min);
  CHECK(conn.stats().restarts == 1);
  CHECK(ends == 0);
  conn.close();
  CHECK(ends == 1);
}

TEST_CASE("P#113 frames of the old transport that arrive late are ignored") {
  Restarting world;
  Conn conn = world.connect();
  memory::Peer old = world.server.peer();
  world.end();
  if (old.open()) old.send(R"({"C":"d-1-A,9","M":[{"H":"Chat","M":"stray","A":[]}]})");
  world.server.clock().advance(2s);
  REQUIRE(conn.connection_state() == ConnectionState::connected);
  if (old.open()) old.send(R"({"C":"d-1-A,10","M":[{"H":"Chat","M":"stray","A":[]}]})");
  world.settle();
  world.server.broadcast("Chat", "new", "[]");
  CHECK(conn.read_message().messages().at(0).method == "new");
}

TEST_CASE("cursors of the new connection are not compared with those of the old one") {
  Restarting world;
  Conn conn = world.connect();
  world.server.broadcast("Chat", "n", "[]");
  world.settle();
  world.end();
  world.server.app().restart();
  world.server.clock().advance(2s);
  world.server.broadcast("Chat", "n", "[]");
  world.settle();
  CHECK(world.count("possible gap: restarted") == 1);
  CHECK(std::count_if(world.story.begin(), world.story.end(),
                      [](const std::string& line) { return line.find("gap") != std::string::npos; }) == 1);
}

TEST_CASE("a connection restarts as often as it ends, and leaves nothing behind") {
  Restarting world;
  Conn conn = world.connect();
  for (int i = 0; i < 50; ++i) {
    world.server.clock().advance(2min);
    world.end();
  }
  world.server.clock().advance(2min);
  CHECK(conn.stats().restarts == 50);
  CHECK(world.server.network().open_connections() == 1);
  conn.close();
  CHECK(world.server.network().open_connections() == 0);
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
