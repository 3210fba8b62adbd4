// Dialing: negotiate, transport, init, start, and what goes wrong on the way.
#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("dial negotiates, connects, starts, and echoes") {
  World world;
  Conn conn = world.dial();
  CHECK(world.server.transcript() == Story{"negotiate", "connect webSockets", "start webSockets"});
  CHECK(conn.connection_state() == ConnectionState::connected);
  CHECK(world.story == Story{"Disconnected -> Connecting", "Connecting -> Connected"});

  conn.write_message(call("7", "Echo", {R"({"a":1})"}));
  const Message answer = conn.read_message();
  CHECK(answer.is_result());
  CHECK(answer.invocation_id() == "7");
  CHECK(answer.result().text() == R"({"a":1})");

  conn.close();
  CHECK(world.story.back() == "closed");
  CHECK(world.server.transcript().back() == "abort webSockets");
  CHECK_THROWS_AS(conn.read_message(), ReadError);
  CHECK_THROWS_AS(conn.write_message(call("8", "Echo", {"1"})), WriteError);
}

TEST_CASE("P#39 P#49 messages before and with init are delivered after Connected, in order") {
  World world;
  world.server.expect_connect().accept();
  world.server.expect_start().run([&](std::shared_ptr<server::Exchange> exchange) {
    world.server.peer().send(R"({"C":"d-3","M":[{"H":"Chat","M":"three","A":[]}]})");
    exchange->answer_json(R"({ "Response": "started" })");
  });
  PendingDial pending;
  std::optional<Conn> conn;
  pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [&](Result<Conn> result) {
    world.story.push_back("dialed");
    conn = std::move(result).value();
  });
  world.settle();
  world.server.peer().keep_alive();
  world.server.peer().send(R"({"C":"d-1","M":[{"H":"Chat","M":"one","A":[]}]})");
  world.server.peer().send(R"({"C":"d-2","S":1,"M":[{"H":"Chat","M":"two","A":[]}]})");
  world.settle();
  REQUIRE(conn);
  CHECK(conn->read_message().messages().at(0).method == "one");
  CHECK(conn->read_message().messages().at(0).method == "two");
  CHECK(conn->read_message().messages().at(0).method == "three");
  CHECK(conn->state().message_id == "d-3");
  CHECK(world.story == Story{"Disconnected -> Connecting", "Connecting -> Connected", "dialed"});
}

TEST_CASE("P#40 keep-alives before init are fine, and don't put off its timeout") {
  World world;
  world.options.transports = {TransportKind::websockets};
  world.options.max_connect_retries = 0;
  world.server.expect_connect().accept().times(2);
  bool connected = false;
  ErrorPtr error;
  const auto note = [&](Result<Conn> result) {
    connected = result.ok();
    error = result.error_ptr();
  };
  PendingDial pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, note);
  world.settle();
  for (const char* keep_alive : {"{}", " { }\n", ""}) world.server.peer().send(keep_alive);
  world.server.clock().advance(4s);
  world.server.peer().send(R"({"C":"d-1","S":1,"M":[]})");
  world.settle();
  CHECK(connected);

  pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, note);
  for (int second = 0; second < 6 && error == nullptr; ++second) {
    world.settle();
    world.server.peer().keep_alive();
    world.server.clock().advance(1s);
  }
  REQUIRE(error != nullptr);
  CHECK(find_cause<DeadlineError>(*error) != nullptr);
}

TEST_CASE("P#47 P#129 an S that is not 1 is no init; without init the dial ends at its timeout") {
  World world;
  world.options.transports = {TransportKind::websockets};
  world.options.max_connect_retries = 0;
  world.server.expect_connect().accept();
  PendingDial pending;
  ErrorPtr error;
  pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options,
                       [&](Result<Conn> result) { error = result.error_ptr(); });
  world.settle();
  for (const char* status : {"0", "2", "\"1\"", "true", "null", "{}"}) {
    world.server.peer().send(std::string(R"({"C":"d-1","S":)") + status + R"(,"M":[]})");
  }
  world.server.clock().advance(4999ms);
  CHECK(error == nullptr);
  world.server.clock().advance(1ms);
  REQUIRE(error != nullptr);
  CHECK(dynamic_cast<const ConnectError*>(error.get()) != nullptr);
  REQUIRE(find_cause<InvalidInitMessageError>(*error) != nullptr);
  CHECK(find_cause<InvalidInitMessageError>(*error)->actual() == "{}");
}

TEST_CASE("P#44 a /start that fails is a StartError, and the server is told that we leave") {
  for (const int status : {401, 403, 404, 500}) {
    CAPTURE(status);
    World world;
    world.server.expect_start().answer(status, "no");
    const ErrorPtr error = world.dial_error();
    REQUIRE(dynamic_cast<const StartError*>(error.get()) != nullptr);
    CHECK(dynamic_cast<const StartError&>(*error).status() == status);
    CHECK(world.server.transcript() ==
          Story{"negotiate", "connect webSockets", "start webSockets", "abort webSockets"});
    CHECK(world.story.back().find("closed: start failed") == 0);
  }
}

TEST_CASE("options that make no sense are a UsageError that names them, before any I/O") {
  const auto refused = [](const char* name, void (*change)(DialOptions&)) {
    CAPTURE(name);
    World world;
    change(world.options);
    const ErrorPtr error = world.dial_error();
    REQUIRE(dynamic_cast<const UsageError*>(error.get()) != nullptr);
    CHECK(std::string(error->what()).find(name) != std::string::npos);
    CHECK(world.server.requests().empty());
    CHECK(world.story.empty());
  };
  refused("DialOptions::retry_interval", [](DialOptions& o) { o.retry_interval = -1ms; });
  refused("DialOptions::retry_interval", [](DialOptions& o) { o.retry_interval = Duration::max(); });
  refused("DialOptions::extra_connect_timeout", [](DialOptions& o) { o.extra_connect_timeout = -1ms; });
  refused("DialOptions::request_timeout", [](DialOptions& o) { o.request_timeout = 0s; });
  refused("DialOptions::close_timeout", [](DialOptions& o) { o.close_timeout = 0s; });
  refused("DialOptions::max_reconnect_duration", [](DialOptions& o) { o.max_reconnect_duration = -1ms; });
  refused("Limits::max_message_bytes", [](DialOptions& o) { o.limits.max_message_bytes = 0; });
  refused("Limits::max_depth", [](DialOptions& o) { o.limits.max_depth = 0; });
  refused("Limits::max_frame_elements", [](DialOptions& o) { o.limits.max_frame_elements = 0; });
  refused("Limits::max_response_bytes", [](DialOptions& o) { o.limits.max_response_bytes = 0; });
  refused("Limits::max_header_bytes", [](DialOptions& o) { o.limits.max_header_bytes = 0; });
  refused("Limits::max_token_bytes", [](DialOptions& o) { o.limits.max_token_bytes = 0; });
  refused("Limits::max_negotiate_redirects", [](DialOptions& o) { o.limits.max_negotiate_redirects = -1; });
  refused("Limits::max_http_redirects", [](DialOptions& o) { o.limits.max_http_redirects = -1; });
  refused("Limits::max_receive_queue_messages", [](DialOptions& o) { o.limits.max_receive_queue_messages = 0; });
  refused("Limits::max_receive_queue_bytes", [](DialOptions& o) { o.limits.max_receive_queue_bytes = 0; });
  refused("Limits::max_send_queue_messages", [](DialOptions& o) { o.limits.max_send_queue_messages = 0; });
  refused("Limits::max_send_queue_bytes", [](DialOptions& o) { o.limits.max_send_queue_bytes = 0; });
}

TEST_CASE("options whose zero means something are accepted") {
  World world;
  world.options.extra_connect_timeout = 0s;
  world.options.retry_interval = 0s;
  world.options.max_reconnect_duration = 0s;
  world.options.limits.max_negotiate_redirects = 0;
  world.options.limits.max_http_redirects = 0;
  world.options.limits.max_early_calls = 0;
  CHECK(world.dial().connection_state() == ConnectionState::connected);
}
