// A server that takes no longer queries than IIS does, and a groups token that doesn't fit into one.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

struct Iis : HttpWorld {
  explicit Iis(TransportKind kind) : HttpWorld(kind) {
    options.limits.max_message_bytes = 1'000'000;
    server.app().authorize([](const server::Request& request) { return request.url.query.size() > 2048 ? 404 : 200; });
  }
  /// Connected, and a member of so many groups that their token is longer than 2,048 characters.
  Conn connect_with_groups() {
    Conn conn = connect();
    const std::string id = server.app().connections().at(0);
    for (int i = 0; i < 40; ++i) server.app().join(id, "Chat", std::string(40, 'g') + std::to_string(i));
    settle();
    CHECK(conn.state().groups_token.size() > 2048);
    return conn;
  }
  void tell_a_group(const char* method) {
    server.app().send_to_group(std::string(40, 'g') + "7", "Chat", method, "[]");
  }
};

}  // namespace

TEST_CASE("P#75 polls and reconnects say in their body where they go on, whatever the length of the groups token") {
  Iis world(TransportKind::long_polling);
  Conn conn = world.connect_with_groups();
  world.tell_a_group("one");
  CHECK(world.methods(conn, 1) == Story{"one"});
  world.settle();
  world.server.peer().cut();
  world.tell_a_group("missed");
  CHECK(world.methods(conn, 1) == Story{"missed"});
  world.server.clock().advance(5min);
  CHECK(conn.stats().reconnects == 1);
  for (const char* command : {"connect", "poll", "reconnect"}) {
    for (const server::Request& request : world.server.requests(command)) {
      CHECK_FALSE(request.has_query("messageId"));
      CHECK_FALSE(request.has_query("groupsToken"));
      const std::string* type = request.headers.find("Content-Type");
      CHECK((type != nullptr && type->find("application/x-www-form-urlencoded") == 0) == !request.body.empty());
    }
  }
  CHECK(world.server.requests("reconnect").back().form("groupsToken") == conn.state().groups_token);
  conn.close();
}

TEST_CASE("P#75 servers before 1.5 read it in the URL alone, and so it is there") {
  for (const char* version : {"1.2", "1.3", "1.4", "1.5", "2.1"}) {
    CAPTURE(version);
    HttpWorld world(TransportKind::long_polling);
    world.options.protocol = version;
    Conn conn = world.connect();
    const auto poll = world.server.requests("poll").back();
    const bool in_body = std::string(version) >= "1.5";
    CHECK(poll.has_query("messageId") == !in_body);
    CHECK(poll.body.empty() == !in_body);
  }
}

TEST_CASE("P#75 what can't go in a body and is refused says how long the query is, and what has made it so") {
  for (const TransportKind kind :
       {TransportKind::websockets, TransportKind::server_sent_events, TransportKind::long_polling}) {
    CAPTURE(to_string(kind));
    Iis world(kind);
    if (kind == TransportKind::long_polling) world.options.protocol = "1.4";
    Conn conn = world.connect_with_groups();
    if (kind != TransportKind::long_polling) world.server.peer().cut();
    world.server.clock().advance(60s);
    CHECK(conn.connection_state() == ConnectionState::disconnected);
    const std::string why = world.story.back();
    CHECK(why.find("404") != std::string::npos);
    CHECK(why.find(" of them the groups token and ") != std::string::npos);
    CHECK(why.find("IIS takes 2048 by default") != std::string::npos);
    CHECK(why.find(conn.state().groups_token) == std::string::npos);
  }
}

TEST_CASE("P#135 a page that repeats the body of a poll doesn't show its groups token") {
  HttpWorld world(TransportKind::long_polling);
  world.server.expect_poll()
      .with("groupsToken", "SECRET-token")
      .run([](const std::shared_ptr<server::Exchange>& exchange) {
        exchange->answer(500, {}, "the form was " + exchange->request().body);
      });
  world.server.expect_poll().answer(R"({"C":"d-1","G":"SECRET-token","M":[]})");
  Conn conn = world.connect();
  world.server.clock().advance(1s);
  REQUIRE(world.reasons.size() == 1);
  CHECK(world.reasons[0]->server_text().find("the form was ") == 0);
  CHECK(world.reasons[0]->server_text().find("SECRET") == std::string::npos);
}
