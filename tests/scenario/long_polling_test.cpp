// A connection over long polling: one poll after the other, what is lost and what isn't.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

struct Polling : HttpWorld {
  explicit Polling(server::ServerSettings settings = {}) : HttpWorld(TransportKind::long_polling, settings) {}
  std::size_t asked(const char* command) const { return server.requests(command).size(); }
};

}  // namespace

TEST_CASE("P#41 P#71 the first poll goes out beside /start, and all requests are those of the .NET client") {
  Polling world;
  world.server.expect_start().hang();
  const PendingDial pending =
      async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [](Result<Conn>) { FAIL("connected"); });
  world.settle();
  CHECK(world.server.transcript() ==
        Story{"negotiate", "connect longPolling", "start longPolling", "poll longPolling"});
  CHECK(world.server.network().open_connections() == 2);
  for (const char* command : {"connect", "poll"}) {
    const auto request = world.server.requests(command).at(0);
    CHECK(request.method == "POST");
    CHECK(request.headers.find("Accept-Encoding") == nullptr);
  }
}

TEST_CASE("calls of the server and calls to it go over long polling") {
  Polling world;
  Conn conn = world.connect();
  world.server.broadcast("Chat", "one", "[1]");
  world.server.broadcast("Chat", "two", "[2]");
  CHECK(world.methods(conn, 2) == Story{"one", "two"});
  conn.write_message(call("7", "Echo", {"0.10000000000000000001"}));
  CHECK(conn.read_message().result().text() == "0.10000000000000000001");
  world.server.broadcast("Chat", "three", "[]");
  CHECK(world.methods(conn, 1) == Story{"three"});
}

TEST_CASE("P#70 there is one poll at a time, and the next one follows at once") {
  Polling world;
  Conn conn = world.connect();
  for (int i = 0; i < 20; ++i) {
    world.server.broadcast("Chat", "m", "[]");
    world.settle();
    CHECK(world.server.network().open_connections() == 1);
  }
  CHECK(world.asked("poll") == 21);
  CHECK(world.server.clock().elapsed() == 0s);
}

TEST_CASE("P#62 L delays the next poll by so many milliseconds") {
  server::ServerSettings settings;
  settings.long_poll_delay = 2500ms;
  Polling world(settings);
  Conn conn = world.connect();
  CHECK(world.asked("poll") == 0);
  world.server.clock().advance(2499ms);
  CHECK(world.asked("poll") == 0);
  world.server.clock().advance(1ms);
  CHECK(world.asked("poll") == 1);
}

TEST_CASE("P#72 P#122 spaces and a byte order mark ahead of the JSON are nothing") {
  Polling world;
  world.server.expect_poll().answer("\xEF\xBB\xBF  {\"C\":\"d-7\",\"M\":[{\"H\":\"Chat\",\"M\":\"padded\",\"A\":[]}]}");
  Conn conn = world.connect();
  CHECK(world.methods(conn, 1) == Story{"padded"});
}

TEST_CASE("P#72 an answer of white space alone is followed by another poll after a pause, without an event") {
  Polling world;
  world.server.expect_poll().answer("    ");
  Conn conn = world.connect();
  CHECK(world.asked("poll") == 1);
  world.server.clock().advance(1999ms);
  CHECK(world.asked("poll") == 1);
  world.server.clock().advance(1ms);
  CHECK(world.asked("poll") == 2);
  CHECK(world.story.empty());
}

TEST_CASE("P#73 P#100 polls that time out at the server follow each other for hours without a word") {
  Polling world;
  Conn conn = world.connect();
  world.server.clock().advance(2h);
  CHECK(world.story.empty());
  CHECK(world.asked("poll") == 1 + 7200 / 110);
  CHECK(world.server.network().open_connections() == 1);
}

TEST_CASE("P#74 P#102 P#104 a poll that fails is a loss: two seconds later /reconnect, and what was missed arrives") {
  Polling world;
  Conn conn = world.connect();
  world.server.app().join(world.server.app().connections().at(0), "Chat", "room");
  world.settle();
  SUBCASE("cut off") { world.server.peer().cut(); }
  SUBCASE("answered with 500") {
    world.server.expect_poll().answer(500);
    world.server.broadcast("Chat", "before", "[]");
    CHECK(world.methods(conn, 1) == Story{"before"});
  }
  SUBCASE("truncated") {
    world.server.expect_poll().truncate("{\"C\":\"d-");
    world.server.broadcast("Chat", "before", "[]");
    CHECK(world.methods(conn, 1) == Story{"before"});
  }
  world.settle();
  const State known = conn.state();
  CHECK_FALSE(known.groups_token.empty());
  CHECK(world.story == Story{"Connected -> Reconnecting", "reconnecting 1"});
  world.server.clock().advance(1900ms);
  CHECK(world.asked("reconnect") == 0);
  world.server.app().send_to_group("room", "Chat", "missed", "[]");
  CHECK(world.methods(conn, 1) == Story{"missed"});
  CHECK(world.asked("reconnect") == 1);
  const auto reconnect = world.server.requests("reconnect").at(0);
  CHECK(reconnect.form("messageId") == known.message_id);
  CHECK(reconnect.form("groupsToken") == known.groups_token);
  CHECK(world.story ==
        Story{"Connected -> Reconnecting", "reconnecting 1", "Reconnecting -> Connected", "reconnected after 2000 ms"});
  world.settle();
  CHECK(world.server.transcript().back() == "poll longPolling");
}

TEST_CASE("P#74 an answer that is no JSON is told and is a loss, as the server would only send it again") {
  Polling world;
  int gaps = 0;
  world.options.events.on_gap = [&](const Gap&) { ++gaps; };
  world.server.expect_poll().answer("{\"C\":\"d-1");
  Conn conn = world.connect();
  REQUIRE(world.errors.size() == 1);
  CHECK(dynamic_cast<const ProtocolError*>(world.errors[0].get()) != nullptr);
  CHECK(conn.connection_state() == ConnectionState::reconnecting);
  world.server.broadcast("Chat", "after", "[]");
  CHECK(world.methods(conn, 1) == Story{"after"});
  CHECK(gaps == 0);  // what was in it has come again
}

TEST_CASE("P#74 a poll without an answer for ConnectionTimeout and ten seconds is a loss") {
  Polling world;
  Conn conn = world.connect();
  world.server.network().stall_all();
  world.server.clock().advance(119s);
  CHECK(world.story.empty());
  world.server.clock().advance(1s);
  CHECK(world.story == Story{"Connected -> Reconnecting", "reconnecting 1"});
}

TEST_CASE("P#60 T:1 means Reconnecting, and /reconnect at once, then every two seconds while the server stops") {
  Polling world;
  Conn conn = world.connect();
  world.server.app().begin_shutdown();
  world.settle();
  REQUIRE(world.story.size() >= 3);
  CHECK(Story(world.story.begin(), world.story.begin() + 3) ==
        Story{"Connected -> Reconnecting", "reconnecting 1", "Reconnecting -> Connected"});
  world.server.clock().advance(9s);
  CHECK(world.asked("reconnect") >= 4);
  CHECK(world.asked("reconnect") <= 6);
  CHECK(world.asked("poll") == 1);
}

TEST_CASE("P#75 every poll carries the last cursor and groups token") {
  Polling world;
  Conn conn = world.connect();
  world.server.app().join(world.server.app().connections().at(0), "Chat", "room");
  world.settle();
  world.server.broadcast("Chat", "m", "[]");
  world.settle();
  const State known = conn.state();
  const auto polls = world.server.requests("poll");
  REQUIRE(polls.size() >= 3);
  CHECK_FALSE(polls.front().form("messageId").empty());
  CHECK(polls.front().form("groupsToken").empty());
  CHECK(polls.back().form("messageId") == known.message_id);
  CHECK(polls.back().form("groupsToken") == known.groups_token);
}

TEST_CASE("P#77 a server that answers polls at once and with nothing is asked once a second") {
  Polling world;
  world.server.expect_poll().always().answer(R"({"C":"d-1","M":[]})");
  Conn conn = world.connect();
  world.server.clock().advance(60s);
  CHECK(world.asked("poll") <= 62);
  CHECK(world.asked("poll") >= 50);
  CHECK(world.story.empty());
}

TEST_CASE("P#105 P#111 a server that doesn't come back ends the connection after its DisconnectTimeout") {
  Polling world;
  Conn conn = world.connect();
  world.server.network().fail_connections(TransportFailure::connect);
  world.server.peer().cut();
  world.server.clock().advance(31s);
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(world.asked("abort") == 0);
}

TEST_CASE("P#107 P#140 polls and reconnects refused for good end the connection") {
  const std::string changed =
      "Unrecognized user identity. The user identity cannot change during an active SignalR connection.";
  Polling world;
  SUBCASE("a poll") { world.server.expect_poll().answer(403, changed); }
  SUBCASE("a reconnect") {
    world.server.expect_poll().answer(500);
    world.server.expect_reconnect().answer(400, "The ConnectionId is in the incorrect format.");
  }
  Conn conn = world.connect();
  world.server.clock().advance(4s);
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(world.asked("abort") == 0);
  CHECK(world.asked("reconnect") <= 1);
}

TEST_CASE("P#125 an answer larger than max_message_bytes is a loss, and again and again ends the connection") {
  Polling world;
  world.options.limits.max_message_bytes = 1000;
  Conn conn = world.connect();
  world.server.broadcast("Chat", "large", "[\"" + std::string(2000, 'x') + "\"]");
  world.server.clock().advance(40s);
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(find_cause<LimitError>(*world.reasons.at(0))->option() == "max_message_bytes");
}

TEST_CASE("who doesn't read isn't polled for") {
  Polling world;
  world.options.limits.max_receive_queue_messages = 1;
  Conn conn = world.connect();
  world.server.broadcast("Chat", "one", "[]");
  world.settle();
  const std::size_t polls = world.asked("poll");
  world.server.clock().advance(1min);
  CHECK(world.asked("poll") == polls);
  CHECK(world.story.empty());
  CHECK(world.methods(conn, 1) == Story{"one"});
  world.settle();
  CHECK(world.asked("poll") == polls + 1);
}

TEST_CASE("P#48 servers before 1.4 get no /start over long polling either") {
  for (const char* version : {"1.2", "1.3"}) {
    CAPTURE(version);
    Polling world;
    world.options.protocol = version;
    Conn conn = world.connect();
    CHECK(world.asked("start") == 0);
    world.server.broadcast("Chat", "hello", "[]");
    CHECK(world.methods(conn, 1) == Story{"hello"});
  }
}
