// From an open transport to Connected.
#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("P#41 P#43 /start goes out once, after init, over HTTP with the transport's name") {
  World world;
  world.server.expect_start().answer("  {\"Response\" : \"started\", \"more\": [1]}\n");
  Conn conn = world.dial();
  const auto starts = world.server.requests("start");
  REQUIRE(starts.size() == 1);
  CHECK(starts[0].method == "GET");
  CHECK(starts[0].query("transport") == "webSockets");
}

TEST_CASE("P#43 every other answer to /start is an InvalidStartResponseError") {
  for (const char* body : {R"({"Response":"Started"})", R"({"Response":null})", R"({"Response":1})", "{}", "[]", "",
                           "started", R"({"Response":"started")"}) {
    CAPTURE(body);
    World world;
    world.server.expect_start().answer(body);
    const ErrorPtr error = world.dial_error();
    CHECK(dynamic_cast<const StartError*>(error.get()) != nullptr);
    CHECK(find_cause<InvalidStartResponseError>(*error) != nullptr);
    CHECK(world.server.requests("start").size() == 1);
  }
}

TEST_CASE("P#42 /start is repeated only when it provably was not sent") {
  World refused;
  refused.server.expect_connect().accept();
  bool connected = false;
  const PendingDial pending = async_dial(refused.server.origin(), Hubs{{"chat"}}, refused.options,
                                         [&](Result<Conn> result) { connected = result.ok(); });
  refused.settle();
  refused.server.network().fail_connections(TransportFailure::connect);
  refused.server.peer().send(R"({"C":"d-0","S":1,"M":[]})");
  refused.server.clock().advance(3s);  // the first attempt and one more
  CHECK_FALSE(connected);
  refused.server.network().heal();
  refused.server.clock().advance(3s);
  CHECK(connected);
  CHECK(refused.server.requests("start").size() == 1);

  World lost;
  lost.server.expect_start().fail(TransportFailure::io);
  const ErrorPtr error = lost.dial_error();
  CHECK(dynamic_cast<const StartError*>(error.get()) != nullptr);
  CHECK(lost.server.requests("start").size() == 1);
}

TEST_CASE("P#45 a /start that hangs ends at request_timeout, and the server is told that we leave") {
  World world;
  world.options.request_timeout = 9s;
  world.server.expect_start().hang();
  const ErrorPtr error = world.dial_error();
  CHECK(dynamic_cast<const StartError*>(error.get()) != nullptr);
  CHECK(find_cause<DeadlineError>(*error) != nullptr);
  CHECK(world.server.transcript().back() == "abort webSockets");
}

TEST_CASE("P#50 a transport lost between init and the answer to /start is a start error, no fallback, no reconnect") {
  World world;
  world.server.expect_start().run([&](std::shared_ptr<server::Exchange>) { world.server.peer().cut(); });
  const ErrorPtr error = world.dial_error();
  CHECK(dynamic_cast<const StartError*>(error.get()) != nullptr);
  CHECK(is_close_error(*error, {close_code::abnormal}));
  CHECK(world.server.requests("connect").size() == 1);
  CHECK(world.server.requests("reconnect").empty());
}

TEST_CASE("P#50 the server is told that we leave when the transport is lost before /start was answered") {
  World world;
  world.server.expect_start().run([&](std::shared_ptr<server::Exchange>) { world.server.peer().cut(); });
  world.dial_error();
  CHECK(world.server.transcript().back() == "abort webSockets");
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("P#59 P#61 P#111 what the server ends before Connected is an error of the step, without abort") {
  const auto error_after = [](World& world, const std::string& frame) {
    ErrorPtr error;
    const PendingDial pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options,
                                           [&](Result<Conn> result) { error = result.error_ptr(); });
    world.settle();
    world.server.peer().send(frame);
    world.settle();
    CHECK(world.server.requests("abort").empty());
    REQUIRE(error != nullptr);
    CHECK(find_cause<DisconnectedByServer>(*error) != nullptr);
    return error;
  };
  World opening;
  opening.server.expect_connect().accept();
  const ErrorPtr failed = error_after(opening, R"({"E":"full"})");
  CHECK(dynamic_cast<const ConnectError*>(failed.get()) != nullptr);
  CHECK(failed->server_text() == "full");

  World old;
  old.options.protocol = "1.3";
  old.server.expect_connect().accept();
  CHECK(dynamic_cast<const ConnectError*>(error_after(old, R"({"C":"d-0","D":1,"M":[]})").get()) != nullptr);

  World starting;
  starting.server.expect_start().hang();
  CHECK(dynamic_cast<const StartError*>(error_after(starting, R"({"E":"full"})").get()) != nullptr);
}

TEST_CASE("P#46 a second init is ignored with a warning, its messages and cursor are not") {
  World world;
  world.server.expect_connect().accept();
  const PendingDial pending =
      async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [&](Result<Conn> result) {
        Conn conn = std::move(result).value();
        CHECK(conn.connection_state() == ConnectionState::connected);
        world.server.peer().send(R"({"C":"d-9","S":1,"M":[{"H":"Chat","M":"again","A":[]}]})");
        conn.async_read_message([&](Result<Message> message) {
          world.story.push_back(std::string(message.value().messages().at(0).method));
        });
        static Conn keep;
        keep = std::move(conn);
        world.server.clock().post([] {
          CHECK(keep.state().message_id == "d-9");
          keep = Conn();
        });
      });
  world.settle();
  world.server.peer().send(R"({"C":"d-1","S":1,"M":[]})");
  world.settle();
  CHECK(world.story.back() == "again");
  CHECK(world.server.requests("start").size() == 1);
}

TEST_CASE("P#48 a server below 1.4 gets no /start: connected on init with 1.3, on the open transport with 1.2") {
  for (const char* version : {"1.2", "1.3"}) {
    CAPTURE(version);
    World world;
    world.options.protocol = version;
    Conn conn = world.dial();
    CHECK(world.server.requests("start").empty());
    CHECK(conn.connection_state() == ConnectionState::connected);
    CHECK(conn.state().protocol == version);
    conn.write_message(call("1", "Echo", {"true"}));
    CHECK(conn.read_message().result().text() == "true");
  }
}

TEST_CASE("P#48 a 1.x server that never sends init is connected when the transport opens") {
  World world;
  world.options.protocol = "1.2";
  world.server.expect_connect().accept();
  Conn conn = world.dial();
  CHECK(conn.connection_state() == ConnectionState::connected);
}

TEST_CASE("P#35 without TryWebSockets a connection of WebSockets alone fails, unless they are forced") {
  server::ServerSettings settings;
  settings.try_websockets = false;
  World world(settings);
  world.options.transports = {TransportKind::websockets};
  const ErrorPtr error = world.dial_error();
  CHECK(dynamic_cast<const ConnectError*>(error.get()) != nullptr);
  CHECK(std::string(error->what()).find("no compatible transport") != std::string::npos);
  CHECK(world.server.requests("connect").empty());
}

TEST_CASE("P#51 a refused upgrade is a ConnectError with status and the start of the body; 503 is tried again") {
  World world;
  world.options.transports = {TransportKind::websockets};
  world.server.expect_connect().answer(400, "Not a valid web socket request.");
  const ErrorPtr error = world.dial_error();
  CHECK(dynamic_cast<const ConnectError&>(*error).status() == 400);
  CHECK(find_cause<DialError>(*error)->server_text() == "Not a valid web socket request.");

  World healing;
  healing.options.transports = {TransportKind::websockets};
  healing.server.expect_connect().answer(503);
  CHECK(healing.dial().connection_state() == ConnectionState::connected);
}

TEST_CASE("P#38 the time for init is the server's plus the user's, from the transport's start, negotiate not counted") {
  World world;
  world.options.extra_connect_timeout = 2s;
  world.options.transports = {TransportKind::websockets};
  world.options.max_connect_retries = 0;
  world.server.expect_negotiate().after(10s).serve();
  world.server.expect_connect().hang();
  const ErrorPtr error = world.dial_error();
  CHECK(find_cause<DeadlineError>(*error) != nullptr);
  CHECK(world.server.clock().elapsed() == 17s);
}

TEST_CASE("P#38 init ends the time limit: a slow /start is fine") {
  World world;
  world.server.expect_start().after(25s).serve();
  CHECK(world.dial().connection_state() == ConnectionState::connected);
}
