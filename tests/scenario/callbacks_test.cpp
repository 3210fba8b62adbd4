// Whatever a user gives to be called may destroy, close, move and throw, at each of its calls in a connection's life.
#include <functional>
#include <optional>

#include <signalr/client.hpp>

#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

namespace {

constexpr const char* kCallbacks[] = {"access_token",
                                      "log",
                                      "random",
                                      "on_state_changed",
                                      "on_transport_failed",
                                      "on_reconnecting",
                                      "on_reconnected",
                                      "on_restarting",
                                      "on_restarted",
                                      "on_gap",
                                      "on_error",
                                      "on_closed",
                                      "dialed",
                                      "on",
                                      "then",
                                      "on_progress"};

/// A life in which everything is called: retries, a transport given up, a loss with a failed attempt, a restart.
class Life : public World {
 public:
  Life(TransportKind kind, std::string callback, int call, std::function<void(Life&)> act)
      : callback_(std::move(callback)), call_(call), act_(std::move(act)) {
    const auto other =
        kind == TransportKind::websockets ? TransportKind::server_sent_events : TransportKind::websockets;
    options.transports = {other, kind};
    options.restart.emplace();
    options.access_token = [this] { return called("access_token"), std::string("token"); };
    options.random = [this] { return called("random"), 0U; };
    options.log = [this](LogLevel, std::string_view) { called("log"); };
    ConnEvents& events = options.events;
    events.on_state_changed = [this](ConnectionState, ConnectionState) { called("on_state_changed"); };
    events.on_transport_failed = [this](TransportKind, const Error&) { called("on_transport_failed"); };
    events.on_reconnecting = [this](const Error&, int) { called("on_reconnecting"); };
    events.on_reconnected = [this](Duration) { called("on_reconnected"); };
    events.on_restarting = [this](const Error&, int, Duration) { called("on_restarting"); };
    events.on_restarted = [this](Duration) { called("on_restarted"); };
    events.on_gap = [this](const Gap&) { called("on_gap"); };
    events.on_error = [this](const Error&) { called("on_error"); };
    events.on_closed = [this](const Error*) {
      ended = true;
      called("on_closed");
    };
    server.hub("Chat").on("Work", [](server::Call& work) {
      work.progress("1");
      work.result("2");
    });
  }

  /// Whether the call came about.
  bool live() {
    server.expect_negotiate().answer(503);
    server.expect_connect().answer(403);
    pending = async_dial(server.origin(), Hubs{{"chat"}}, options, [this](Result<Conn> dialed) {
      if (dialed.ok()) conn.emplace(std::move(dialed).value());
      called("dialed");
    });
    server.clock().advance(1min);
    use();
    server.expect_reconnect().answer(503);
    if (conn) server.peer().cut();
    server.clock().advance(1min);
    use();
    if (conn) server.peer().send(R"({"E":"over"})");
    server.clock().advance(1min);
    use();
    if (conn) conn->async_close([](const Result<void>&) {});
    server.clock().advance(1min);
    return acted;
  }

  std::optional<Conn> conn;
  std::optional<Client> chat;
  PendingDial pending;
  bool acted = false;
  bool gone = false;   ///< set by an act that destroys
  bool ended = false;  ///< on_closed came
  int late = 0;        ///< calls after `gone`

 private:
  void called(const std::string& callback) {
    if (gone) ++late;
    if (callback != callback_ || acted || ++calls_ < call_) return;
    acted = true;
    act_(*this);
  }

  void use() {
    if (!conn || conn->connection_state() != ConnectionState::connected) return;
    if (!chat) {
      chat.emplace("chat", *conn);
      subscription_ = chat->on("poke", [this] { called("on"); });
    }
    server.broadcast("Chat", "poke", "[]");
    Invocation call = chat->invoke("Work");
    call.on_progress([this](RawJsonView) { called("on_progress"); });
    call.then([this](const Result<RawJson>&) { called("then"); });
    server.clock().advance(1s);
    if (conn) server.peer().send("{broken");
    server.clock().advance(1min);
  }

  const std::string callback_;
  const int call_;
  const std::function<void(Life&)> act_;
  int calls_ = 0;
  Subscription subscription_;
};

/// Lives one life for each call of each callback, in which that call does `act`.
template <class Check>
void at_each_call(const std::function<void(Life&)>& act, Check check) {
  for (const TransportKind kind :
       {TransportKind::websockets, TransportKind::server_sent_events, TransportKind::long_polling}) {
    for (const std::string callback : kCallbacks) {
      int call = 1;
      for (bool came = true; came; ++call) {
        CAPTURE(to_string(kind));
        CAPTURE(callback);
        CAPTURE(call);
        Life life(kind, callback, call, act);
        came = life.live();
        if (!came) continue;
        check(life);
        // Nothing is left, once the server knows, too.
        for (const std::string& id : life.server.app().connections()) life.server.app().abort(id);
        life.settle();
        CHECK(life.server.network().open_connections() == 0);
        CHECK(life.server.clock().pending_timers() == 0);
      }
      // Progress may be overtaken by the result, which doesn't wait for a poll.
      if (kind == TransportKind::long_polling && callback == "on_progress") continue;
      CHECK_MESSAGE(call > 2, callback, " was never called over ", to_string(kind));
    }
  }
}

}  // namespace

TEST_CASE("P#114 a connection and its dial may be destroyed in every call of everything that a user gives") {
  at_each_call(
      [](Life& life) {
        life.gone = true;
        life.pending = PendingDial();
        life.conn.reset();
        life.chat.reset();
      },
      [](Life& life) { CHECK(life.late == 0); });
}

TEST_CASE("P#110 a connection may be closed, and moved, in every call of everything that a user gives") {
  at_each_call(
      [](Life& life) {
        if (!life.conn) return;
        life.conn->async_close([](const Result<void>&) {});
        Conn moved = std::move(*life.conn);
        life.conn = std::move(moved);
      },
      [](Life& life) { CHECK(life.ended); });
}

TEST_CASE("everything that a user gives may throw, in every call: the connection comes to its end all the same") {
  at_each_call([](Life&) { throw std::runtime_error("thrown by the test"); }, [](Life& life) { CHECK(life.ended); });
}
