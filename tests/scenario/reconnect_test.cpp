// The transport is lost: what is told, what is asked, what is kept, and when it ends.
#include "lossy.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE(
    "P#101 P#102 P#103 P#104 a cut connection is opened again at once, and what was missed arrives once, in order") {
  Lossy world;
  Conn conn = world.connect();
  world.server.app().join(world.server.app().connections().at(0), "Chat", "room");
  world.server.broadcast("Chat", "before", "[]");
  world.settle();
  const State known = conn.state();
  CHECK_FALSE(known.groups_token.empty());
  world.server.network().fail_connections(TransportFailure::connect);
  world.server.peer().cut();
  world.settle();
  CHECK(world.story == Story{"Connected -> Reconnecting", "reconnecting 1"});
  CHECK(conn.connection_state() == ConnectionState::reconnecting);
  world.server.broadcast("Chat", "missed1", "[]");
  world.server.app().send_to_group("room", "Chat", "missed2", "[]");
  world.server.network().heal();
  world.server.clock().advance(3s);
  world.server.broadcast("Chat", "after", "[]");
  CHECK(world.methods(conn, 4) == Story{"before", "missed1", "missed2", "after"});
  REQUIRE(world.story.size() == 5);
  CHECK(world.story[2] == "reconnecting 2");
  CHECK(world.story[3] == "Reconnecting -> Connected");
  CHECK(world.story[4].find("reconnected after 2") == 0);

  const auto reconnects = world.server.requests("reconnect");
  REQUIRE(reconnects.size() == 1);  // the refused one never arrived
  CHECK(reconnects[0].query("connectionToken") == known.connection_token);
  CHECK(reconnects[0].query("messageId") == known.message_id);
  CHECK(reconnects[0].query("groupsToken") == known.groups_token);
  CHECK(world.server.requests("start").size() == 1);
  CHECK(world.gaps.empty());
}

TEST_CASE("P#101 any close code of the server, also 1000, is a loss") {
  for (const int code : {1000, 1001, 1011, 4000}) {
    CAPTURE(code);
    Lossy world;
    Conn conn = world.connect();
    world.server.peer().close(static_cast<std::uint16_t>(code));
    world.settle();
    CHECK(world.story ==
          Story{"Connected -> Reconnecting", "reconnecting 1", "Reconnecting -> Connected", "reconnected after 0 ms"});
  }
}

TEST_CASE("a server that cuts the connection over a message of more than 64 KiB is told with that limit of servers") {
  Lossy world;
  Conn conn = world.connect();
  std::string reason;
  conn.on_reconnecting([&](const Error& why, int) { reason = why.what(); });
  conn.async_send(std::string(64 * 1024 + 1, 'x'), [](const Result<void>&) {});
  conn.async_send("small", [](const Result<void>&) {});
  world.settle();
  CHECK(reason ==
        "websocket closed 1006: the server closed the connection without a close frame; a message of 65537 bytes had "
        "just been sent, and the server may limit messages to 64 KiB");
  world.server.peer().cut();
  world.settle();
  CHECK(reason.find("64 KiB") == std::string::npos);
}

TEST_CASE("the limit of servers isn't named where the message was smaller, or something came after it") {
  const auto reason_after = [](std::size_t bytes, bool answered, auto end) {
    server::ServerSettings settings;
    settings.max_incoming_message = 1024 * 1024;
    World world(settings);
    Conn conn = world.dial();
    std::string reason;
    conn.on_reconnecting([&](const Error& why, int) { reason = why.what(); });
    conn.send(std::string(bytes, 'x'));
    world.settle();
    if (answered) world.server.peer().send("{}");
    world.settle();
    end(world.server.peer());
    world.settle();
    CHECK(reason.find("websocket closed 10") == 0);
    return reason;
  };
  const auto cut = [](auto&& peer) { peer.cut(); };
  CHECK(reason_after(64 * 1024 + 1, false, cut).find("64 KiB") != std::string::npos);
  CHECK(reason_after(64 * 1024, false, cut).find("64 KiB") == std::string::npos);
  CHECK(reason_after(64 * 1024 + 1, true, cut).find("64 KiB") == std::string::npos);
  CHECK(reason_after(64 * 1024 + 1, false, [](auto&& peer) { peer.close(1011); }).find("64 KiB") == std::string::npos);
}

TEST_CASE("P#105 P#111 when reconnecting takes longer than DisconnectTimeout: error, Disconnected, no abort") {
  Lossy world;
  Conn conn = world.connect();
  world.server.network().fail_connections(TransportFailure::connect);
  world.server.peer().cut();
  world.server.clock().advance(29'900ms);
  CHECK(conn.connection_state() == ConnectionState::reconnecting);
  world.server.clock().advance(200ms);
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  REQUIRE(world.errors.size() == 1);
  CHECK(find_cause<DeadlineError>(*world.errors[0]) != nullptr);
  REQUIRE(find_cause<TransportError>(*world.errors[0]) != nullptr);
  CHECK(std::string(world.errors[0]->what()).find(find_cause<TransportError>(*world.errors[0])->what()) !=
        std::string::npos);
  CHECK(world.story.back().find("closed: ") == 0);
  CHECK(world.server.requests("abort").empty());
  CHECK_THROWS_AS(conn.read_message(), ReadError);
  world.server.network().heal();
  world.server.clock().advance(5min);
  CHECK(world.server.requests("reconnect").empty());
}

TEST_CASE("P#105 an attempt that hangs is given up at the deadline") {
  Lossy world;
  world.options.max_reconnect_duration = 8s;
  Conn conn = world.connect();
  world.server.network().stall_connections();
  world.server.peer().cut();
  world.server.clock().advance(8s);
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("P#107 final answers end reconnecting at once; others are tried again") {
  const auto answers = [](int status, const std::string& body) {
    Lossy world;
    Conn conn = world.connect();
    world.server.expect_reconnect().answer(status, body);
    world.server.peer().cut();
    world.server.clock().advance(10s);
    return conn.connection_state();
  };
  CHECK(answers(403,
                "Unrecognized user identity. The user identity cannot change during an active SignalR connection.") ==
        ConnectionState::disconnected);
  CHECK(answers(400, "The ConnectionId is in the incorrect format.") == ConnectionState::disconnected);
  CHECK(answers(403, "This web app is stopped.") == ConnectionState::connected);
  CHECK(answers(404, "") == ConnectionState::connected);
  CHECK(answers(500, "") == ConnectionState::connected);
}

TEST_CASE("P#107 a 401 is tried once more with a new token, then it is final") {
  Lossy world;
  int asked = 0;
  world.options.access_token = [&] { return "t" + std::to_string(++asked); };
  Conn conn = world.connect();
  world.server.expect_reconnect().times(2).answer(401);
  world.server.peer().cut();
  world.server.clock().advance(10s);
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(world.server.requests("reconnect").size() == 2);
}

TEST_CASE("P#108 a server that closes each reconnect at once is asked at most every 2 s, and five times in all") {
  Lossy world;
  Conn conn = world.connect();
  world.server.expect_reconnect().always().accept();
  world.server.app().on_channel({});
  world.server.peer().cut();
  for (int i = 0; i < 200 && conn.connection_state() != ConnectionState::disconnected; ++i) {
    world.settle();
    if (world.server.peer().open()) world.server.peer().close();
    world.server.clock().advance(100ms);
  }
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(world.server.requests("reconnect").size() == 5);
  CHECK(world.server.clock().elapsed() >= 8s);
}

TEST_CASE("P#93 P#109 writes fail while reconnecting, at once; those under way fail before the events") {
  Lossy world;
  Conn conn = world.connect();
  world.server.network().stall_all();
  conn.async_write_message(call("1", "Echo", {"1"}), [&](Result<void> result) {
    world.story.push_back(result.ok() ? "written" : "write failed");
  });
  world.server.network().stall_connections();
  world.server.clock().advance(20s);
  REQUIRE(world.story.size() >= 2);
  CHECK(world.story[0] == "written");  // handed to the network, which lost it
  CHECK(conn.connection_state() == ConnectionState::reconnecting);
  CHECK_THROWS_AS(conn.write_message(call("2", "Echo", {"1"})), WriteError);
}

TEST_CASE("reads wait through a reconnect") {
  Lossy world;
  Conn conn = world.connect();
  conn.async_read_message(
      [&](Result<Message> message) { world.story.push_back(std::string(message.value().messages().at(0).method)); });
  world.server.peer().cut();
  world.settle();
  world.server.broadcast("Chat", "after", "[]");
  world.settle();
  CHECK(world.story.back() == "after");
}

TEST_CASE("P#110 close while reconnecting sends the abort and ends at once") {
  Lossy world;
  Conn conn = world.connect();
  world.server.expect_reconnect().hang();
  world.server.peer().cut();
  world.settle();
  CHECK(conn.connection_state() == ConnectionState::reconnecting);
  conn.close();
  CHECK(world.story.back() == "closed");
  CHECK(world.server.requests("abort").size() == 1);
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("P#101 the second attempt and later ones are 2 s apart and more") {
  Lossy world;
  Conn conn = world.connect();
  world.server.network().fail_connections(TransportFailure::connect);
  std::vector<Duration> times;
  conn.on_reconnecting([&](const Error&, int) { times.push_back(world.server.clock().elapsed()); });
  world.settle();
  world.server.peer().cut();
  world.server.clock().advance(20s);
  REQUIRE(times.size() >= 5);
  for (std::size_t i = 1; i < times.size(); ++i) {
    CHECK(times[i] - times[i - 1] >= 2s);
    CHECK(times[i] - times[i - 1] <= 2500ms);
  }
}

TEST_CASE("jitter comes from DialOptions::random, so that a test can run the same way each time") {
  const auto second_attempt = [](std::uint32_t bits) {
    Lossy world;
    world.options.random = [bits] { return bits; };
    Conn conn = world.connect();
    world.server.network().fail_connections(TransportFailure::connect);
    std::vector<Duration> times;
    conn.on_reconnecting([&](const Error&, int) { times.push_back(world.server.clock().elapsed()); });
    world.settle();
    world.server.peer().cut();
    world.server.clock().advance(3s);
    return std::chrono::duration_cast<std::chrono::milliseconds>(times.at(1) - times.at(0));
  };
  CHECK(second_attempt(0) == 2000ms);
  CHECK(second_attempt(0x8000'0000) == 2250ms);
}

TEST_CASE("a write refused while reconnecting says so, and why") {
  Lossy world;
  Conn conn = world.connect();
  world.server.network().fail_connections(TransportFailure::connect);
  world.server.peer().cut();
  world.settle();
  REQUIRE(conn.connection_state() == ConnectionState::reconnecting);
  ErrorPtr refused;
  conn.async_send("late", [&](Result<void> result) { refused = result.error_ptr(); });
  world.settle();
  REQUIRE(refused != nullptr);
  CHECK(dynamic_cast<const WriteError*>(refused.get()) != nullptr);
  CHECK(find_cause<ReconnectingError>(*refused) != nullptr);
  CHECK(std::string(refused->what()).find("reconnecting") != std::string::npos);
  CHECK(is_close_error(*refused, {close_code::abnormal}));
}

TEST_CASE("a max_reconnect_duration of zero means no reconnecting") {
  Lossy world;
  world.options.max_reconnect_duration = 0s;
  Conn conn = world.connect();
  world.server.peer().cut();
  world.settle();
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(world.server.requests("reconnect").empty());
}

TEST_CASE("a host that refuses is never asked without a pause, whatever retry_interval says") {
  Lossy world;
  world.options.retry_interval = 0s;
  Conn conn = world.connect();
  world.server.expect_reconnect().always().answer(500);
  world.server.peer().cut();
  world.server.clock().advance(10s);
  CHECK(world.server.requests("reconnect").size() > 10);
  CHECK(world.server.requests("reconnect").size() <= 101);
}
