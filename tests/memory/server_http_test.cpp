// SignalR sessions over server-sent events and long polling, as recorded from the real server.
#include "support.hpp"

using namespace memory_test;

namespace {

struct World {
  World() {
    server.settings().keep_alive = std::nullopt;
    server.hub("TestHub")
        .on("Echo", [](server::Call& call) { call.result(call.args().at(0)); })
        .on("Void", [](server::Call&) {})
        .on("Later", [this](server::Call& call) { kept.push_back(call); })
        .on("Broadcast", [this](server::Call& call) { server.broadcast("TestHub", "notify", call.args_json()); });
    server.app().raw("echo", {});
    client.negotiate(R"([{"name":"testHub"}])");
  }
  // A poll that has arrived at the server, from the cursor of the answer before it.
  Request poll(const std::string& last, const char* command = "poll") {
    return client.request(command, "longPolling", "&messageId=" + encoded(member(last, "C")));
  }
  std::string invoke(std::string_view transport, const std::string& method, const std::string& args) {
    return client.send_text(transport, R"({"I":"0","H":"testHub","M":")" + method + R"(","A":)" + args + "}")->body;
  }

  memory::FakeServer server;
  Client client{server};
  std::vector<server::Call> kept;
};

}  // namespace

TEST_CASE("an event stream: initialized, init, messages; results are answers of /send") {
  World world;
  const Request stream = world.client.request("connect", "serverSentEvents");
  CHECK(*stream->headers.find("Content-Type") == "text/event-stream");
  CHECK(events(stream->body) == Lines{"initialized", R"({"C":"d-5EED0001-A,0|B,0|C,1","S":1,"M":[]})"});
  world.client.request("start", "serverSentEvents");
  CHECK(world.invoke("serverSentEvents", "Echo", R"(["h\u00e9 & +;%"])") == R"({"R":"h\u00e9 & +;%","I":"0"})");
  CHECK(world.invoke("serverSentEvents", "Void", "[]") == R"({"I":"0"})");
  CHECK(world.invoke("serverSentEvents", "Broadcast", R"(["x"])") == R"({"I":"0"})");
  CHECK(events(stream->body).back() ==
        R"({"C":"d-5EED0001-A,1|B,0|C,1","M":[{"H":"TestHub","M":"notify","A":["x"]}]})");
  CHECK(events(stream->body).size() == 3);
  CHECK_FALSE(stream->done);
  world.client.request("abort", "serverSentEvents");
  CHECK(stream->log.back() == "done");
  CHECK(events(stream->body).size() == 3);
  CHECK(life(world.server) == Lines{"connected serverSentEvents", "disconnected stop"});
  CHECK(world.server.clock().pending_timers() == 0);
}

TEST_CASE("an event stream's keep-alive is data: {}, and a Windows server's lines end with CR LF") {
  World world;
  world.server.settings().keep_alive = 2s;
  world.server.settings().line_end = "\r\n";
  const Request stream = world.client.request("connect", "serverSentEvents");
  world.server.clock().advance(5s);
  CHECK(stream->body ==
        "data: initialized\n\ndata: {\"C\":\"d-5EED0001-A,0|B,0|C,1\",\"S\":1,\"M\":[]}\r\n\r\n"
        "data: {}\n\ndata: {}\n\n");
}

TEST_CASE("a client that drops its event stream is given up after its time") {
  World world;
  Request stream = world.client.request("connect", "serverSentEvents");
  world.client.request("start", "serverSentEvents");
  stream.op.reset();
  world.server.clock().advance(34999ms);
  CHECK(life(world.server).size() == 1);
  world.server.clock().advance(1ms);
  CHECK(life(world.server).back() == "disconnected timeout");
}

TEST_CASE("long polling: the connect answer is the init, polls wait for messages") {
  World world;
  const Request connect = world.client.request("connect", "longPolling");
  CHECK(*connect->headers.find("Content-Type") == "application/json; charset=UTF-8");
  CHECK(connect->body == R"({"C":"d-5EED0001-A,0|B,0|C,1","S":1,"M":[]})");
  CHECK(connect->done);
  const Request poll = world.poll(connect->body);
  CHECK(poll->log == Lines{"headers 200"});  // at once
  CHECK(world.client.request("start", "longPolling")->body == R"({ "Response": "started" })");
  CHECK(world.invoke("longPolling", "Broadcast", R"(["x"])") == R"({"I":"0"})");
  CHECK(poll->body == R"({"C":"d-5EED0001-A,1|B,0|C,1","M":[{"H":"TestHub","M":"notify","A":["x"]}]})");
  CHECK(poll->done);

  // What is said between two polls waits for the second.
  for (int i = 0; i < 200; ++i) world.server.broadcast("testHub", "n", "[]");
  world.server.clock().run_ready();
  const Request many = world.poll(poll->body);
  CHECK(many->done);
  CHECK(member(many->body, "C") == "d-5EED0001-A,C9|B,0|C,1");

  const Request last = world.poll(many->body);
  world.client.request("abort", "longPolling");
  CHECK(last->body == R"({"C":"d-5EED0001-A,C9|B,0|C,2","M":[]})");
  CHECK(life(world.server) == Lines{"connected longPolling", "disconnected stop"});
  CHECK(world.server.clock().pending_timers() == 0);
}

TEST_CASE("a poll is kept alive with spaces, and ends after the connection timeout") {
  World world;
  world.server.settings().keep_alive = 2s;
  world.server.settings().connection_timeout = 5s;
  const Request connect = world.client.request("connect", "longPolling");
  const Request poll = world.poll(connect->body);
  world.server.clock().advance(4999ms);
  CHECK(poll->log == Lines{"headers 200", "data  ", "data  "});
  world.server.clock().advance(1ms);
  CHECK(poll->body == R"(  {"C":"d-5EED0001-A,0|B,0|C,1","M":[]})");
  CHECK(poll->done);
}

TEST_CASE("a second poll ends the first with an empty answer") {
  World world;
  const Request connect = world.client.request("connect", "longPolling");
  const Request first = world.poll(connect->body);
  const Request second = world.poll(connect->body);
  CHECK(first->body == R"({"C":"d-5EED0001-A,0|B,0|C,1","M":[]})");
  CHECK_FALSE(second->done);
}

TEST_CASE("a poll's cursor and groups token may come in its body") {
  World world;
  const Request connect = world.client.request("connect", "longPolling");
  world.server.broadcast("testHub", "missed", "[]");
  const Request poll = world.client.send("POST", world.client.url("poll", "longPolling"),
                                         "messageId=" + encoded(member(connect->body, "C")));
  world.server.clock().run_ready();
  CHECK(poll->body.find("missed") != std::string::npos);
}

TEST_CASE("a long-poll delay is told with each answer") {
  World world;
  world.server.settings().long_poll_delay = 2500ms;
  CHECK(world.client.request("connect", "longPolling")->body ==
        R"({"C":"d-5EED0001-A,0|B,0|C,1","S":1,"L":2500,"M":[]})");
}

TEST_CASE("polls that stay away end the connection") {
  World world;
  const Request connect = world.client.request("connect", "longPolling");
  world.client.request("start", "longPolling");
  world.server.clock().advance(30s);
  CHECK(life(world.server) == Lines{"connected longPolling", "disconnected timeout"});
}

TEST_CASE("a /send may wait for its answer") {
  World world;
  const Request send = world.client.send_text("longPolling", R"({"I":"0","H":"testHub","M":"Later","A":[]})");
  world.server.clock().advance(1min);
  CHECK(send->log.empty());
  world.kept.at(0).result("1");
  world.server.clock().run_ready();
  CHECK(send->body == R"({"R":1,"I":"0"})");
}

TEST_CASE("a /send that can't be understood is a 500 without body; long polling also takes data in the query") {
  World world;
  for (const char* text : {"", "{not json", R"({"H":"nope","M":"X","A":[],"I":0})"}) {
    const Request send = world.client.send_text("serverSentEvents", text);
    CHECK(send->status == 500);
    CHECK(send->body.empty());
  }
  const std::string query = "&data=" + encoded(R"({"H":"testHub","M":"Echo","A":[3],"I":"0"})");
  const Request in_query = world.client.request("send", "longPolling", query);
  CHECK(in_query->body == R"({"R":3,"I":"0"})");
  CHECK(world.client.request("send", "serverSentEvents", query)->status == 500);
}

TEST_CASE("a raw connection's /send has an empty answer, the echo comes by the transport") {
  World world;
  world.client.base = "http://server.test/echo";
  world.client.negotiate("");
  const Request connect = world.client.request("connect", "longPolling");
  CHECK(connect->body == R"({"C":"d-5EED0001-A,0|B,1","S":1,"M":[]})");
  const Request poll = world.poll(connect->body);
  const Request send = world.client.send_text("longPolling", "raw text");
  CHECK(send->status == 200);
  CHECK(send->body.empty());
  CHECK(poll->body == R"({"C":"d-5EED0001-A,0|B,2","M":["raw text"]})");
}
