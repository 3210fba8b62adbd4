// Closing and destroying in every handler and every phase, and from several threads at once.
#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include <signalr/client.hpp>

#include "loop_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

/// Where a handler runs, and what makes it run.
const std::string kHandlers[] = {"state", "slow",   "reconnecting", "reconnected", "gap",     "error",   "call",
                                 "any",   "result", "answer",       "progress",    "written", "received"};

/// A connection all of whose handlers do `act` when it is their turn, once.
struct Acting : World {
  std::string where;
  std::function<void()> act;
  std::optional<Conn> conn;
  std::optional<Client> chat;
  std::vector<Subscription> subscriptions;
  int turns = 0;
  int after = 0;  // handlers called after the act, on_closed and on_state_changed aside

  void in(const char* here) {
    if (turns > 0) ++after;
    if (where != here || turns > 0) return;
    ++turns;
    act();
  }

  void run(const std::string& handler) {
    where = handler;
    server.hub("Chat").on("Work", [](server::Call& call) {
      call.progress("1");
      call.result("2");
    });
    conn = dial();
    settle();
    conn->on_state_changed([this](ConnectionState, ConnectionState to) {
      if (to == ConnectionState::reconnecting) in("state");
    });
    conn->on_connection_slow([this] { in("slow"); });
    conn->on_reconnecting([this](const Error&, int) { in("reconnecting"); });
    conn->on_reconnected([this](Duration) { in("reconnected"); });
    conn->on_gap([this](const Gap&) { in("gap"); });
    conn->on_error([this](const Error&) { in("error"); });
    if (handler == "received") {
      conn->on_received([this](RawJsonView) { in("received"); });
    } else {
      chat.emplace("chat", *conn);
      subscriptions.push_back(chat->on_any([this](const HubCallView&) { in("any"); }));
      subscriptions.push_back(chat->on("poke", [this] { in("call"); }));
      subscriptions.push_back(chat->on_result([this](const Message&) { in("result"); }));
      Invocation call = chat->invoke("Work");
      call.async_exec([this](const Result<void>&) { in("written"); });
      call.on_progress([this](RawJsonView) { in("progress"); });
      call.then([this](const Result<RawJson>&) { in("answer"); });
    }
    story.clear();
    provoke();
  }

  void provoke() {
    settle();
    server.broadcast("Chat", "poke", "[]");
    settle();
    if (turns == 0 && where == "slow") {
      server.network().stall_all();
      server.clock().advance(15s);
    }
    if (turns == 0 && (where == "gap" || where == "error")) server.peer().send("{broken");
    settle();
    if (turns == 0) server.peer().cut();
    settle();
  }
};

}  // namespace

TEST_CASE("P#110 P#112 close works in every handler; after it nothing is called but on_closed, once") {
  for (const std::string& handler : kHandlers) {
    CAPTURE(handler);
    Acting world;
    bool closed = false;
    world.act = [&] {
      world.conn->async_close([&](Result<void> result) { closed = result.ok(); });
      world.conn->async_close([](Result<void> result) { CHECK(result.ok()); });
      CHECK_THROWS_AS(world.conn->close(), UsageError);
    };
    world.run(handler);
    CHECK(world.turns == 1);
    world.server.broadcast("Chat", "poke", "[]");
    world.server.clock().advance(1min);
    CHECK(closed);
    CHECK(world.conn->connection_state() == ConnectionState::disconnected);
    CHECK(std::count(world.story.begin(), world.story.end(), "closed") == 1);
    CHECK(world.story.back() == "closed");
    CHECK(world.server.requests("abort").size() == 1);
    CHECK(world.server.network().open_connections() == 0);
    // What the same frame, or the same loss, had begun may end; nothing new comes.
    const int after = world.after;
    world.server.clock().advance(5min);
    CHECK(world.after == after);
  }
}

TEST_CASE("P#114 a connection may be destroyed in every handler, and no handler is called afterwards") {
  for (const std::string& handler : kHandlers) {
    CAPTURE(handler);
    Acting world;
    world.act = [&] { world.conn.reset(); };
    world.run(handler);
    CHECK(world.turns == 1);
    CHECK(world.after == 0);
    world.settle();
    CHECK(world.server.network().open_connections() == 0);
    world.server.clock().advance(5min);
    CHECK(world.after == 0);
    for (const std::string& id : world.server.app().connections()) world.server.app().abort(id);  // never told its end
    world.settle();
    CHECK(world.server.clock().pending_timers() == 0);
  }
}

TEST_CASE("P#110 close in every phase, twice: it returns, sends one abort, and tells once that it closed") {
  for (const std::string phase : {"connected", "attempt", "pause", "slow", "closing", "over"}) {
    CAPTURE(phase);
    World world;
    Conn conn = world.dial();
    world.settle();
    world.story.clear();
    int returned = 0;
    const auto count = [&](Result<void> result) { returned += result.ok() ? 1 : 0; };
    if (phase == "attempt") world.server.expect_reconnect().hang();
    if (phase == "pause") world.server.expect_reconnect().answer(500);
    if (phase == "attempt" || phase == "pause") world.server.peer().cut();
    if (phase == "slow") {
      world.server.network().stall_all();
      world.server.clock().advance(15s);
    }
    if (phase == "closing") world.server.expect_abort().after(1s).serve();
    world.settle();
    if (phase == "over") conn.close();
    conn.async_close(count);
    if (phase == "closing") world.settle();
    conn.async_close(count);
    world.server.clock().advance(10s);
    CHECK(returned == 2);
    CHECK(std::count(world.story.begin(), world.story.end(), "closed") == 1);
    CHECK(world.server.requests("abort").size() == 1);
    CHECK(world.server.network().open_connections() == 0);
    world.server.clock().advance(5min);
    CHECK(world.server.clock().pending_timers() == 0);
  }
}

TEST_CASE(
    "P#110 P#112 threads that close while the connection is cut, reconnects and restarts: all return, once told") {
  LoopWorld world;
  world.options.restart.emplace();
  world.options.restart->first_delay = 100ms;
  std::atomic<int> closed{0};
  std::atomic<int> late{0};
  world.options.events.on_closed = [&](const Error* reason) {
    CHECK(reason == nullptr);
    ++closed;
  };
  world.options.events.on_state_changed = [&](ConnectionState, ConnectionState) {
    if (closed > 0) ++late;
  };
  for (int round = 0; round < 60; ++round) {
    closed = 0;
    std::size_t aborts = 0;
    world.on_strand([&] { aborts = world.server->requests("abort").size(); });
    Conn conn = world.dial();
    Client chat("chat", conn);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < (round + t) % 7; ++i) {
          chat.invoke("Echo", i);
          std::this_thread::yield();
        }
        conn.close(CallOptions{1min});
        conn.close(CallOptions{1min});
        CHECK(conn.connection_state() == ConnectionState::disconnected);
      });
    }
    world.on_strand([&] {
      auto peer = world.server->peer();
      if (!peer.open()) return;
      if (round % 3 == 0) peer.cut();
      if (round % 3 == 1) peer.send(R"({"E":"over"})");
    });
    for (std::thread& thread : threads) thread.join();
    world.on_strand([&] { CHECK(world.server->requests("abort").size() - aborts <= 1); });
    CHECK(closed == 1);
    CHECK(late == 0);
  }
}
