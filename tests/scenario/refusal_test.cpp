// Answers that nobody has use for: refusals whose body doesn't end or doesn't come, white space, comments. They are
// counted, waited for only so long, and what they refuse is told.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

constexpr char kUserChanged[] =
    "Unrecognized user identity.  The user identity cannot change during an active SignalR connection.";

/// Answers with what never ends, a piece each 10 ms, and counts what the client takes of it.
class Endless {
 public:
  Endless(HttpWorld& world, int status, std::string type, std::string piece)
      : world_(world), status_(status), type_(std::move(type)), piece_(std::move(piece)) {}

  void operator()(std::shared_ptr<server::Exchange> exchange) {
    exchange->start(status_, {{"Content-Type", type_}});
    go_on(std::move(exchange));
  }
  std::size_t bytes() const { return bytes_; }

 private:
  void go_on(std::shared_ptr<server::Exchange> exchange) {
    if (!exchange->open()) return;
    exchange->write(piece_);
    bytes_ += piece_.size();
    const auto& executor = world_.server.executor();
    executor->schedule(executor->now() + 10ms, [this, exchange = std::move(exchange)] { go_on(exchange); });
  }

  HttpWorld& world_;
  const int status_;
  const std::string type_;
  const std::string piece_;
  std::size_t bytes_ = 0;
};

/// The headers of a refusal and the beginning of its body, and then nothing more.
auto stalled(int status, std::string body = {}) {
  return [status, body = std::move(body)](std::shared_ptr<server::Exchange> exchange) {
    exchange->start(status, {});
    exchange->write(body);
  };
}

}  // namespace

TEST_CASE("P#74 a poll that is refused with a body without end is over at max_response_bytes") {
  HttpWorld world(TransportKind::long_polling);
  Endless page(world, 500, "text/html", std::string(64 * 1024, 'x'));
  world.server.expect_poll().run(std::ref(page));
  Conn conn = world.connect();
  world.server.clock().advance(1s);
  REQUIRE(world.reasons.size() == 1);
  CHECK(find_cause<HttpStatusError>(*world.reasons[0])->status() == 500);
  CHECK(page.bytes() <= world.options.limits.max_response_bytes + 2 * 64 * 1024);
}

TEST_CASE("P#74 P#132 a refusal whose body doesn't come is told after five seconds, with what has come") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    world.server.expect_send().run(stalled(503, "<h1>busy"));
    ErrorPtr refused;
    conn.async_send("text", [&](const Result<void>& sent) { refused = sent.error_ptr(); });
    world.server.clock().advance(4999ms);
    CHECK(refused == nullptr);
    world.server.clock().advance(1ms);
    REQUIRE(refused != nullptr);
    CHECK(find_cause<HttpStatusError>(*refused)->status() == 503);
    CHECK(refused->server_text() == "<h1>busy");
    CHECK(conn.connection_state() == ConnectionState::connected);
  });
}

TEST_CASE("P#103 P#107 a refused reconnect whose body stalls is no reconnect") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    world.server.expect_reconnect().times(2).run(stalled(500));
    world.server.peer().cut();
    world.server.clock().run_until([&] { return world.reasons.size() == 3; }, 20s);
    CHECK(world.count("Reconnecting -> Connected") == 0);
    REQUIRE(world.reasons.size() == 3);
    for (const std::size_t i : {1U, 2U}) CHECK(find_cause<HttpStatusError>(*world.reasons[i])->status() == 500);
    world.settle();
    CHECK(world.count("Reconnecting -> Connected") == 1);
  });
}

TEST_CASE("P#107 P#140 a final refusal is final, also when its body never ends or stalls") {
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    SUBCASE("") { world.server.expect_reconnect().run(stalled(403, kUserChanged)); }
    SUBCASE("") {
      world.server.expect_reconnect().run([](const std::shared_ptr<server::Exchange>& exchange) {
        exchange->start(403, {});
        exchange->write(kUserChanged + std::string(5'000'000, ' '));
      });
    }
    world.server.peer().cut();
    world.server.clock().advance(8s);
    CHECK(conn.connection_state() == ConnectionState::disconnected);
    CHECK(world.server.requests("reconnect").size() == 1);
    CHECK(world.count("Reconnecting -> Connected") == 0);
  });
}

TEST_CASE("P#15 a dial's time is over while a refusal comes: it is told all the same") {
  over_both([](HttpWorld& world) {
    world.options.request_timeout = 1s;
    world.options.max_negotiate_retries = world.options.max_connect_retries = 0;
    SUBCASE("negotiate") { world.server.expect_negotiate().run(stalled(403, "forbidden")); }
    SUBCASE("connect") { world.server.expect_connect().after(1s).run(stalled(403, "forbidden")); }
    const ErrorPtr error = world.dial_error();
    CHECK(dynamic_cast<const StepError&>(*error).status() == 403);
    CHECK(error->server_text() == "forbidden");
    CHECK(world.server.clock().elapsed() <= 5s);
  });
}

TEST_CASE("P#72 P#125 white space ahead of a poll's JSON counts, too") {
  HttpWorld world(TransportKind::long_polling);
  world.options.limits.max_message_bytes = 1'000'000;
  Endless nothing(world, 200, "application/json", std::string(50'000, ' '));
  world.server.expect_poll().run(std::ref(nothing));
  Conn conn = world.connect();
  world.server.clock().advance(1s);
  REQUIRE(world.reasons.size() == 1);
  CHECK(find_cause<LimitError>(*world.reasons[0])->option() == "max_message_bytes");
  CHECK(nothing.bytes() <= 1'100'000);
}

TEST_CASE("P#67 P#125 what an event stream brings between events counts, too") {
  for (const std::string piece : {": a comment\n", "\n", "retry: 1000\n\n", "data: initialized\n\n", "data:\n\n"}) {
    CAPTURE(piece);
    HttpWorld world(TransportKind::server_sent_events);
    world.options.limits.max_message_bytes = 1'000'000;
    Conn conn = world.connect();
    std::string pieces;
    while (pieces.size() < 50'000) pieces += piece;
    Endless nothing(world, 200, "text/event-stream", pieces);
    world.server.expect_reconnect().run(std::ref(nothing));
    world.server.peer().cut();
    world.server.clock().advance(4s);
    REQUIRE(world.reasons.size() == 2);
    CHECK(find_cause<LimitError>(*world.reasons[1])->option() == "max_message_bytes");
    CHECK(nothing.bytes() <= 1'200'000);
  }
}
