// When a reconnect by poll has succeeded: with the headers of an answer that the server itself can have given.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

struct Reopening : HttpWorld {
  explicit Reopening(server::ServerSettings settings = {}) : HttpWorld(TransportKind::long_polling, settings) {
    options.events.on_gap = [this](const Gap& gap) { gaps.push_back(gap); };
  }
  std::vector<Gap> gaps;
};

constexpr char kPage[] = "\r\n<!DOCTYPE html><html>Please log in</html>";

const Story kReopened = {"Connected -> Reconnecting", "reconnecting 1", "Reconnecting -> Connected",
                         "reconnected after 2000 ms"};

}  // namespace

TEST_CASE("P#103 the headers of an answer to /reconnect are success, and its body later on is a poll's") {
  Reopening world;
  Conn conn = world.connect();
  world.server.peer().cut();
  world.server.clock().advance(3s);
  CHECK(world.story == kReopened);
  world.server.clock().advance(1min);
  CHECK(world.server.requests("reconnect").size() == 1);
  world.server.broadcast("Chat", "late", "[]");
  CHECK(world.methods(conn, 1) == Story{"late"});
}

TEST_CASE("P#103 P#105 an idle connection reconnects within the shortest window that a server gives") {
  server::ServerSettings settings;
  settings.disconnect_timeout = 6s;
  settings.keep_alive = 2s;
  Reopening world(settings);
  Conn conn = world.connect();
  for (int i = 0; i < 10; ++i) {
    world.server.peer().cut();
    world.server.clock().advance(30s);
  }
  CHECK(conn.connection_state() == ConnectionState::connected);
  CHECK(conn.stats().reconnects == 10);
}

TEST_CASE("P#103 headers that are held back on their way count as come after five seconds, or half of what is left") {
  for (const Duration window : {Duration(30s), Duration(6s), Duration(1s)}) {
    Reopening world;
    world.options.max_reconnect_duration = window;
    Conn conn = world.connect();
    std::shared_ptr<server::Exchange> held;
    world.server.expect_reconnect().run(
        [&](std::shared_ptr<server::Exchange> exchange) { held = std::move(exchange); });
    world.server.peer().cut();
    world.server.clock().advance(std::min(window, Duration(7s)) - 1ms);
    CHECK(conn.connection_state() == (window > 7s ? ConnectionState::reconnecting : ConnectionState::connected));
    world.server.clock().advance(600ms);
    CHECK(conn.connection_state() == ConnectionState::connected);
    REQUIRE((held != nullptr));
    world.server.app().on_request(held);
    world.server.broadcast("Chat", "late", "[]");
    CHECK(world.methods(conn, 1) == Story{"late"});
    CHECK(world.server.requests("reconnect").size() == 1);
  }
}

TEST_CASE("P#74 P#103 a page of HTML is no answer of SignalR's: a failed attempt, or a lost poll, and no gap") {
  for (const std::string type : {"text/html; charset=utf-8", "application/json", "text/plain", ""}) {
    CAPTURE(type);
    Reopening world;
    Headers headers;
    if (!type.empty()) headers.add("Content-Type", type);
    std::size_t first = 0;
    SUBCASE("to /reconnect") {
      world.server.expect_poll().answer(500);
      first = 1;
    }
    SUBCASE("to a poll") { world.server.expect_poll().answer(200, kPage, headers); }
    world.server.expect_reconnect().times(3).answer(200, kPage, headers);
    Conn conn = world.connect();
    world.server.clock().run_until([&] { return world.reasons.size() == 3; }, 10s);
    CHECK(world.count("Reconnecting -> Connected") == 0);
    REQUIRE(world.reasons.size() == 3);
    for (std::size_t i = first; i < 3; ++i) {
      CHECK(std::string(world.reasons[i]->what()) ==
            "the answer to a poll is no frame of a SignalR server; it looks like HTML: a login page or a proxy's?");
      CHECK(world.reasons[i]->server_text().find("Please log in") != std::string::npos);
    }
    world.server.broadcast("Chat", "after", "[]");
    CHECK(world.methods(conn, 1) == Story{"after"});
    CHECK(world.count("Reconnecting -> Connected") == 1);
    CHECK(world.gaps.empty());
    CHECK(world.errors.empty());
  }
}

TEST_CASE("P#103 a page whose body comes later than its headers is known by its Content-Type, or the lack of one") {
  for (const std::string type : {"text/html", "text/plain", ""}) {
    CAPTURE(type);
    Reopening world;
    world.server.expect_reconnect().run([&](const std::shared_ptr<server::Exchange>& exchange) {
      Headers headers;
      if (!type.empty()) headers.add("Content-Type", type);
      exchange->start(200, headers);
      world.server.executor()->schedule(world.server.executor()->now() + 1s, [exchange] {
        exchange->write(kPage);
        exchange->end();
      });
    });
    Conn conn = world.connect();
    world.server.peer().cut();
    world.server.clock().advance(6s);
    REQUIRE(world.reasons.size() == 2);
    CHECK(std::string(world.reasons[1]->what()).find("it looks like HTML") != std::string::npos);
    CHECK(world.count("Reconnecting -> Connected") == 1);
  }
}

TEST_CASE("P#103 a page whose body stalls is no reconnect, whether its headers or its beginning show what it is") {
  for (const std::string type : {"text/html", ""}) {
    CAPTURE(type);
    Reopening world;
    std::vector<std::shared_ptr<server::Exchange>> pages;
    world.server.expect_reconnect().always().run([&](const std::shared_ptr<server::Exchange>& exchange) {
      Headers headers;
      if (!type.empty()) headers.add("Content-Type", type);
      exchange->start(200, headers);
      if (type.empty()) exchange->write(kPage);
      pages.push_back(exchange);
    });
    Conn conn = world.connect();
    world.server.peer().cut();
    world.server.clock().advance(20s);
    CHECK_FALSE(pages.empty());
    CHECK(world.count("Reconnecting -> Connected") == 0);
  }
}

TEST_CASE("a poll's answer that is no JSON comes again with the reconnect, so that no gap is told") {
  Reopening world;
  world.server.expect_poll().answer(200, R"({"C":"d-1",broken})", {{"Content-Type", "application/json"}});
  Conn conn = world.connect();
  world.server.clock().advance(10s);
  CHECK(world.errors.size() == 1);
  CHECK(world.count("Reconnecting -> Connected") == 1);
  CHECK(world.gaps.empty());
}

TEST_CASE("a page of HTML in place of a transport says so when dialing, too") {
  over_both([](HttpWorld& world) {
    world.options.max_connect_retries = 0;
    world.server.expect_connect().answer(200, kPage, {{"Content-Type", "text/html"}});
    CHECK(std::string(world.dial_error()->what()).find("it looks like HTML") != std::string::npos);
  });
}
