// negotiate and the checks that every request passes, as recorded from the real server (P§3.1, P§4.1).
#include "support.hpp"

using namespace memory_test;

namespace {

struct World {
  explicit World(server::ServerSettings settings = {}) : server(settings) {
    server.hub("TestHub").on("Add", [](server::Call& call) { call.result("3"); });
    server.app().raw("echo", {});
  }
  Request get(const std::string& target) {
    Request sent = client.send("GET", server.origin() + target);
    server.clock().run_ready();
    REQUIRE(sent->done);
    return sent;
  }
  std::string version(const std::string& asked) {
    return member(get("/signalr/negotiate" + asked)->body, "ProtocolVersion");
  }

  memory::FakeServer server;
  Client client{server};
};

}  // namespace

TEST_CASE("negotiate answers with all fields, in the real server's order") {
  World world;
  const Request answer = world.get("/signalr/negotiate?clientProtocol=1.5");
  CHECK(*answer->headers.find("Content-Type") == "application/json; charset=UTF-8");
  const std::string token = member(answer->body, "ConnectionToken");
  const std::string id = member(answer->body, "ConnectionId");
  CHECK(id.size() == 36);
  CHECK(answer->body == "{\"Url\":\"/signalr\",\"ConnectionToken\":\"" + token + "\",\"ConnectionId\":\"" + id +
                            "\",\"KeepAliveTimeout\":20.0,\"DisconnectTimeout\":30.0,\"ConnectionTimeout\":110.0,"
                            "\"TryWebSockets\":true,\"ProtocolVersion\":\"1.5\",\"TransportConnectTimeout\":5.0,"
                            "\"LongPollDelay\":0.0}");
  // Characters that must be percent-encoded are in every token.
  CHECK(token.find('+') != std::string::npos);
  CHECK(token.find('/') != std::string::npos);
  CHECK(member(world.get("/signalr/negotiate")->body, "ConnectionId") != id);
  CHECK(member(world.get("/echo/negotiate")->body, "Url") == "/echo");
}

TEST_CASE("hubs are at one path, raw connections at their own, and nothing is anywhere else") {
  World world;
  for (const char* path : {"/SignalR/Negotiate", "/signalr/ping", "/Echo/negotiate"}) {
    CAPTURE(path);
    CHECK(world.get(path)->status == 200);
  }
  for (const char* path :
       {"/negotiate", "/signalr/signalr/negotiate", "/wrong/negotiate", "/wrong/ping", "/a/echo/negotiate"}) {
    CAPTURE(path);
    CHECK(world.get(path)->status == 404);
  }
  Dialed astray = world.client.dial("ws://server.test/signalr/signalr/connect?transport=webSockets");
  world.server.clock().run_ready();
  REQUIRE(astray.over());
  CHECK(astray.kept->result->status == 404);

  server::ServerSettings settings;
  settings.path = "/app/live";
  World moved(settings);
  CHECK(moved.server.url() == "http://server.test/app/live");
  CHECK(moved.get("/app/live/negotiate")->status == 200);
  CHECK(moved.get("/signalr/negotiate")->status == 404);
}

TEST_CASE("servers with different seeds have other connection ids, and are told apart by their cursors") {
  server::ServerSettings settings;
  settings.seed = 0xABCD0000;
  World world(settings);
  CHECK(member(world.get("/signalr/negotiate")->body, "ConnectionId").substr(0, 9) == "abcd0000-");
  world.client.negotiate("[{\"name\":\"TestHub\"}]");
  CHECK(member(world.client.open("connect").ear().texts.at(0), "C").substr(0, 11) == "d-ABCD0001-");
}

TEST_CASE("negotiate tells the settings") {
  server::ServerSettings settings;
  settings.keep_alive = std::nullopt;
  settings.disconnect_timeout = 12s;
  settings.connection_timeout = 60s;
  settings.transport_connect_timeout = 7500ms;
  settings.long_poll_delay = 250ms;
  settings.try_websockets = false;
  World world(settings);
  const std::string body = world.get("/signalr/negotiate?clientProtocol=1.5")->body;
  CHECK(body.substr(body.find("\"KeepAliveTimeout\"")) ==
        R"("KeepAliveTimeout":null,"DisconnectTimeout":12.0,"ConnectionTimeout":60.0,"TryWebSockets":false,)"
        R"("ProtocolVersion":"1.5","TransportConnectTimeout":7.5,"LongPollDelay":0.25})");
  world.server.settings().keep_alive = Duration(10s) / 3;
  CHECK(member(world.get("/signalr/negotiate")->body, "KeepAliveTimeout").substr(0, 8) == "6.666666");
}

TEST_CASE("the version is kept within what the server speaks") {
  World world;
  CHECK(world.version("") == "1.2");
  for (const char* low : {"abc", "1", "1.0", "1.1", "1.5.x", "", "-1.5", "1..5"}) {
    CAPTURE(low);
    CHECK(world.version("?clientProtocol=" + std::string(low)) == "1.2");
  }
  for (const char* same : {"1.2", "1.3", "1.4", "1.5", "1.5.0", "2.0"}) {
    CHECK(world.version("?clientProtocol=" + std::string(same)) == same);
  }
  for (const char* high : {"2.1", "3.0", "9.9", "1.99999999999999999999"}) {
    CAPTURE(high);
    CHECK(world.version("?clientProtocol=" + std::string(high)) == (high[0] == '1' ? "1.2" : "2.0"));
  }
}

TEST_CASE("unknown or double hubs and bad connectionData are a 500 without body") {
  World world;
  for (const char* data : {R"([{"name":"noSuchHub"}])", R"([{"name":"testHub"},{"name":"TESTHUB"}])", "[not-json",
                           R"({"name":"testHub"})", R"(["testHub"])"}) {
    CAPTURE(data);
    const Request answer = world.get("/signalr/negotiate?clientProtocol=1.5&connectionData=" + encoded(data));
    CHECK(answer->status == 500);
    CHECK(answer->body.empty());
  }
  CHECK(world.get("/signalr/negotiate?connectionData=[]")->status == 200);
  CHECK(world.get("/signalr/negotiate?connectionData=" + encoded(R"([{"Name":"testhub"}])"))->status == 200);
  const std::string deep = std::string(100'000, '[');
  CHECK(world.get("/signalr/negotiate?connectionData=" + deep)->status == 500);
}

TEST_CASE("a server without any hub takes every name") {
  memory::FakeServer server;
  Client client{server};
  client.negotiate(R"([{"name":"whatever"}])");
  CHECK_FALSE(client.token.empty());
}

TEST_CASE("wrong requests get the real server's texts") {
  World world;
  const std::string hubs = "&connectionData=" + encoded(R"([{"name":"testHub"}])");
  world.client.negotiate(R"([{"name":"testHub"}])", "1.5");
  const std::string token = "&connectionToken=" + encoded(world.client.token);
  const auto refused = [&](const std::string& target, int status, const std::string& text) {
    CAPTURE(target);
    const Request answer = world.get(target);
    CHECK(answer->status == status);
    CHECK(answer->body == text);
  };
  refused("/signalr/connect?clientProtocol=1.5&connectionToken=x" + hubs, 400, "Protocol error: Unknown transport.");
  refused("/signalr/connect?transport=carrierPigeon" + token + hubs, 400, "Protocol error: Unknown transport.");
  refused("/signalr/connect?transport=longPolling&transport=longPolling" + token, 400,
          "Protocol error: Unknown transport.");
  refused("/signalr/connect?transport=serverSentEvents" + hubs, 400, "Protocol error: Missing connection token.");
  refused("/signalr/start?transport=webSockets&connectionToken=" + hubs, 400,
          "Protocol error: Missing connection token.");
  refused("/signalr/connect?transport=serverSentEvents&connectionToken=garbage" + hubs, 400,
          "The ConnectionId is in the incorrect format.");
  refused("/signalr/connect?transport=serverSentEvents&connectionToken=" + world.client.token + hubs, 400,
          "The ConnectionId is in the incorrect format.");  // not percent-encoded: '+' is a space
  refused("/signalr/connect?transport=webSockets" + token + hubs, 400, "Not a valid web socket request.");
  refused("/signalr/send?transport=webSockets" + token + hubs, 400, "Not a valid web socket request.");
  refused("/signalr/connect?transport=longPolling&callback=cb" + token + hubs, 403, "");
  refused("/signalr/", 400, "Protocol error: Unknown transport.");
}

TEST_CASE("a token belongs to its user; another gets a 403") {
  World world;
  std::string user = "Alice";
  world.server.app().authenticate([&](const server::Request&) { return user; });
  world.client.negotiate("");
  user = "alice";
  CHECK(world.client.request("start", "longPolling")->status == 200);
  user = "bob";
  const Request answer = world.client.request("start", "longPolling");
  CHECK(answer->status == 403);
  CHECK(answer->body ==
        "Unrecognized user identity.  The user identity cannot change during an active SignalR connection.");
}

TEST_CASE("authorization is asked for on every request") {
  World world;
  int status = 200;
  world.server.app().authorize([&](const server::Request&) { return status; });
  world.client.negotiate("");
  status = 401;
  for (const char* command : {"negotiate", "connect", "start", "send", "abort"}) {
    CHECK(world.client.request(command, "longPolling")->status == 401);
  }
  const Dialed dialed = world.client.dial("ws" + world.client.url("connect", "webSockets").substr(4));
  world.server.clock().run_ready();
  CHECK(dialed.kept->result->status == 401);
}

TEST_CASE("ping pongs") {
  World world;
  CHECK(world.get("/signalr/ping")->body == R"({ "Response": "pong" })");
}

TEST_CASE("without WebSockets an upgrade is refused") {
  server::ServerSettings settings;
  settings.try_websockets = false;
  World world(settings);
  world.client.negotiate("");
  const Dialed dialed = world.client.dial("ws" + world.client.url("connect", "webSockets").substr(4));
  world.server.clock().run_ready();
  CHECK(dialed.kept->result->status == 400);
  CHECK(dialed.kept->result->body == "Not a valid web socket request.");
}
