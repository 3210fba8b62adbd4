// Closing, giving up, destroying: at any moment, from anywhere.
#include <optional>

#include <signalr/client.hpp>

#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("P#110 close sends one abort, then close 1000; twice is fine; the server knows that we left") {
  World world;
  Conn conn = world.dial();
  conn.close();
  conn.close();
  const auto aborts = world.server.requests("abort");
  REQUIRE(aborts.size() == 1);
  CHECK(aborts[0].method == "POST");
  CHECK(aborts[0].body.empty());
  CHECK(server::to_string(world.server.app().events().back()) == "disconnected stop");
  CHECK(world.story ==
        Story{"Disconnected -> Connecting", "Connecting -> Connected", "Connected -> Disconnected", "closed"});
}

TEST_CASE("P#110 close returns within close_timeout when the server is silent") {
  World world;
  world.options.close_timeout = 3s;
  Conn conn = world.dial();
  world.server.network().stall_all();
  world.server.network().stall_connections();
  const TimePoint before = world.server.clock().now();
  conn.close();
  CHECK(world.server.clock().now() - before == 3s);
  CHECK(world.story.back() == "closed");
}

TEST_CASE("what waits when the program closes the connection is told that it was the program, code 1000") {
  World world;
  Conn conn = world.dial();
  std::vector<ErrorPtr> told;
  conn.async_read_message([&](const Result<Message>& message) { told.push_back(message.error_ptr()); });
  world.settle();
  conn.close();
  const auto keep = [&](const auto& call) {
    try {
      call();
    } catch (const Error& error) {
      told.push_back(error.clone());
    }
  };
  keep([&] { conn.write_message({}); });
  keep([&] { (void)conn.read_message(); });
  REQUIRE(told.size() == 3);
  for (const ErrorPtr& error : told) {
    CHECK(std::string(error->what()).find("failed: the connection was closed by this program") != std::string::npos);
    CHECK(is_close_error(*error, {1000}));
  }
}

TEST_CASE("P#112 after close nothing is called but on_closed, once") {
  World world;
  Conn conn = world.dial();
  world.server.expect_abort().run([&](std::shared_ptr<server::Exchange> exchange) {
    world.server.peer().send("no json");
    world.server.broadcast("Chat", "late", "[]");
    exchange->answer(500, {}, "");
  });
  world.story.clear();
  conn.close();
  world.server.clock().advance(1min);
  CHECK(world.story == Story{"Connected -> Disconnected", "closed"});
}

TEST_CASE("close inside a handler: the blocking form throws instead of deadlocking, the other works") {
  World world;
  Conn conn = world.dial();
  bool closed = false;
  bool threw = false;
  conn.async_read_message([&](Result<Message>) {
    try {
      conn.close();
    } catch (const UsageError& error) {
      threw = std::string(error.what()).find("would deadlock") != std::string::npos;
    }
    conn.async_close([&](Result<void> result) { closed = result.ok(); });
  });
  world.server.broadcast("Chat", "go", "[]");
  CHECK(world.server.clock().run_until([&] { return closed; }));
  CHECK(threw);
}

TEST_CASE("P#114 destroying a connection without close: no handler runs afterwards, nothing is left behind") {
  World world;
  int calls = 0;
  {
    Conn conn = world.dial();
    conn.async_read_message([&](Result<Message>) { ++calls; });
    conn.async_write_message(call("1", "Echo", {"1"}), [&](Result<void>) { ++calls; });
    world.story.clear();
  }
  world.server.clock().advance(2min);
  CHECK(calls == 0);
  CHECK(world.story.empty());
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("P#114 a connection may be destroyed inside any of its handlers") {
  SUBCASE("on_state_changed while dialing") {
    World world;
    std::optional<PendingDial> pending;
    world.options.events.on_state_changed = [&](ConnectionState, ConnectionState) { pending.reset(); };
    pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [](Result<Conn>) { CHECK(false); });
    world.settle();
    CHECK(world.server.transcript().empty());
    CHECK(world.server.network().open_connections() == 0);
  }
  SUBCASE("the handler of read_message") {
    World world;
    std::optional<Conn> conn = world.dial();
    conn->async_read_message([&](Result<Message>) { conn.reset(); });
    conn->async_read_message([&](Result<Message>) { CHECK(false); });
    world.server.broadcast("Chat", "a", "[]");
    world.server.broadcast("Chat", "b", "[]");
    world.settle();
    CHECK_FALSE(conn);
    CHECK(world.server.network().open_connections() == 0);
  }
  SUBCASE("on_error") {
    World world;
    std::optional<Conn> conn = world.dial();
    conn->on_error([&](const Error&) { conn.reset(); });
    world.settle();
    world.server.peer().send("nonsense");
    world.settle();
    CHECK_FALSE(conn);
    CHECK(world.server.network().open_connections() == 0);
  }
  SUBCASE("the handler of dial") {
    World world;
    const PendingDial pending =
        async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [](Result<Conn> conn) { CHECK(conn.ok()); });
    world.settle();
    CHECK(world.server.network().open_connections() == 0);
  }
}

TEST_CASE("P#52 P#34 a dial given up in any phase ends at once, with one on_closed, and leaves nothing behind") {
  const auto hang_at = [](World& world, const std::string& phase) {
    if (phase == "network") world.server.network().stall_connections();
    if (phase == "negotiate") world.server.expect_negotiate().hang();
    if (phase == "upgrade") world.server.expect_connect().hang();
    if (phase == "init") world.server.expect_connect().accept();
    if (phase == "start") world.server.expect_start().hang();
  };
  for (const std::string phase : {"network", "negotiate", "upgrade", "init", "start"}) {
    CAPTURE(phase);
    SUBCASE("by its deadline") {
      World world;
      hang_at(world, phase);
      const ErrorPtr error = world.dial_error(CallOptions{1s});
      CHECK(dynamic_cast<const DeadlineError*>(error.get()) != nullptr);
      CHECK(world.server.clock().elapsed() == 1s);
      CHECK(std::count_if(world.story.begin(), world.story.end(),
                          [](const std::string& line) { return line.find("closed") == 0; }) == 1);
      CHECK(world.server.network().open_connections() == 0);
    }
    SUBCASE("by its token") {
      World world;
      hang_at(world, phase);
      CancelSource cancel;
      ErrorPtr error;
      const PendingDial pending = async_dial(
          world.server.origin(), Hubs{{"chat"}}, world.options, [&](Result<Conn> conn) { error = conn.error_ptr(); },
          CallOptions{{}, cancel.token()});
      world.settle();
      CHECK(error == nullptr);
      cancel.cancel();
      world.settle();
      REQUIRE(error != nullptr);
      CHECK(dynamic_cast<const CanceledError*>(error.get()) != nullptr);
      CHECK(world.server.clock().elapsed() == 0s);
      CHECK(world.server.network().open_connections() == 0);
    }
    SUBCASE("by destroying it") {
      World world;
      hang_at(world, phase);
      {
        const PendingDial pending =
            async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [](Result<Conn>) { CHECK(false); });
        world.settle();
      }
      world.settle();
      CHECK(world.server.network().open_connections() == 0);
      world.server.clock().advance(2min);  // the server forgets the connection
      CHECK(world.server.clock().pending_timers() == 0);
    }
  }
}

TEST_CASE("a read is given up by its deadline or token, and the message stays for the next one") {
  World world;
  Conn conn = world.dial();
  CHECK_THROWS_AS(conn.read_message(CallOptions{50ms}), DeadlineError);
  CancelSource cancel;
  cancel.cancel();
  CHECK_THROWS_AS(conn.read_message(CallOptions{{}, cancel.token()}), CanceledError);
  world.server.broadcast("Chat", "kept", "[]");
  CHECK(conn.read_message().messages().at(0).method == "kept");
}

TEST_CASE("a connection destroyed by the handler of a read that fails: nothing is logged or told afterwards") {
  World world;
  std::optional<Conn> conn = world.dial();
  std::size_t logged = 0;
  conn->async_read_message([&](Result<Message> message) {
    CHECK_FALSE(message.ok());
    conn.reset();
    logged = world.log.size();
    world.story.clear();
  });
  world.settle();
  world.server.peer().send(R"({"E":"over"})");
  world.settle();
  CHECK_FALSE(conn);
  CHECK(logged > 0);
  CHECK(world.log.size() == logged);
  CHECK(world.story.empty());
}

TEST_CASE("a call whose time is over before it begins does nothing: the frame stays, the message isn't sent") {
  World world;
  Conn conn = world.dial();
  CancelSource cancel;
  cancel.cancel();
  world.server.broadcast("Chat", "kept", "[]");
  world.settle();
  const auto reads = [&](const CallOptions& options) {
    CHECK_THROWS_AS(conn.read_message(options), Error);
    ErrorPtr error;
    conn.async_read_message([&](Result<Message> message) { error = message.error_ptr(); }, options);
    world.settle();
    return error;
  };
  CHECK(find_cause<CanceledError>(*reads(CallOptions{{}, cancel.token()})) != nullptr);
  CHECK(find_cause<DeadlineError>(*reads(CallOptions{world.server.clock().now()})) != nullptr);
  CHECK(find_cause<DeadlineError>(*reads(CallOptions{0s})) != nullptr);
  CHECK(conn.read_message().messages().at(0).method == "kept");

  CHECK_THROWS_AS(conn.send("late", CallOptions{{}, cancel.token()}), CanceledError);
  CHECK_THROWS_AS(conn.send("late", CallOptions{-1s}), DeadlineError);
  world.settle();
  CHECK(world.server.received().empty());
}

TEST_CASE("P#116 the send queue is bounded; what doesn't fit is an error that names the option") {
  World world;
  world.options.limits.max_send_queue_messages = 2;
  Conn conn = world.dial();
  std::vector<std::string> results;
  for (int i = 0; i < 4; ++i) {
    conn.async_write_message(call("1", "Echo", {"1"}), [&](Result<void> result) {
      results.push_back(result.ok() ? "ok" : find_cause<LimitError>(result.error())->option());
    });
  }
  world.settle();
  CHECK(std::count(results.begin(), results.end(), "ok") == 2);
  CHECK(std::count(results.begin(), results.end(), "max_send_queue_messages") == 2);
}

TEST_CASE("an empty Conn says so: made by default, or moved from") {
  World world;
  Conn conn;
  CHECK_FALSE(conn);
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK_THROWS_WITH_AS(conn.close(), doctest::Contains("this Conn is empty"), UsageError);
  conn = world.dial();
  CHECK(conn);
  const Conn other = std::move(conn);
  CHECK(other.connection_state() == ConnectionState::connected);
  CHECK_FALSE(conn);
  CHECK_THROWS_AS(conn.read_message(), UsageError);
  CHECK_THROWS_AS(conn.async_send("text", [](const Result<void>&) { FAIL_CHECK("called"); }), UsageError);
  CHECK_THROWS_AS(conn.state(), UsageError);
  CHECK_THROWS_AS(Client("TestHub", conn), UsageError);
}
