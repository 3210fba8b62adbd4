// What becomes of each kind of frame, good and bad.
#include <functional>

#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

namespace {

/// A connection whose server says only what the test says.
struct Wire : World {
  explicit Wire(const std::function<void(DialOptions&)>& change = [](DialOptions&) {}) {
    change(options);
    server.expect_connect().accept();
    pending = async_dial(server.origin(), Hubs{{"chat"}}, options,
                         [this](Result<Conn> result) { conn = std::move(result).value(); });
    settle();
    say(R"({"C":"d-0","S":1,"M":[]})");
    story.clear();
  }
  Wire& say(std::string_view frame) {
    server.peer().send(frame);
    settle();
    return *this;
  }
  /// Whether the connection still carries messages, in order.
  bool alive() {
    say(R"({"C":"d-alive","M":[{"H":"Chat","M":"alive","A":[1]}]})");
    const Message message = conn.read_message();
    return message.messages().size() == 1 && message.messages()[0].method == "alive";
  }
  PendingDial pending;
  Conn conn;
};

}  // namespace

TEST_CASE("P#53 keep-alives are not delivered") {
  Wire wire;
  wire.say("{}").say("{ }").say("{}\n").say("").say(" \t");
  CHECK(wire.alive());
  CHECK(wire.story.empty());
}

TEST_CASE("P#54 P#55 C and G are kept when they are strings, before the messages are handed on") {
  Wire wire;
  wire.say(R"({"C":"d-1","G":"groups+1","M":[]})");
  CHECK(wire.conn.state().message_id == "d-1");
  CHECK(wire.conn.state().groups_token == "groups+1");
  wire.say(R"({"M":[]})")
      .say(R"({"C":"","M":[]})")
      .say(R"({"C":5,"G":null,"M":[]})")
      .say(R"({"C":null,"G":[],"M":[]})");
  CHECK(wire.conn.state().message_id == "d-1");
  CHECK(wire.conn.state().groups_token == "groups+1");
  wire.say(R"({"C":"d-\u0032","G":"\"","M":[]})");
  CHECK(wire.conn.state().message_id == "d-2");
  CHECK(wire.conn.state().groups_token == "\"");
}

TEST_CASE("P#57 a non-array M is an error event; the cursor stays") {
  Wire wire;
  for (const char* messages : {"{}", "\"x\"", "null", "5"})
    wire.say(std::string(R"({"C":"d-5","M":)") + messages + "}");
  CHECK(wire.errors.size() == 4);
  CHECK(wire.conn.state().message_id == "d-0");
  CHECK(wire.alive());
}

TEST_CASE("P#58 a frame with I is a result and never touches C or G") {
  Wire wire;
  wire.say(R"({"I":"1","C":"d-7","G":"g","M":[{"H":"Chat","M":"x","A":[]}],"R":1})");
  CHECK(wire.conn.state().message_id == "d-0");
  CHECK(wire.conn.state().groups_token.empty());
  const Message result = wire.conn.read_message();
  CHECK(result.is_result());
  CHECK(result.messages().empty());
}

TEST_CASE("P#59 P#111 a frame with E ends the connection: error, Disconnected, no abort, no reconnect") {
  Wire wire;
  wire.say(R"({"E":"the service is full"})");
  REQUIRE(wire.errors.size() == 1);
  CHECK(dynamic_cast<const DisconnectedByServer*>(wire.errors[0].get()) != nullptr);
  CHECK(wire.errors[0]->server_text() == "the service is full");
  REQUIRE(wire.story.size() == 3);
  CHECK(wire.story[1] == "Connected -> Disconnected");
  CHECK(wire.server.requests("abort").empty());
  CHECK(wire.server.requests("reconnect").empty());
  CHECK_THROWS_AS(wire.conn.read_message(), ReadError);
}

TEST_CASE("P#59 the text of a global error: decoded, capped, and JSON when it is no string") {
  const auto text_of = [](const std::string& error) {
    Wire wire;
    wire.say(R"({"E":)" + error + "}");
    REQUIRE(wire.errors.size() == 1);
    return wire.errors[0]->server_text();
  };
  CHECK(text_of(R"("\"full\"\n\u00e9")") == "\"full\"\n\xc3\xa9");
  CHECK(text_of(R"({"reason":1})") == R"({"reason":1})");
  CHECK(text_of('"' + std::string(5000, 'x') + '"') == std::string(1024, 'x'));
}

TEST_CASE("P#60 T:1 over WebSockets changes nothing until the close") {
  Wire wire;
  wire.say(R"({"C":"d-1","T":1,"M":[]})");
  CHECK(wire.story.empty());
  CHECK(wire.conn.read_message().should_reconnect());
  CHECK(wire.alive());
}

TEST_CASE("P#61 D:1 is ignored from servers of 2.1 and later") {
  Wire wire;
  wire.say(R"({"C":"d-1","D":1,"M":[]})");
  CHECK(wire.conn.connection_state() == ConnectionState::connected);
}

TEST_CASE("P#61 D:1 from an old server ends the connection without abort") {
  World world;
  world.options.protocol = "1.3";
  Conn conn = world.dial();
  world.server.peer().send(R"({"C":"d-1","D":1,"M":[]})");
  world.settle();
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(world.server.requests("abort").empty());
}

TEST_CASE("P#63 unknown keys, any order, the last of duplicate keys") {
  Wire wire;
  wire.say(R"({"x":{"C":"no"},"M":[],"C":"d-1","Z":[1,2],"C":"d-2"})");
  CHECK(wire.conn.state().message_id == "d-2");
}

TEST_CASE("P#65 a binary message is an error event and is ignored") {
  Wire wire;
  wire.server.peer().send_binary("bytes");
  wire.settle();
  CHECK(wire.errors.size() == 1);
  CHECK(wire.alive());
}

TEST_CASE("P#117 P#118 P#119 P#120 P#123 what is no JSON object is dropped with an error event; the connection stays") {
  for (const char* frame : {R"({"C":"d-1)", "hello", R"({"C":"d-1"} x)", R"({"C":"d-1"}{})", "[]", "\"x\"", "5", "true",
                            "null", R"({"C":"\ud80","M":[]})", R"({"C":"d-1",})", "{'C':1}"}) {
    CAPTURE(frame);
    Wire wire;
    wire.say(frame);
    CHECK(wire.errors.size() == 1);
    CHECK(wire.conn.state().message_id == "d-0");
    CHECK(wire.alive());
  }
}

TEST_CASE("P#123 a frame with a surrogate escape that stands alone is a frame like any other") {
  Wire wire;
  wire.say(R"({"C":"d-\ud83d","M":[]})");
  CHECK(wire.errors.empty());
  CHECK(wire.conn.state().message_id == "d-\uFFFD");
  CHECK(wire.conn.read_message().text() == R"({"C":"d-\ud83d","M":[]})");
  CHECK(wire.alive());
}

TEST_CASE("P#123 an embedded NUL is not JSON") {
  Wire wire;
  wire.say(std::string_view("{\"C\":\"a\0b\",\"M\":[]}", 19));
  CHECK(wire.errors.size() == 1);
  CHECK(wire.alive());
}

TEST_CASE("P#124 nesting over the cap is dropped with an error that names the option; 100 000 levels are no problem") {
  Wire wire;
  const std::string open(100'000, '[');
  const std::string close(100'000, ']');
  wire.say(R"({"C":"d-1","M":)" + open + close + "}");
  REQUIRE(wire.errors.size() == 1);
  const auto* limit = dynamic_cast<const LimitError*>(wire.errors[0].get());
  REQUIRE(limit != nullptr);
  CHECK(limit->option() == "max_depth");
  CHECK(wire.alive());
}

TEST_CASE("P#127 wrong types for every known key are never fatal") {
  for (const char* frame : {R"({"C":1,"M":[]})", R"({"G":[],"M":[]})", R"({"S":{},"M":[]})", R"({"T":"1","M":[]})",
                            R"({"L":"x","M":[]})", R"({"M":5})", R"({"I":[]})", R"({"I":"1","R":{}})",
                            R"({"I":"1","P":1})", R"({"I":"1","H":"x","E":"e"})", R"({"I":"1","D":[]})",
                            R"({"M":[{"H":1,"M":2,"A":{}}]})", R"({"M":[5,null,"x",[],{}]})", R"({"D":"1","M":[]})"}) {
    CAPTURE(frame);
    Wire wire;
    wire.say(frame);
    CHECK(wire.conn.connection_state() == ConnectionState::connected);
    wire.say(R"({"C":"d-alive","M":[{"H":"Chat","M":"alive","A":[1]}]})");
    Message message;
    do {
      wire.conn.read_message(message);
    } while (message.messages().empty() || message.messages()[0].method != "alive");
  }
}

namespace {

std::string million_messages() {
  std::string frame = R"({"C":"d-1","M":[)";
  for (int i = 0; i < 1'000'000; ++i) frame += i == 0 ? "0" : ",1";
  return frame + "]}";
}

}  // namespace

TEST_CASE("P#126 a million messages in one frame: dropped with an error that names the option; the connection stays") {
  Wire wire;
  wire.say(million_messages());
  REQUIRE(wire.errors.size() == 1);
  CHECK(find_cause<LimitError>(*wire.errors[0])->option() == "max_frame_elements");
  CHECK(wire.alive());
}

TEST_CASE("P#126 a million messages in one frame arrive, in order, where the limit allows them") {
  Wire wire([](DialOptions& options) { options.limits.max_frame_elements = 1'000'000; });
  wire.say(million_messages());
  const Message message = wire.conn.read_message();
  REQUIRE(message.messages().size() == 1'000'000);
  CHECK(message.messages()[0].json.text() == "0");
  CHECK(message.messages()[999'999].json.text() == "1");
}

TEST_CASE("P#116 the receive queue is bounded: reading from the network stops until a message is taken") {
  World world;
  world.options.limits.max_receive_queue_messages = 3;
  Conn conn = world.dial();
  for (int i = 0; i < 10; ++i) world.server.broadcast("Chat", "n", "[" + std::to_string(i) + "]");
  std::vector<std::string> seen;
  world.settle();
  while (seen.size() < 10) {
    const Message message = conn.read_message();
    for (const auto& element : message.messages()) seen.emplace_back(element.arg(0).text());
  }
  CHECK(seen == Story{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
}

TEST_CASE("a frame of more elements than the limit is dropped with an error that names the option") {
  World world;
  world.options.limits.max_frame_elements = 3;
  Conn conn = world.dial();
  world.settle();
  world.server.peer().send(R"({"C":"d-1","M":[1,2,3,4]})");
  world.server.peer().send(R"({"C":"d-2","M":[1,2,3]})");
  CHECK(conn.read_message().messages().size() == 3);
  REQUIRE(world.errors.size() == 1);
  CHECK(find_cause<LimitError>(*world.errors[0])->option() == "max_frame_elements");
}

TEST_CASE("a handler that throws is told to on_error; an on_error that throws is not told to itself") {
  World world;
  Conn conn = world.dial();
  conn.async_read_message([](Result<Message>) { throw std::runtime_error("mine"); });
  world.server.broadcast("Chat", "n", "[]");
  world.settle();
  REQUIRE(world.errors.size() == 1);
  CHECK(dynamic_cast<const HandlerError*>(world.errors[0].get()) != nullptr);

  int calls = 0;
  conn.on_error([&](const Error&) {
    ++calls;
    throw std::runtime_error("again");
  });
  world.settle();
  world.server.peer().send("broken");
  world.settle();
  CHECK(calls == 2);  // the frame, and its own exception, once
  CHECK(conn.connection_state() == ConnectionState::connected);
}
