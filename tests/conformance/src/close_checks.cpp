// WebsocketConn: how a connection ends, and with which codes.
#include <cstdint>
#include <initializer_list>
#include <string>

#include "bench.hpp"
#include "check_lists.hpp"
#include "websocket_probe.hpp"

namespace signalr::conformance {
namespace {

void the_peers_close_is_told(Bench& b) {
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{1000, 1001, 1011, 3000, 4999}) {
    const OpenWebsocket open = open_websocket(b);
    b.strand([&] { read_all(open.ws); });
    open.peer->close(code, "reason of the peer");
    require_end(b, open.ws, TransportFailure::closed, code);
    b.strand(
        [&] { b.require(open.ws.end->server_text() == "reason of the peer", "server_text is not the peer's reason"); });
  }
}

void the_peers_close_is_answered(Bench& b) {
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{1000, 1001, 1011, 3000, 4999}) {
    const OpenWebsocket open = open_websocket(b);
    b.strand([&] { read_all(open.ws); });
    open.peer->close(code, "");
    await_end(b, open.ws);
    b.wait_for([&] { return open.peer->close_code().has_value(); }, "the peer's close frame to be answered");
    b.require(open.peer->close_code() == code, "the peer's close frame was answered with another code");
  }
}

void an_empty_close_is_1005(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  open.peer->close(close_code::no_status, "");
  require_end(b, open.ws, TransportFailure::closed, close_code::no_status);
}

void a_cut_is_1006(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  open.peer->cut();
  await_end(b, open.ws);
  b.strand([&] {
    b.require(open.ws.end->failure() == TransportFailure::closed || open.ws.end->failure() == TransportFailure::io,
              "a connection without a close frame ended as " + std::string(name_of(open.ws.end->failure())));
    b.require(open.ws.end->close_code() == close_code::abnormal,
              "a connection without a close frame ended with a code other than 1006");
  });
}

void a_reset_is_1006(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  open.peer->reset();
  await_end(b, open.ws);
  b.strand([&] {
    b.require(open.ws.end->failure() == TransportFailure::io || open.ws.end->failure() == TransportFailure::closed,
              "a reset connection ended as " + std::string(name_of(open.ws.end->failure())));
    b.require(open.ws.end->close_code() == close_code::abnormal,
              "a reset connection ended with a code other than 1006");
  });
}

void messages_before_the_end_arrive(Bench& b) {
  for (const bool polite : {true, false}) {
    const OpenWebsocket open = open_websocket(b);
    b.strand([&] { read_all(open.ws); });
    for (int i = 0; i < 100; ++i) open.peer->send(MessageType::text, std::to_string(i));
    if (polite) {
      open.peer->close(close_code::going_away, "bye");
    } else {
      open.peer->cut();
    }
    await_end(b, open.ws);
    b.strand([&] {
      b.require(open.ws.frames.size() == 100, "only " + std::to_string(open.ws.frames.size()) +
                                                  " of 100 messages that were asked for came before the end");
    });
  }
}

void our_close_shakes_hands(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] {
    open.ws.read();
    open.ws.close(close_code::normal, "done here");
  });
  require_end(b, open.ws, TransportFailure::closed, close_code::normal);
  b.require(open.peer->close_code() == close_code::normal, "the peer got another close code");
  b.require(open.peer->close_reason() == "done here", "the peer got another close reason");
}

void our_close_needs_no_read(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { open.ws.close(close_code::going_away, ""); });
  require_end(b, open.ws, TransportFailure::closed, close_code::going_away);
  b.require(open.peer->close_code() == close_code::going_away, "the peer got another close code");
}

void the_peers_answer_counts(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  open.peer->set_answers_close(false);
  b.strand([&] { open.ws.close(close_code::normal, "ours"); });
  b.wait_for([&] { return open.peer->close_code().has_value(); }, "our close frame at the peer");
  b.settle();
  b.strand([&] { b.require(!open.ws.end, "on_end came before the peer had answered our close"); });
  open.peer->close(4321, "theirs");
  require_end(b, open.ws, TransportFailure::closed, 4321);
}

void our_close_comes_after_the_writes(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] {
    for (int i = 0; i < 100; ++i) open.ws.write(MessageType::text, std::string(1000, 'x'));
    open.ws.close(close_code::normal, "");
    open.ws.write(MessageType::text, "dropped");
    open.ws.close(4000, "a second call does nothing");
  });
  require_end(b, open.ws, TransportFailure::closed, close_code::normal);
  b.require(open.peer->message_count() == 100, "the peer got " + std::to_string(open.peer->message_count()) +
                                                   " of the 100 messages that were written before close");
  b.require(open.peer->close_code() == close_code::normal, "a second close replaced the first one");
  b.strand([&] { b.require(open.ws.written.size() <= 100, "on_written came for a message written after close"); });
}

void messages_after_our_close_are_dropped(Bench& b) {
  for (const bool reading : {false, true}) {
    const OpenWebsocket open = open_websocket(b);
    open.peer->set_answers_close(false);
    b.strand([&] {
      if (reading) open.ws.read();
      open.ws.close(close_code::normal, "");
    });
    b.wait_for([&] { return open.peer->close_code().has_value(); }, "our close frame at the peer");
    for (int i = 0; i < 20; ++i) open.peer->send(MessageType::text, std::string(100'000, 'x'));
    open.peer->close(close_code::normal, "");
    require_end(b, open.ws, TransportFailure::closed, close_code::normal);
    b.strand([&] { b.require(open.ws.frames.empty(), "a message that came after our close was told"); });
  }
}

void a_cut_after_our_close_is_1006(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  open.peer->set_answers_close(false);
  b.strand([&] { open.ws.close(close_code::normal, ""); });
  b.wait_for([&] { return open.peer->close_code().has_value(); }, "our close frame at the peer");
  open.peer->cut();
  await_end(b, open.ws);
  b.strand([&] {
    b.require(open.ws.end->close_code() == close_code::abnormal,
              "our close was not answered, but the end has a code other than 1006");
  });
}

void crossing_closes_end(Bench& b) {
  for (int i = 0; i < 50; ++i) {
    const OpenWebsocket open = open_websocket(b);
    open.peer->close(4001, "theirs");
    b.strand([&] {
      open.ws.read();
      open.ws.close(4002, "ours");
    });
    require_end(b, open.ws, TransportFailure::closed, 4001);
  }
}

void calls_after_the_end_do_nothing(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  open.peer->close(close_code::normal, "");
  await_end(b, open.ws);
  b.strand([&] {
    open.ws.read();
    open.ws.write(MessageType::text, "dropped");
    open.ws.close(close_code::normal, "");
  });
  b.settle();  // the probe reports what comes after the end
}

void calls_inside_on_end_do_nothing(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] {
    open.ws.on_end_hook = [](WebsocketProbe& ws) {
      ws.read();
      ws.write(MessageType::text, "dropped");
      ws.close(close_code::normal, "");
    };
    read_all(open.ws);
  });
  open.peer->cut();
  await_end(b, open.ws);
  b.settle();
}

void a_close_inside_on_frame_shakes_hands(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] {
    open.ws.on_frame_hook = [](WebsocketProbe& ws, const Frame&) {
      ws.read();
      ws.close(close_code::normal, "inside");
    };
    open.ws.read();
  });
  for (int i = 0; i < 10; ++i) open.peer->send(MessageType::text, "x");
  require_end(b, open.ws, TransportFailure::closed, close_code::normal);
  b.strand([&] { b.require(open.ws.frames.size() == 1, "a message came after a close inside on_frame"); });
  b.require(open.peer->close_reason() == "inside", "the peer got another close reason");
}

void destruction_sends_no_close_frame(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { open.ws.destroy(); });
  b.wait_for([&] { return open.peer->gone(); }, "the connection to be closed when its object was destroyed");
  b.require(!open.peer->close_code(), "destroying the connection sent a close frame");
}

void an_unread_connection_still_ends_by_close(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  for (int i = 0; i < 50; ++i) open.peer->send(MessageType::text, std::string(50'000, 'x'));
  b.settle();
  b.strand([&] { open.ws.close(close_code::normal, "tired"); });
  await_end(b, open.ws);
  b.strand([&] { b.require(open.ws.frames.empty(), "a message that nobody asked for came after close"); });
}

}  // namespace

void add_close_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&), unsigned needs = 0) {
    checks.push_back(make_check(name, needs, body));
  };
  add("the peer's close is TransportFailure::closed with its code and reason", the_peers_close_is_told);
  add("the peer's close is answered with its code", the_peers_close_is_answered, offer::network);
  add("a close frame without a code is 1005", an_empty_close_is_1005);
  add("the end without a close frame is 1006", a_cut_is_1006);
  add("a reset connection is 1006", a_reset_is_1006, offer::network);
  add("messages before the end arrive when they are asked for", messages_before_the_end_arrive);
  add("close shakes hands and then ends with TransportFailure::closed", our_close_shakes_hands);
  add("close needs no read", our_close_needs_no_read);
  add("close waits for the peer's frame and tells its code", the_peers_answer_counts);
  add("close comes after the writes so far; later writes and closes do nothing", our_close_comes_after_the_writes);
  add("messages that come after close are dropped", messages_after_our_close_are_dropped);
  add("a cut instead of the peer's close frame is 1006", a_cut_after_our_close_is_1006);
  add("closes that cross end with the peer's code", crossing_closes_end);
  add("calls after the end do nothing", calls_after_the_end_do_nothing);
  add("calls inside on_end do nothing", calls_inside_on_end_do_nothing);
  add("close inside on_frame shakes hands, and no message follows", a_close_inside_on_frame_shakes_hands);
  add("destroying the connection ends it without a close frame", destruction_sends_no_close_frame);
  add("close ends a connection that nobody reads", an_unread_connection_still_ends_by_close);
}

}  // namespace signalr::conformance
