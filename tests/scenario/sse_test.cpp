// A connection over server-sent events: its requests, its stream, what is lost and what isn't.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

struct Sse : HttpWorld {
  explicit Sse(server::ServerSettings settings = {}) : HttpWorld(TransportKind::server_sent_events, settings) {}

  /// The next connect is answered by the test alone, chunk by chunk.
  void take_over_connect() {
    server.expect_connect().run([this](std::shared_ptr<server::Exchange> exchange) { stream = std::move(exchange); });
  }
  void open_stream(const std::string& content_type = "text/event-stream") {
    stream->start(200, {{"Content-Type", content_type}});
    stream->write("data: initialized\n\n");
  }
  std::shared_ptr<server::Exchange> stream;
};

}  // namespace

TEST_CASE("P#41 the requests of a connection over server-sent events are those of the .NET client") {
  Sse world;
  Conn conn = world.connect();
  CHECK(conn.transport() == TransportKind::server_sent_events);
  conn.write_message(call("1", "Echo", {"1"}));
  conn.close();
  CHECK(world.server.transcript() == Story{"negotiate", "connect serverSentEvents", "start serverSentEvents",
                                           "send serverSentEvents", "abort serverSentEvents"});
  const auto connect = world.server.requests("connect").at(0);
  CHECK(connect.method == "GET");
  REQUIRE(connect.headers.find("Accept") != nullptr);
  CHECK(*connect.headers.find("Accept") == "text/event-stream");
  for (const auto& request : world.server.requests()) CHECK(request.headers.find("Accept-Encoding") == nullptr);
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("calls of the server and calls to it go over server-sent events") {
  Sse world;
  Conn conn = world.connect();
  world.server.broadcast("Chat", "hello", "[1]");
  CHECK(world.methods(conn, 1) == Story{"hello"});
  conn.write_message(call("7", "Echo", {"\"a+b&c=d % \xC3\xA4\""}));
  const Message answer = conn.read_message();
  CHECK(answer.invocation_id() == "7");
  CHECK(answer.result().text() == "\"a+b&c=d % \xC3\xA4\"");
}

TEST_CASE("P#66 P#67 events may be cut anywhere, have any line ends, and other lines are skipped") {
  Sse world;
  world.take_over_connect();
  world.server.expect_start();
  std::optional<Conn> conn;
  const PendingDial pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options,
                                         [&](Result<Conn> result) { conn.emplace(std::move(result).value()); });
  world.settle();
  world.open_stream();
  const std::string text =
      ": a comment\r\ndata: {\"C\":\"d-1\",\r\ndata: \"S\":1,\"M\":[]}\r\n\r\n"
      "event: x\nid: 4\nretry: 1\n\n"
      "data: {\"C\":\"d-2\",\"M\":[{\"H\":\"Chat\",\"M\":\"caf\xC3\xA9\",\"A\":[]}]}\r\r";
  for (const char byte : text) world.stream->write(std::string(1, byte));
  world.settle();
  REQUIRE(conn);
  CHECK(world.methods(*conn, 1) == Story{"caf\xC3\xA9"});
  CHECK(conn->state().message_id == "d-2");
}

TEST_CASE("P#68 another Content-Type or status is a failure of the transport, and says so") {
  Sse world;
  SUBCASE("type") {
    world.server.expect_connect().answer(200, "<html>", {{"Content-Type", "text/html"}});
    const ErrorPtr error = world.dial_error();
    CHECK(dynamic_cast<const ConnectError*>(error.get()) != nullptr);
    CHECK(std::string(error->what()).find("text/event-stream") != std::string::npos);
    CHECK(error->server_text() == "text/html");
  }
  SUBCASE("status") {
    world.server.expect_connect().answer(404, "no such page");
    const ErrorPtr error = world.dial_error();
    CHECK(dynamic_cast<const ConnectError&>(*error).status() == 404);
    CHECK(error->server_text() == "no such page");
  }
  SUBCASE("a status that may heal is tried again") {
    world.server.expect_connect().answer(503);
    CHECK(world.dial().connection_state() == ConnectionState::connected);
  }
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("P#69 an event that the stream's end cuts off is discarded: its cursor isn't the next request's") {
  Sse world;
  world.take_over_connect();
  std::optional<Conn> conn;
  const PendingDial pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options,
                                         [&](Result<Conn> result) { conn.emplace(std::move(result).value()); });
  world.settle();
  world.open_stream();
  world.stream->write("data: {\"C\":\"d-1\",\"S\":1,\"M\":[]}\n\n");
  world.settle();
  REQUIRE(conn);
  world.stream->write("data: {\"C\":\"d-9\",\"M\":[]}\n");
  world.stream->end();
  world.settle();
  CHECK(conn->connection_state() == ConnectionState::reconnecting);
  CHECK(conn->state().message_id == "d-1");
}

TEST_CASE("P#102 P#103 P#104 a stream that ends is opened again after the interval; what was missed arrives") {
  Sse world;
  Conn conn = world.connect();
  world.server.app().join(world.server.app().connections().at(0), "Chat", "room");
  world.settle();
  const State known = conn.state();
  SUBCASE("in order") { world.server.peer().close(); }
  SUBCASE("by a cut") { world.server.peer().cut(); }
  world.settle();
  CHECK(world.story == Story{"Connected -> Reconnecting", "reconnecting 1"});
  CHECK(find_cause<TransportError>(*world.reasons.at(0))->failure() != TransportFailure::protocol);
  world.server.app().send_to_group("room", "Chat", "missed", "[]");
  world.server.clock().advance(3s);
  world.server.broadcast("Chat", "after", "[]");
  CHECK(world.methods(conn, 2) == Story{"missed", "after"});
  CHECK(world.story ==
        Story{"Connected -> Reconnecting", "reconnecting 1", "Reconnecting -> Connected", "reconnected after 2000 ms"});
  const auto reconnect = world.server.requests("reconnect").at(0);
  CHECK(reconnect.query("connectionToken") == known.connection_token);
  CHECK(reconnect.query("messageId") == known.message_id);
  CHECK(reconnect.query("groupsToken") == known.groups_token);
  CHECK(world.server.requests("start").size() == 1);
}

TEST_CASE("P#98 P#99 silence on the stream is told, then it is a loss; keep-alives end it") {
  server::ServerSettings settings;
  Sse world(settings);
  Conn conn = world.connect();
  world.server.clock().advance(10min);
  CHECK(world.story.empty());
  world.server.network().stall_all();
  world.server.clock().advance(25s);
  CHECK(world.story == Story{"slow", "Connected -> Reconnecting", "reconnecting 1", "Reconnecting -> Connected",
                             "reconnected after 2000 ms"});
}

TEST_CASE("P#105 a stream that can't be opened again in time ends the connection without abort") {
  Sse world;
  Conn conn = world.connect();
  world.server.network().fail_connections(TransportFailure::connect);
  world.server.peer().cut();
  world.server.clock().advance(31s);
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(world.server.requests("abort").empty());
}

TEST_CASE("P#108 a stream that ends at once after each reconnect is opened five times, two seconds apart") {
  Sse world;
  Conn conn = world.connect();
  world.server.expect_reconnect().always().answer(200, "data: initialized\n\n",
                                                  {{"Content-Type", "text/event-stream"}});
  world.server.peer().cut();
  world.server.clock().advance(30s);
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(world.server.requests("reconnect").size() == 5);
}

TEST_CASE("P#125 an event larger than max_message_bytes loses the stream, and again and again ends the connection") {
  Sse world;
  world.options.limits.max_message_bytes = 1000;
  Conn conn = world.connect();
  world.server.broadcast("Chat", "large", "[\"" + std::string(2000, 'x') + "\"]");
  world.server.clock().advance(10s);
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  REQUIRE_FALSE(world.reasons.empty());
  CHECK(find_cause<LimitError>(*world.reasons[0])->option() == "max_message_bytes");
  CHECK(world.server.requests("reconnect").size() == 2);
}

TEST_CASE("P#117 a broken event is dropped and told, as an error and as a certain gap; the stream goes on") {
  Sse world;
  int gaps = 0;
  world.options.events.on_gap = [&](const Gap& gap) {
    gaps += gap.certain && gap.reason == Gap::Reason::frame_dropped ? 1 : 0;
  };
  Conn conn = world.connect();
  world.server.peer().send("{\"C\":\"d-1");
  world.server.broadcast("Chat", "next", "[]");
  CHECK(world.methods(conn, 1) == Story{"next"});
  REQUIRE(world.errors.size() == 1);
  CHECK(dynamic_cast<const ProtocolError*>(world.errors[0].get()) != nullptr);
  CHECK(gaps == 1);
  CHECK(conn.stats().reconnects == 0);
}

TEST_CASE("who doesn't read pauses the stream, and the silence clock stands still meanwhile") {
  Sse world;
  world.options.limits.max_receive_queue_messages = 2;
  Conn conn = world.connect();
  std::string events;
  for (int i = 0; i < 5; ++i) {
    if (i != 0) events += "\n\ndata: ";
    events += "{\"C\":\"d-" + std::to_string(i) + "\",\"M\":[{\"H\":\"Chat\",\"M\":\"m" + std::to_string(i) +
              "\",\"A\":[]}]}";
  }
  world.server.peer().send(events);  // one piece of five events
  world.settle();
  CHECK(conn.state().message_id == "d-1");  // two were taken
  world.server.clock().advance(10min);
  CHECK(world.story.empty());
  CHECK(world.methods(conn, 5) == Story{"m0", "m1", "m2", "m3", "m4"});
  world.server.clock().advance(10min);
  CHECK(world.story.empty());
}

TEST_CASE("P#60 a T:1 on the stream changes nothing until it ends") {
  Sse world;
  Conn conn = world.connect();
  world.server.peer().send(R"({"C":"d-1","T":1,"M":[]})");
  world.server.clock().advance(5s);
  CHECK(world.story.empty());
}

TEST_CASE("P#110 close tells the server once and drops the stream") {
  Sse world;
  Conn conn = world.connect();
  SUBCASE("that the server ends") {}
  SUBCASE("that the server leaves open") { world.server.expect_abort().answer(200); }
  conn.close();
  CHECK(world.server.requests("abort").size() == 1);
  CHECK(world.server.clock().elapsed() == 0s);
  CHECK(world.story.back() == "closed");
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("P#48 servers before 1.4 get no /start over server-sent events either") {
  for (const char* version : {"1.2", "1.3"}) {
    CAPTURE(version);
    Sse world;
    world.options.protocol = version;
    Conn conn = world.connect();
    CHECK(world.server.requests("start").empty());
    world.server.broadcast("Chat", "hello", "[]");
    CHECK(world.methods(conn, 1) == Story{"hello"});
  }
}

TEST_CASE("an HTTP redirect of the stream's request is followed, with Accept and without secrets for another origin") {
  Sse world;
  memory::FakeServer other(world.server.network(), "http://other.test");
  world.options.headers.add("X-Api-Key", "secret");
  world.server.expect_connect().run([](std::shared_ptr<server::Exchange> exchange) {
    const std::string line = exchange->request().line();
    exchange->answer(307, {{"Location", "http://other.test" + line.substr(line.find('/'))}}, "moved");
  });
  world.options.max_connect_retries = 0;
  Conn conn = world.connect();
  const auto connect = other.requests("connect").at(0);
  CHECK(*connect.headers.find("Accept") == "text/event-stream");
  CHECK(connect.headers.find("X-Api-Key") == nullptr);
  CHECK(other.requests("start").size() == 1);
}
