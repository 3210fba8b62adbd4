// Connections that are healthy, though what is between them and their server isn't: they go on for ever.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

constexpr TransportKind kAll[] = {TransportKind::websockets, TransportKind::server_sent_events,
                                  TransportKind::long_polling};

server::ServerSettings without_keep_alives() {
  server::ServerSettings settings;
  settings.keep_alive.reset();
  return settings;
}

/// Cuts what is open once it has been so for that time, again and again.
void cut_idle(HttpWorld& world, Duration idle, int times) {
  for (int i = 0; i < times; ++i) {
    world.server.clock().advance(idle);
    world.server.network().cut_all();
    world.server.clock().advance(3s);  // for the reconnect
  }
}

/// Still connected, and to the same connection of the server's.
void check_alive(HttpWorld& world, Conn& conn) {
  CHECK(conn.connection_state() == ConnectionState::connected);
  world.server.broadcast("Chat", "alive", "[]");
  CHECK(world.methods(conn, 1) == Story{"alive"});
  CHECK(world.server.requests("negotiate").size() == 1);
}

}  // namespace

TEST_CASE("P#108 a quiet hub behind a box that cuts what is idle stays connected, however often it is cut") {
  for (const TransportKind kind : kAll) {
    for (const Duration idle : {Duration(10s), Duration(60s), Duration(1h)}) {
      CAPTURE(to_string(kind));
      CAPTURE(idle.count());
      HttpWorld world(kind, without_keep_alives());
      Conn conn = world.connect();
      cut_idle(world, idle, 20);
      check_alive(world, conn);
      CHECK(conn.stats().reconnects == 20);
    }
  }
}

TEST_CASE("P#108 polls are cut while keep-alives come, and it is no flapping either") {
  HttpWorld world(TransportKind::long_polling);
  Conn conn = world.connect();
  cut_idle(world, 60s, 20);
  check_alive(world, conn);
}

TEST_CASE("P#132 an answer that is cut short is a lost transport, also when the adapter blames the server's HTTP") {
  for (const TransportKind kind : kHttpTransports) {
    for (const TransportFailure failure :
         {TransportFailure::closed, TransportFailure::io, TransportFailure::protocol}) {
      CAPTURE(to_string(kind));
      CAPTURE(static_cast<int>(failure));
      HttpWorld world(kind);
      std::shared_ptr<server::Exchange> last;
      const auto keep = [&](std::shared_ptr<server::Exchange> exchange) {
        last = exchange;
        world.server.app().on_request(std::move(exchange));
      };
      world.server.expect_connect().always().run(keep);
      world.server.expect_reconnect().always().run(keep);
      world.server.expect_poll().always().run(keep);
      Conn conn = world.connect();
      for (int i = 0; i < 14; ++i) {
        last->write(kind == TransportKind::long_polling ? "{\"C\":\"d-" : "data: {\"C\":\"d-");
        last->fail(failure, "the answer ended before its announced end");
        world.server.clock().advance(i < 10 ? 15s : 4s);  // at last as fast as the server's own data would come again
      }
      CHECK(conn.stats().reconnects == 14);
      CHECK(world.errors.empty());
      check_alive(world, conn);
    }
  }
}

TEST_CASE("P#131 a WebSocket that is rejected now and then, at one cursor, isn't the same data again and again") {
  HttpWorld world(TransportKind::websockets);
  Conn conn = world.connect();
  for (int i = 0; i < 10; ++i) {
    world.server.peer().send("\xFF");  // 1007
    world.server.clock().advance(1h);
  }
  CHECK(conn.stats().reconnects == 10);
  check_alive(world, conn);
}
