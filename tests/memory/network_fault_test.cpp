// Faults of the in-memory network: weather, latency, and what may strike each step.
#include <map>

#include "support.hpp"

using namespace memory_test;
using memory::Fault;
using memory::Step;
using memory::StepKind;

namespace {

// A hub that echoes, and a client that has opened a WebSocket to it.
struct World {
  World() {
    server.settings().keep_alive = std::nullopt;  // the steps are those of the test alone
    server.hub("Chat").on("Echo", [](server::Call& call) { call.result(call.args().at(0)); });
  }
  // Whether the server thinks that any connection has a transport.
  bool has_channel() {
    for (const std::string& id : server.app().connections()) {
      if (server.app().channel(id)) return true;
    }
    return false;
  }

  memory::FakeServer server;
  Client client{server};
};

}  // namespace

TEST_CASE("connections fail as the test says, before anything was sent, until it heals") {
  World world;
  for (const auto failure : {TransportFailure::connect, TransportFailure::resolve, TransportFailure::tls}) {
    world.server.network().fail_connections(failure, "why");
    const Request http = world.client.send("GET", "http://server.test/signalr/ping");
    const Dialed socket = world.client.dial("ws://server.test/signalr/connect");
    world.server.clock().run_ready();
    REQUIRE(http->error.has_value());
    CHECK(http->error->failure() == failure);
    CHECK(http->error->sent() == Sent::no);
    CHECK(http->error->what() == std::string("connecting to server.test failed: why"));
    REQUIRE(socket.over());
    CHECK(socket.kept->result->error->failure() == failure);
  }
  CHECK(world.server.requests().empty());
  world.server.network().heal();
  const Request http = world.client.send("GET", "http://server.test/signalr/ping");
  world.server.clock().run_ready();
  CHECK(http->body == R"({ "Response": "pong" })");
}

TEST_CASE("as many requests as the test says find their idle connection dead, with nothing sent") {
  World world;
  world.server.network().kill_idle_connections(2);
  for (int i = 0; i < 2; ++i) {
    const Request http = world.client.send("POST", "http://server.test/signalr/send");
    world.server.clock().run_ready();
    REQUIRE(http->error.has_value());
    CHECK(http->error->failure() == TransportFailure::closed);
    CHECK(http->error->sent() == Sent::no);
  }
  CHECK(world.server.requests().empty());
  CHECK(world.server.network().steps() == 0);
  const Request http = world.client.send("GET", "http://server.test/signalr/ping");
  world.server.clock().run_ready();
  CHECK(http->body == R"({ "Response": "pong" })");
}

TEST_CASE("stalled connections wait for ever, also after healing, and can be canceled") {
  World world;
  world.server.network().stall_connections();
  Request http = world.client.send("GET", "http://server.test/signalr/ping");
  Dialed socket = world.client.dial("ws://server.test/signalr/connect");
  world.server.clock().run_ready();
  world.server.network().heal();
  world.server.clock().advance(24h);
  CHECK(http->log.empty());
  CHECK_FALSE(socket.over());
  CHECK(world.server.network().open_connections() == 2);
  http.op.reset();
  socket.op.reset();
  world.server.clock().run_ready();
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("cut_all breaks what is open and tells both ends") {
  World world;
  world.client.negotiate();
  Dialed socket = world.client.open("connect");
  const Request stream = world.client.request("connect", "serverSentEvents");
  Dialed late = world.client.open("connect");
  world.server.network().cut_all();
  world.server.clock().run_ready();
  CHECK(late.ear().log.back() == "end io 1006");
  CHECK(world.server.network().open_connections() == 0);
  CHECK_FALSE(world.has_channel());
}

TEST_CASE("stall_all silences what is open and tells nobody") {
  World world;
  world.client.negotiate();
  Dialed socket = world.client.open("connect");
  world.server.network().stall_all();
  world.server.broadcast("chat", "hello", "[]");
  socket.conn().write(MessageType::text, "hello?");
  world.server.clock().advance(24h);
  CHECK(socket.ear().texts.size() == 1);  // the init
  CHECK(world.server.received().empty());
}

TEST_CASE("everything takes the latency, in either direction, in order") {
  World world;
  world.server.network().set_latency(100ms);
  const Request http = world.client.send("GET", "http://server.test/signalr/ping");
  world.server.clock().advance(99ms);
  CHECK(world.server.requests().empty());
  world.server.clock().advance(1ms);
  CHECK(world.server.requests().size() == 1);
  world.server.clock().advance(99ms);
  CHECK(http->log.empty());
  world.server.clock().advance(1ms);
  CHECK(http->log == Lines{"headers 200", R"(data { "Response": "pong" })", "done"});
}

TEST_CASE("a shorter latency does not let later messages overtake") {
  World world;
  world.server.expect_connect().accept();
  Dialed socket = world.client.dial("ws://server.test/signalr/connect?transport=webSockets");
  world.server.clock().run_ready();
  socket.start_reading();
  world.server.network().set_latency(100ms);
  world.server.peer().send("first");
  world.server.network().set_latency(0ms);
  world.server.peer().send("second");
  world.server.clock().run_ready();
  CHECK(socket.ear().texts.empty());
  world.server.clock().advance(100ms);
  CHECK(socket.ear().texts == Lines{"first", "second"});
}

TEST_CASE("each arrival is a step, and the same scenario has the same steps") {
  const auto run = [] {
    World world;
    Lines steps;
    world.server.network().on_step([&](const Step& step) {
      REQUIRE(step.number == steps.size() + 1);
      steps.push_back(std::string(to_string(step.kind)) + ' ' + std::string(step.path));
      return Fault::none;
    });
    world.client.negotiate();
    Dialed socket = world.client.open("connect");
    socket.conn().write(MessageType::text, R"({"H":"chat","M":"Echo","A":[1],"I":"0"})");
    world.server.clock().run_ready();
    socket.conn().close(1000, "");
    world.server.clock().run_ready();
    CHECK(world.server.network().steps() == steps.size());
    return steps;
  };
  const Lines steps = run();
  CHECK(steps == Lines{"request /signalr/negotiate", "headers /signalr/negotiate", "data /signalr/negotiate",
                       "done /signalr/negotiate", "upgrade /signalr/connect", "upgraded /signalr/connect",
                       "to client /signalr/connect", "to server /signalr/connect", "to client /signalr/connect",
                       "close to server /signalr/connect", "close to client /signalr/connect"});
  CHECK(run() == steps);
}

TEST_CASE("a step has what arrives: a message, a piece of a body, the reason of a close frame") {
  World world;
  std::map<StepKind, std::string> last;
  world.server.network().on_step([&](const Step& step) {
    last[step.kind] = std::string(step.data);
    return Fault::none;
  });
  world.client.negotiate();
  CHECK(last[StepKind::data].find("\"ConnectionToken\"") != std::string::npos);
  Dialed socket = world.client.open("connect");
  const std::string call = R"({"H":"chat","M":"Echo","A":[1],"I":"0"})";
  socket.conn().write(MessageType::text, call);
  world.server.clock().run_ready();
  CHECK(last[StepKind::to_server] == call);
  CHECK(last[StepKind::to_client] == R"({"R":1,"I":"0"})");
  socket.conn().close(1000, "enough");
  world.server.clock().run_ready();
  CHECK(last[StepKind::close_to_server] == "enough");
}

TEST_CASE("a fault at any step of a request: failing tells the client once, stalling never") {
  for (std::size_t at = 1; at <= 4; ++at) {
    for (const Fault fault : {Fault::fail, Fault::stall}) {
      CAPTURE(at);
      World world;
      world.server.network().on_step([&](const Step& step) { return step.number == at ? fault : Fault::none; });
      const Request sent = world.client.send("GET", "http://server.test/signalr/ping");
      world.server.clock().advance(1h);
      CHECK(sent->done == (fault == Fault::fail));
      if (fault == Fault::fail) CHECK(sent->log.back() == "failed io");
      CHECK(sent->log.size() <= at);
    }
  }
}

TEST_CASE("a fault at any step of a WebSocket tells both ends, or nobody") {
  for (std::size_t at = 1; at <= 6; ++at) {
    for (const Fault fault : {Fault::fail, Fault::stall}) {
      CAPTURE(at);
      World world;
      world.client.negotiate();
      const std::size_t before = world.server.network().steps();
      world.server.network().on_step(
          [&](const Step& step) { return step.number == before + at ? fault : Fault::none; });
      Dialed socket = world.client.dial("ws" + world.client.url("connect", "webSockets").substr(4));
      world.server.clock().run_ready();
      CHECK(socket.over() == (fault == Fault::fail || at > 2));
      if (socket.over() && socket.kept->result->conn) {
        socket.start_reading();
        world.server.clock().run_ready();  // the third step: init
        socket.conn().write(MessageType::text, R"({"H":"chat","M":"Echo","A":[1],"I":"0"})");
        world.server.clock().run_ready();  // the fourth and fifth: the call and its result
        socket.conn().close(1000, "");
        world.server.clock().run_ready();  // the sixth: the close frame
        CHECK(socket.ear().end.has_value() == (fault == Fault::fail));
        if (fault == Fault::fail) CHECK(socket.ear().log.back() == "end io 1006");
      }
      world.server.clock().run_ready();
      if (fault == Fault::fail) CHECK_FALSE(world.has_channel());
    }
  }
}

TEST_CASE("the hook may destroy the client at any step") {
  for (std::size_t at = 1; at <= 4; ++at) {
    CAPTURE(at);
    World world;
    Request sent = world.client.send("GET", "http://server.test/signalr/ping");
    world.server.network().on_step([&](const Step& step) {
      if (step.number == at) sent.op.reset();
      return Fault::none;
    });
    world.server.clock().run_ready();
    CHECK_FALSE(sent->done);
    CHECK(world.server.network().open_connections() == 0);
  }
  for (std::size_t at = 1; at <= 3; ++at) {
    CAPTURE(at);
    World world;
    world.client.negotiate();
    Dialed socket = world.client.dial("ws" + world.client.url("connect", "webSockets").substr(4));
    const std::size_t before = world.server.network().steps();
    world.server.network().on_step([&](const Step& step) {
      if (step.number != before + at) return Fault::none;
      socket.op.reset();
      socket.kept->result.reset();
      return Fault::none;
    });
    world.server.clock().run_ready();
    if (socket.over()) socket.start_reading();
    world.server.clock().run_ready();
    CHECK(world.server.network().open_connections() == 0);
  }
}

TEST_CASE("the executor may be stopped after any step") {
  for (std::size_t at = 1; at <= 7; ++at) {
    CAPTURE(at);
    World world;
    const auto run = [&] {
      while (world.server.network().steps() < at && world.server.clock().poll_one()) {
      }
      if (world.server.network().steps() == at) world.server.clock().stop();
    };
    Request sent = world.client.send("GET", "http://server.test/signalr/negotiate");
    run();
    CHECK(sent->done == (at > 3));
    if (!sent->done) continue;
    world.client.token = member(sent->body, "ConnectionToken");
    Dialed socket = world.client.dial("ws" + world.client.url("connect", "webSockets").substr(4));
    run();
    CHECK(socket.over() == (at > 5));
    if (!socket.over()) continue;
    socket.start_reading();
    run();
    CHECK(socket.ear().texts.empty());
  }
}

TEST_CASE("a message or a piece of a body may arrive twice; all else arrives once") {
  const auto doubled = [](std::size_t at) {
    World world;
    world.client.negotiate();
    const std::size_t before = world.server.network().steps();
    world.server.network().on_step(
        [=](const Step& step) { return step.number == before + at ? Fault::duplicate : Fault::none; });
    Dialed socket = world.client.open("connect");
    socket.conn().write(MessageType::text, R"({"H":"chat","M":"Echo","A":[7],"I":1})");
    world.server.clock().run_ready();
    std::string text;
    for (const std::string& line : socket.ear().texts) text += line.find("\"S\":1") != line.npos ? "init " : "result ";
    return std::to_string(world.server.received().size()) + " received; " + text;
  };
  CHECK(doubled(0) == "1 received; init result ");
  CHECK(doubled(1) == "1 received; init result ");  // the upgrade
  CHECK(doubled(2) == "1 received; init result ");  // its answer
  CHECK(doubled(3) == "1 received; init init result ");
  CHECK(doubled(4) == "2 received; init result result ");

  World world;
  world.server.network().on_step([](const Step&) { return Fault::duplicate; });
  const Request http = world.client.send("GET", "http://server.test/signalr/ping");
  world.server.clock().run_ready();
  CHECK(http->body == R"({ "Response": "pong" }{ "Response": "pong" })");
  CHECK(http->log.back() == "done");
  CHECK(world.server.requests().size() == 1);
}

TEST_CASE("the hook may replace itself") {
  World world;
  world.server.network().on_step([&](const Step&) {
    world.server.network().on_step(nullptr);
    return Fault::fail;
  });
  const Request first = world.client.send("GET", "http://server.test/signalr/ping");
  const Request second = world.client.send("GET", "http://server.test/signalr/ping");
  world.server.clock().run_ready();
  CHECK(first->log == Lines{"failed io"});
  CHECK(second->log.back() == "done");
}
