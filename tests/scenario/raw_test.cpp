// Raw persistent connections: text out, any JSON in, no hubs.
#include <type_traits>

#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

// A hub's name given as it is would be taken for connectionData.
static_assert(!std::is_convertible_v<const char*, ConnectionData> && !std::is_convertible_v<std::string, Hubs>);

namespace {

struct Raw : World {
  Raw() {
    server.app().raw("echo", {});
    conn = signalr::dial(server.origin() + "/echo", ConnectionData{}, options);
    settle();
    story.clear();
  }
  auto note() {
    return [this](RawJsonView message) { story.emplace_back(message.text()); };
  }
  std::string id() { return server.app().connections().at(0); }
  Conn conn;
};

}  // namespace

TEST_CASE("a raw connection sends text as it is, and gets any JSON, in order") {
  Raw world;
  world.conn.on_received(world.note());
  world.conn.send("plain text, \"quoted\"");
  world.settle();
  CHECK(world.server.received() == Story{"plain text, \"quoted\""});
  CHECK(world.story == Story{R"("plain text, \"quoted\"")"});
  world.story.clear();
  for (const char* json : {R"("")", "7", "null", R"({"I":"1","R":2})", "[[]]", R"({"H":"Chat","M":"x","A":[]})"}) {
    world.server.app().raw_send(world.id(), json);
  }
  world.settle();
  CHECK(world.story == Story{R"("")", "7", "null", R"({"I":"1","R":2})", "[[]]", R"({"H":"Chat","M":"x","A":[]})"});
  for (const auto& request : world.server.requests("")) CHECK_FALSE(request.has_query("connectionData"));
}

TEST_CASE("what came before on_received comes first; a later handler replaces the one before") {
  Raw world;
  world.server.app().raw_send(world.id(), "1");
  world.server.app().raw_send(world.id(), "2");
  world.settle();
  world.conn.on_received(world.note());
  world.settle();
  world.conn.on_received([&](RawJsonView message) { world.story.push_back("second " + std::string(message.text())); });
  world.server.app().raw_send(world.id(), "3");
  world.settle();
  CHECK(world.story == Story{"1", "2", "second 3"});
}

TEST_CASE("raw messages can be pulled instead, but not both ways") {
  Raw world;
  world.server.app().raw_send(world.id(), R"({"any":"thing"})");
  const Message message = world.conn.read_message();
  REQUIRE(message.messages().size() == 1);
  CHECK(message.messages()[0].json.text() == R"({"any":"thing"})");
  CHECK_THROWS_AS(world.conn.on_received(world.note()), UsageError);
  Raw pushed;
  pushed.conn.on_received(pushed.note());
  CHECK_THROWS_AS(pushed.conn.read_message(), UsageError);
}

TEST_CASE("a handler of raw messages may replace itself, throw, and destroy the connection") {
  Raw world;
  world.conn.on_received([&](RawJsonView) {
    world.conn.on_received([&](RawJsonView message) {
      world.story.emplace_back(message.text());
      if (message.text() == "2") throw std::runtime_error("oops");
      { const Conn gone = std::move(world.conn); }
    });
    world.story.push_back("first");
  });
  world.settle();
  world.server.app().raw_send(world.id(), "1");
  world.settle();
  world.server.app().raw_send(world.id(), "2");
  world.settle();
  world.server.peer().send(R"({"C":"9","M":[3,4]})");
  world.settle();
  REQUIRE(world.story.size() == 4);
  CHECK(world.story[0] == "first");
  CHECK(world.story[1] == "2");
  CHECK(world.story[2].find("oops") != std::string::npos);
  CHECK(world.story[3] == "3");
}
