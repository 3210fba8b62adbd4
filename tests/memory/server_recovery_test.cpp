// What a reconnecting client gets: what it missed, its groups, or nothing (P§5.6), and servers that stop or restart.
#include "support.hpp"

using namespace memory_test;

namespace {

struct World {
  World() {
    server.settings().keep_alive = std::nullopt;
    server.hub("TestHub");
    client.negotiate(R"([{"name":"testHub"}])");
  }
  void broadcast(const std::string& text) { server.broadcast("TestHub", "notify", "[\"" + text + "\"]"); }
  std::string id() { return server.app().connections().at(0); }

  memory::FakeServer server;
  Client client{server};
};

std::string after(const std::string& cursor) { return "&messageId=" + encoded(cursor); }

}  // namespace

TEST_CASE("a reconnect brings what was missed, topic by topic, then what is new; no init") {
  World world;
  Dialed first = world.client.open("connect");
  world.client.request("start", "webSockets");
  world.server.app().join(world.id(), "TestHub", "g1");
  world.server.clock().run_ready();
  const std::string frame = first.ear().texts.back();
  world.server.network().cut_all();
  world.server.clock().run_ready();
  world.server.app().send_to_group("g1", "TestHub", "groupMsg", R"(["g1","missed one"])");
  world.broadcast("missed two");
  Dialed second =
      world.client.open("reconnect", after(member(frame, "C")) + "&groupsToken=" + encoded(member(frame, "G")));
  CHECK(second.ear().texts ==
        Lines{R"({"C":"d-5EED0001-A,1|B,0|C,2|D,1","M":[{"H":"TestHub","M":"notify","A":["missed two"]},)"
              R"({"H":"TestHub","M":"groupMsg","A":["g1","missed one"]}]})"});
  world.broadcast("new");
  world.server.clock().run_ready();
  CHECK(second.ear().texts.size() == 2);
  CHECK(life(world.server) == Lines{"connected webSockets", "reconnected webSockets"});
  world.server.clock().advance(1h);
  CHECK(life(world.server).size() == 2);  // not given up
}

TEST_CASE("a reconnect with nothing missed gets no frame at all") {
  World world;
  Dialed first = world.client.open("connect");
  Dialed second = world.client.open("reconnect", after(member(first.ear().texts.at(0), "C")));
  CHECK(second.ear().texts.empty());
}

TEST_CASE("without the groups token the groups are lost; another connection's is ignored") {
  World world;
  Dialed first = world.client.open("connect");
  world.server.app().join(world.id(), "TestHub", "g1");
  world.server.clock().run_ready();
  const std::string frame = first.ear().texts.back();
  Client other{world.server};
  other.negotiate(R"([{"name":"testHub"}])");
  for (const std::string& token :
       {std::string("&groupsToken=nonsense"), std::string(), "&groupsToken=" + encoded(member(frame, "G"))}) {
    Client& client = token.size() > 30 ? other : world.client;
    Dialed again = client.open("reconnect", after(member(frame, "C")) + token);
    world.server.app().send_to_group("g1", "TestHub", "groupMsg", "[]");
    world.server.clock().run_ready();
    CHECK(again.ear().texts.empty());
  }
}

TEST_CASE("no cursor, another server's or nonsense: it starts now, without an error") {
  for (const char* cursor : {"", "d-ABCDEF01-A,0|B,0|C,0", "s-0,1", "nonsense"}) {
    CAPTURE(cursor);
    World world;
    world.broadcast("missed");
    Dialed socket = world.client.open("reconnect", after(cursor));
    CHECK(socket.ear().texts.empty());
    world.broadcast("new");
    world.server.clock().run_ready();
    CHECK(socket.ear().texts.size() == 1);
  }
}

TEST_CASE("a cursor of this server that is broken ends the transport") {
  World world;
  for (const char* cursor : {"d-5EED0001-A,x", "d-5EED0001-A", "d-5EED0001-A,0|B,"}) {
    CAPTURE(cursor);
    const Request poll = world.client.request("poll", "longPolling", after(cursor));
    CHECK(poll->log == Lines{"headers 200", "failed closed"});
    const Request stream = world.client.request("reconnect", "serverSentEvents", after(cursor));
    CHECK(stream->log.back() == "failed closed");
    Dialed socket = world.client.open("reconnect", after(cursor));
    CHECK(socket.ear().log == Lines{"end closed 1006"});
  }
}

TEST_CASE("more than the buffer holds: the oldest are dropped without notice") {
  World world;
  world.server.settings().message_buffer = 3;
  Dialed first = world.client.open("connect");
  first.kept->result.reset();
  world.server.clock().run_ready();
  for (const char* text : {"one", "two", "three", "four", "five"}) world.broadcast(text);
  Dialed second = world.client.open("reconnect", after(member(first.ear().texts.at(0), "C")));
  REQUIRE(second.ear().texts.size() == 1);
  CHECK(second.ear().texts[0].find("two") == std::string::npos);
  CHECK(second.ear().texts[0].find(R"(["three"])") != std::string::npos);
  CHECK(member(second.ear().texts[0], "C") == "d-5EED0001-A,5|B,0|C,1");
}

TEST_CASE("a reconnect over another transport goes on where the first one was") {
  World world;
  Dialed socket = world.client.open("connect");
  world.broadcast("one");
  const std::string cursor = member(socket.ear().texts.at(0), "C");
  const Request stream = world.client.request("reconnect", "serverSentEvents", after(cursor));
  CHECK(events(stream->body).size() == 2);
  CHECK(events(stream->body)[1].find("one") != std::string::npos);
  const Request poll = world.client.request("reconnect", "longPolling", after(cursor));
  CHECK(stream->done);
  CHECK(poll->body == events(stream->body)[1]);
}

TEST_CASE("the abort stays in the buffer: an old cursor is closed again at once") {
  World world;
  Dialed first = world.client.open("connect");
  const std::string cursor = member(first.ear().texts.at(0), "C");
  world.client.request("start", "webSockets");
  world.server.app().abort(world.id());
  world.server.clock().run_ready();
  CHECK(first.ear().log.back() == "end closed 1000");
  for (int i = 0; i < 2; ++i) {
    Dialed again = world.client.open("reconnect", after(cursor));
    CHECK(again.ear().log == Lines{"end closed 1000"});
  }
  CHECK(life(world.server) == Lines{"connected webSockets", "disconnected stop", "reconnected webSockets",
                                    "disconnected stop", "reconnected webSockets", "disconnected stop"});
}

TEST_CASE("the abort of a connection whose transport is closing, and whose client is silent, ends it") {
  World world;
  Dialed first = world.client.open("connect");
  world.client.request("start", "webSockets");
  world.server.network().stall_all();
  world.server.app().channel(world.id())->close();
  world.server.app().abort(world.id());
  world.server.clock().run_ready();
  CHECK(world.server.app().connections().empty());
  CHECK(world.server.clock().pending_timers() == 0);
}

TEST_CASE("a connection that was given up may come back: it is a zombie, but it is let in") {
  World world;
  Dialed first = world.client.open("connect");
  world.client.request("start", "webSockets");
  first.kept->result.reset();
  world.server.clock().advance(1h);
  Dialed again = world.client.open("reconnect", after(member(first.ear().texts.at(0), "C")));
  CHECK_FALSE(again.ear().end.has_value());
  CHECK(life(world.server) == Lines{"connected webSockets", "disconnected timeout", "reconnected webSockets"});
}

TEST_CASE("a server that stops closes streams, and tells polls T:1, later ones too") {
  World world;
  const Request connect = world.client.request("connect", "longPolling");
  const std::string cursor = member(connect->body, "C");
  const Request poll = world.client.request("poll", "longPolling", after(cursor));
  Client second{world.server};
  second.negotiate(R"([{"name":"testHub"}])");
  Dialed socket = second.open("connect");
  Client third{world.server};
  third.negotiate(R"([{"name":"testHub"}])");
  const Request stream = third.request("connect", "serverSentEvents");

  world.server.app().begin_shutdown();
  world.server.clock().run_ready();
  CHECK(poll->body == R"({"C":"d-5EED0001-A,0|B,0|C,1","T":1,"M":[]})");
  CHECK(socket.ear().log.back() == "end closed 1000");
  CHECK(stream->log.back() == "done");

  const Request again = world.client.request("reconnect", "longPolling", after(cursor));
  CHECK(again->body == R"({"C":"d-5EED0001-A,0|B,0|C,1","T":1,"M":[]})");
  const Request stream_again = third.request("reconnect", "serverSentEvents");
  CHECK(stream_again->log == Lines{"headers 200", "data data: initialized\n\n", "done"});
  Dialed socket_again = second.open("reconnect");
  CHECK(socket_again.ear().log == Lines{"end closed 1000"});
}

TEST_CASE("after a restart old cursors mean nothing, but tokens and groups are still good") {
  World world;
  Dialed first = world.client.open("connect");
  world.server.app().join(world.id(), "TestHub", "g1");
  world.server.clock().run_ready();
  const std::string frame = first.ear().texts.back();
  world.server.app().restart();
  world.server.clock().run_ready();
  CHECK(first.ear().log.back() == "end closed 1000");
  CHECK(world.server.clock().pending_timers() == 0);
  world.broadcast("missed");
  Dialed again =
      world.client.open("reconnect", after(member(frame, "C")) + "&groupsToken=" + encoded(member(frame, "G")));
  CHECK(again.ear().texts.empty());
  world.server.app().send_to_group("g1", "TestHub", "groupMsg", "[]");
  world.server.clock().run_ready();
  REQUIRE(again.ear().texts.size() == 1);
  CHECK(member(again.ear().texts[0], "C").substr(0, 11) != "d-5EED0001-");
}

TEST_CASE("the last messages of ended connections are kept for a bounded number of them") {
  World world;
  for (int i = 0; i < 1000; ++i) {
    Client client{world.server};
    client.negotiate(R"([{"name":"testHub"}])");
    Dialed socket = client.open("connect");
    client.request("abort", "webSockets");
  }
  CHECK(world.server.app().connections().empty());
  CHECK(world.server.clock().pending_timers() == 0);
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("the application's handlers of the life cycle are called as each event is recorded") {
  World world;
  server::HubServer& app = world.server.app();
  Lines seen;
  const auto see = [&](const std::string& id) {
    CHECK(app.events().back().connection_id == id);
    seen.push_back(to_string(app.events().back()));
  };
  app.on_connected(see);
  app.on_reconnected(see);
  app.on_disconnected([&](const std::string& id, bool) { see(id); });
  Dialed first = world.client.open("connect");
  world.client.request("start", "webSockets");
  Dialed second = world.client.open("reconnect", after(member(first.ear().texts.at(0), "C")));
  app.abort(world.id());
  CHECK(seen == Lines{"connected webSockets", "reconnected webSockets", "disconnected stop"});
}
