// WebsocketDialer, WebsocketConn, Operation: destroying a dial or a connection, inside any callback too.
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "bench.hpp"
#include "check_lists.hpp"
#include "websocket_probe.hpp"

namespace signalr::conformance {
namespace {

void a_canceled_dial_is_gone(Bench& b) {
  const Duration fastest = fastest_of(5, [&] {
    WebsocketProbe& ws = b.websocket();
    const std::size_t before = b.peer().exchanges().size();
    b.strand([&] { ws.dial(dial_request(b.peer().ws_url("/"))); });
    const auto exchange = b.arrival(before);
    const Duration taken = b.strand([&] { return time_of([&] { ws.cancel_dial(); }); });
    await_gone(b, *exchange, "a canceled dial");
    return taken;
  });
  b.require(fastest < std::chrono::milliseconds(50), "canceling a dial that waits for its answer took more than 50 ms");
}

void a_dial_may_be_canceled_at_once(Bench& b) {
  for (const std::string& url :
       {b.peer().ws_url("/"), std::string("ws://no-such-name.invalid/"), std::string("nonsense:")}) {
    const Duration fastest = fastest_of(5, [&] {
      WebsocketProbe& ws = b.websocket();
      return b.strand([&] {
        ws.dial(dial_request(url));
        return time_of([&] { ws.cancel_dial(); });
      });
    });
    b.require(fastest < std::chrono::milliseconds(50), "canceling a dial that has just begun took more than 50 ms");
  }
  b.settle();
}

void a_queued_result_never_comes(Bench& b) {
  for (int i = 0; i < 20; ++i) {
    WebsocketProbe& ws = b.websocket();
    const std::size_t before = b.peer().exchanges().size();
    b.strand([&] { ws.dial(dial_request(b.peer().ws_url("/"))); });
    const auto exchange = b.arrival(before);
    b.strand([&] {
      exchange->accept({});
      let_callbacks_queue_up();
      ws.cancel_dial();
    });
    await_gone(b, *exchange, "a dial that was canceled when it was accepted");
  }
}

void a_finished_dial_may_be_destroyed(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { open.ws.cancel_dial(); });
  open.peer->send(MessageType::text, "alive");
  b.strand([&] { open.ws.read(); });
  b.until([&] { return open.ws.frames.size() == 1; }, "a message on a connection whose dial's operation is gone");
}

void the_handler_may_destroy_its_operation(Bench& b) {
  WebsocketProbe& ws = b.websocket();
  b.strand([&] {
    ws.on_result_hook = [](WebsocketProbe& probe) {
      probe.cancel_dial();
      if (probe.conn != nullptr) probe.start();
    };
    ws.dial(dial_request(b.peer().ws_url("/")));
  });
  const auto exchange = b.arrival();
  exchange->accept({});
  exchange->send(MessageType::text, "alive");
  b.until([&] { return ws.result.has_value(); }, "the dial's handler");
  b.strand([&] { ws.read(); });
  b.until([&] { return ws.frames.size() == 1; },
          "a message on a connection whose operation was destroyed by the handler");
}

void a_dropped_result_aborts(Bench& b) {
  WebsocketProbe& ws = b.websocket();
  b.strand([&] {
    ws.on_result_hook = [](WebsocketProbe& probe) { probe.destroy(); };
    ws.dial(dial_request(b.peer().ws_url("/")));
  });
  const auto exchange = b.arrival();
  exchange->accept({});
  await_gone(b, *exchange, "a connection that was dropped inside the handler");
  b.require(!exchange->close_code(), "dropping the result sent a close frame");
}

void a_connection_may_go_before_start(Bench& b) {
  WebsocketProbe& ws = b.websocket();
  b.strand([&] { ws.dial(dial_request(b.peer().ws_url("/"))); });
  const auto exchange = b.arrival();
  exchange->accept({});
  exchange->send(MessageType::text, "nobody will read this");
  b.until([&] { return ws.result.has_value(); }, "the dial's handler");
  b.strand([&] { ws.destroy(); });
  await_gone(b, *exchange, "a connection that was destroyed before start");
}

void on_frame_may_destroy(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] {
    open.ws.on_frame_hook = [](WebsocketProbe& ws, const Frame&) {
      ws.read();
      ws.write(MessageType::text, "never reported");
      ws.destroy();  // the probe then looks at the payload again
    };
    open.ws.read();
  });
  for (int i = 0; i < 10; ++i) open.peer->send(MessageType::text, std::string(10'000, 'x'));
  await_gone(b, *open.peer, "a connection that was destroyed inside on_frame");
  b.strand([&] { b.require(open.ws.frames.size() == 1, "on_frame came after it had destroyed the connection"); });
}

void on_written_may_destroy(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] {
    open.ws.on_written_hook = [](WebsocketProbe& ws) { ws.destroy(); };
    for (int i = 0; i < 10; ++i) open.ws.write(MessageType::text, std::string(10'000, 'x'));
  });
  await_gone(b, *open.peer, "a connection that was destroyed inside on_written");
}

void on_end_may_destroy(Bench& b) {
  for (const bool polite : {true, false}) {
    const OpenWebsocket open = open_websocket(b);
    b.strand([&] {
      open.ws.on_end_hook = [](WebsocketProbe& ws) { ws.destroy(); };
      read_all(open.ws);
    });
    if (polite) {
      open.peer->close(close_code::normal, "");
    } else {
      open.peer->cut();
    }
    await_end(b, open.ws);
  }
}

void queued_callbacks_never_come(Bench& b) {
  for (int i = 0; i < 20; ++i) {
    const OpenWebsocket open = open_websocket(b);
    b.strand([&] {
      read_all(open.ws);
      open.ws.write(MessageType::text, "a write to report");
      open.peer->send(MessageType::text, "a message to deliver");
      if (i % 2 == 0) open.peer->close(close_code::normal, "an end to tell");
      let_callbacks_queue_up();
      open.ws.destroy();
    });
  }
}

void a_closing_connection_may_be_destroyed(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  open.peer->set_answers_close(false);
  b.strand([&] { open.ws.close(close_code::normal, ""); });
  b.wait_for([&] { return open.peer->close_code().has_value(); }, "our close frame at the peer");
  b.strand([&] { open.ws.destroy(); });
  await_gone(b, *open.peer, "a connection that was destroyed while it closed");
}

}  // namespace

void add_websocket_lifetime_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&)) { checks.push_back(make_check(name, 0, body)); };
  add("canceling a dial ends it at once, without a callback", a_canceled_dial_is_gone);
  add("a dial may be canceled when it has just begun", a_dial_may_be_canceled_at_once);
  add("a canceled dial's handler doesn't run, also where its call was queued", a_queued_result_never_comes);
  add("a connection outlives its dial's operation", a_finished_dial_may_be_destroyed);
  add("the handler may destroy its operation", the_handler_may_destroy_its_operation);
  add("dropping the result aborts the connection", a_dropped_result_aborts);
  add("a connection may be destroyed before start", a_connection_may_go_before_start);
  add("on_frame may destroy the connection, the payload stays valid", on_frame_may_destroy);
  add("on_written may destroy the connection", on_written_may_destroy);
  add("on_end may destroy the connection", on_end_may_destroy);
  add("a destroyed connection calls nothing, also where the call was queued", queued_callbacks_never_come);
  add("a connection may be destroyed while it closes", a_closing_connection_may_be_destroyed);
}

}  // namespace signalr::conformance
