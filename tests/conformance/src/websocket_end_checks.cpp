// WebsocketDialer, WebsocketConn: destruction at any moment, and the ends of the dialer and of the executor.
#include <atomic>
#include <memory>
#include <string>

#include "bench.hpp"
#include "check_lists.hpp"
#include "websocket_probe.hpp"

namespace signalr::conformance {
namespace {

constexpr int kRounds = 300;

void dials_may_be_canceled_at_any_moment(Bench& b) {
  b.peer().on_request([](PeerExchange& exchange) {
    exchange.accept({});
    exchange.send(MessageType::text, "welcome");
  });
  const std::string url = b.peer().ws_url("/");
  for (int i = 0; i < kRounds; ++i) {
    WebsocketProbe& ws = b.websocket();
    b.strand([&] { ws.dial(dial_request(url)); });
    for (int hop = i % 23; hop > 0; --hop) b.strand([] {});
    b.strand([&] { ws.destroy_all(); });
  }
}

void connections_may_be_destroyed_at_any_moment(Bench& b) {
  b.peer().on_request([](PeerExchange& exchange) {
    exchange.accept({});
    for (int i = 0; i < 20; ++i) exchange.send(MessageType::text, std::string(static_cast<std::size_t>(i) * 50, 'x'));
    switch (exchange.request().target.size() % 3) {
      case 0:
        exchange.close(close_code::going_away, "bye");
        break;
      case 1:
        exchange.cut();
        break;
      default:
        break;
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    WebsocketProbe& ws = b.websocket();
    const std::string url = b.peer().ws_url("/" + std::string(static_cast<std::size_t>(i % 3), 'x'));
    b.strand([&] {
      ws.on_result_hook = [](WebsocketProbe& probe) {
        if (probe.conn == nullptr) return;
        probe.start();
        read_all(probe);
        probe.write(MessageType::text, "hello");
      };
      ws.dial(dial_request(url));
    });
    if (i % 4 != 0) b.until([&] { return ws.result.has_value(); }, "the dial's handler");
    for (int hop = i % 17; hop > 0; --hop) b.strand([] {});
    b.strand([&] {
      if (i % 5 == 0 && ws.conn != nullptr && !ws.end) ws.close(close_code::normal, "");
      ws.destroy_all();
    });
  }
}

void the_dialer_may_go_first(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  WebsocketProbe& waiting = b.websocket();
  b.strand([&] { waiting.dial(dial_request(b.peer().ws_url("/waiting"))); });
  const auto exchange = b.arrival(1);
  b.strand([&] { b.release_dialer(); });
  exchange->accept({});
  b.until([&] { return waiting.result.has_value(); }, "the handler of a dial whose dialer is gone");
  b.strand([&] { b.require(waiting.conn != nullptr, "a dial failed because its dialer was destroyed"); });
  open.peer->send(MessageType::text, "alive");
  b.strand([&] { open.ws.read(); });
  b.until([&] { return open.ws.frames.size() == 1; }, "a message on a connection whose dialer is gone");
}

void executors_are_kept(Bench& b) {
  auto executor = b.fixture().make_executor();
  const std::weak_ptr<Executor> watch = executor;
  const auto called = std::make_shared<std::atomic<bool>>(false);
  OnStrand kept(executor);
  WebsocketDialer& dialer = b.dialer();
  b.strand_of(executor, [&] {
    kept.operation =
        dialer.dial(executor, dial_request(b.peer().ws_url("/")), [called](DialResult) { *called = true; });
  });
  b.arrival();
  executor = nullptr;
  executor = watch.lock();
  b.require(executor != nullptr, "a dial does not keep its executor");
  b.strand_of(executor, [&] { kept.operation = nullptr; });
  b.strand_of(executor, [&] { b.require(!*called, "the handler of a canceled dial was called"); });
}

void they_survive_the_executor(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  const OpenWebsocket unread = open_websocket(b, "/unread");
  WebsocketProbe& waiting = b.websocket();
  b.strand([&] {
    waiting.dial(dial_request(b.peer().ws_url("/waiting")));
    read_all(open.ws);
  });
  const auto exchange = b.arrival(2);
  b.strand([&] { open.ws.write(MessageType::text, "before the stop"); });
  b.stop_executor();
  open.peer->send(MessageType::text, "after the stop");
  open.peer->close(close_code::normal, "after the stop");
  unread.peer->cut();
  exchange->accept({});
  b.settle();
  // Destroyed on this thread, which is no strand; a callback now would be reported as one off the strand.
  open.ws.destroy_all();
  waiting.destroy_all();
  b.release_dialer();
  b.settle();
  unread.ws.destroy_all();
}

}  // namespace

void add_websocket_end_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&), unsigned needs = 0) {
    checks.push_back(make_check(name, needs, body));
  };
  add("dials may be canceled at any moment", dials_may_be_canceled_at_any_moment);
  add("connections may be destroyed at any moment", connections_may_be_destroyed_at_any_moment);
  add("dials and connections go on without their dialer", the_dialer_may_go_first);
  add("a dial keeps its executor", executors_are_kept, offer::network);
  add("dials and connections survive the executor's stop", they_survive_the_executor, offer::stop);
}

}  // namespace signalr::conformance
