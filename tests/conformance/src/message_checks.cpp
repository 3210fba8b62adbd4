// WebsocketConn: messages in both directions.
#include <algorithm>
#include <string>
#include <vector>

#include "bench.hpp"
#include "check_lists.hpp"
#include "peer_wire.hpp"
#include "websocket_probe.hpp"

namespace signalr::conformance {
namespace {

void messages_arrive_whole_and_in_order(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  const std::vector<Frame> sent = {{MessageType::text, "first"},
                                   {MessageType::text, ""},
                                   {MessageType::binary, std::string("\0\xFF\x80 bytes", 9)},
                                   {MessageType::text, "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80"},
                                   {MessageType::text, std::string(125, 'a')},
                                   {MessageType::text, std::string(126, 'b')},
                                   {MessageType::text, std::string(65'535, 'c')},
                                   {MessageType::binary, std::string(65'536, 'd')},
                                   {MessageType::text, std::string(1'000'000, 'e')}};
  for (const Frame& frame : sent) open.peer->send(frame.type, frame.payload);
  b.strand([&] { read_all(open.ws); });
  b.until([&] { return open.ws.frames.size() == sent.size(); }, "all messages of the peer");
  b.strand([&] {
    for (std::size_t i = 0; i < sent.size(); ++i) {
      b.require(
          open.ws.frames[i].type == sent[i].type && open.ws.frames[i].payload == sent[i].payload,
          "message " + std::to_string(i) + " of " + std::to_string(sent[i].payload.size()) + " bytes arrived changed");
    }
  });
}

void fragments_are_joined(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  open.peer->send_fragments(MessageType::text, {"Gr\xC3", "", "\xBC\xC3\x9F", "e"});  // cut inside of characters
  open.peer->send_fragments(MessageType::binary, {"", std::string(70'000, 'x'), "y"});
  open.peer->send(MessageType::text, "whole");
  b.strand([&] { read_all(open.ws); });
  b.until([&] { return open.ws.frames.size() == 3; }, "two fragmented messages and a whole one");
  b.strand([&] {
    b.require(open.ws.frames[0].payload ==
                  "Gr\xC3\xBC\xC3\x9F"
                  "e",
              "a fragmented text arrived changed");
    b.require(
        open.ws.frames[1].type == MessageType::binary && open.ws.frames[1].payload == std::string(70'000, 'x') + "y",
        "a fragmented binary message arrived changed");
    b.require(open.ws.frames[2].payload == "whole", "a message after a fragmented one arrived changed");
  });
}

void one_read_gives_one_message(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  for (const char* text : {"one", "two", "three"}) open.peer->send(MessageType::text, text);
  b.settle();
  b.strand([&] {
    b.require(open.ws.frames.empty(), "a message came although nobody read");
    open.ws.read();
    open.ws.read();  // does nothing
    open.ws.read();
  });
  b.until([&] { return open.ws.frames.size() == 1; }, "the message that one read asked for");
  b.settle();  // the probe reports a frame without a read
  b.strand([&] { open.ws.read(); });
  b.until([&] { return open.ws.frames.size() == 2; }, "the message that a second read asked for");
  b.strand([&] {
    b.require(open.ws.frames[0].payload == "one" && open.ws.frames[1].payload == "two",
              "reads gave the wrong messages");
  });
}

void a_read_waits_for_its_message(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { open.ws.read(); });
  b.settle();
  open.peer->send(MessageType::text, "late");
  b.until([&] { return open.ws.frames.size() == 1; }, "a message that came after the read");
}

void early_messages_are_kept(Bench& b) {
  WebsocketProbe& ws = b.websocket();
  b.peer().on_request([](PeerExchange& exchange) {
    exchange.accept({});
    exchange.send(MessageType::text, "early");
    exchange.send(MessageType::text, "too");
  });
  b.strand([&] { ws.dial(dial_request(b.peer().ws_url("/"))); });
  b.until([&] { return ws.result.has_value(); }, "the dial's handler");
  b.settle();
  b.strand([&] {
    b.require(ws.conn != nullptr, "a dial that was answered with 101 and messages at once gave no connection");
    ws.start();
  });
  b.settle();
  b.strand([&] { read_all(ws); });
  b.until([&] { return ws.frames.size() == 2; }, "messages that came before start");
  b.strand([&] { b.require(ws.frames[0].payload == "early", "messages that came before start came out of order"); });
}

void reads_inside_on_frame_dont_recurse(Bench& b) {
  constexpr std::size_t kMessages = 100'000;
  const OpenWebsocket open = open_websocket(b);
  for (std::size_t i = 0; i < kMessages; ++i) open.peer->send(MessageType::text, "{}");
  // The probe reports a callback inside read; the depth of the stack is then one for all.
  b.strand([&] {
    open.ws.keep_frames = false;
    read_all(open.ws);
  });
  b.until([&] { return open.ws.frame_count == kMessages; }, "100,000 messages read from inside on_frame");
}

void writes_arrive_in_order(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  std::vector<std::string> sent;
  for (std::size_t i = 0; i < 200; ++i) sent.push_back(std::to_string(i) + std::string(i % 7 == 0 ? i * 500 : i, 'x'));
  sent.push_back("");
  sent.push_back(std::string("\0\xFF", 2));
  b.strand([&] {
    for (const std::string& payload : sent) {
      open.ws.write(payload.size() == 2 ? MessageType::binary : MessageType::text, payload);
    }
  });
  b.wait_for([&] { return open.peer->message_count() == sent.size(); }, "all messages to arrive at the peer");
  const auto arrived = open.peer->messages();
  for (std::size_t i = 0; i < sent.size(); ++i) {
    b.require(arrived[i].payload == sent[i], "message " + std::to_string(i) + " arrived changed or out of order");
    b.require((arrived[i].type == MessageType::binary) == (sent[i].size() == 2),
              "a message arrived with the other type");
  }
}

void buffers_come_back_in_order(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  constexpr std::size_t kWrites = 50;
  std::vector<const char*> buffers;
  b.strand([&] {
    for (std::size_t i = 0; i < kWrites; ++i) {
      std::string payload(1000 + i, 'x');
      buffers.push_back(payload.data());
      open.ws.write(MessageType::text, std::move(payload));
    }
  });
  b.until([&] { return open.ws.written.size() == kWrites; }, "on_written for each write");
  b.settle();
  b.strand([&] {
    b.require(open.ws.written.size() == kWrites, "on_written came more often than write");
    for (std::size_t i = 0; i < kWrites; ++i) {
      b.require(open.ws.written[i].data() == buffers[i], "on_written gave another buffer than the oldest write's");
    }
  });
}

void writes_inside_callbacks_go_out(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] {
    open.ws.on_frame_hook = [](WebsocketProbe& ws, const Frame& frame) {
      ws.write(MessageType::text, "echo " + frame.payload);
      ws.read();
    };
    open.ws.on_written_hook = [](WebsocketProbe& ws) {
      if (ws.written.size() < 10) ws.write(MessageType::text, "again");
    };
    open.ws.read();
  });
  open.peer->send(MessageType::text, "a");
  b.wait_for([&] { return open.peer->message_count() == 10; }, "what was written inside callbacks to arrive");
  b.require(open.peer->messages()[0].payload == "echo a", "an echo arrived changed");
}

void write_without_a_read(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { open.ws.write(MessageType::text, "no read is outstanding"); });
  b.wait_for([&] { return open.peer->message_count() == 1; }, "a message written while no read is outstanding");
}

void both_directions_at_once(Bench& b) {
  constexpr std::size_t kMessages = 2000;
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] {
    open.ws.keep_frames = false;
    read_all(open.ws);
    for (std::size_t i = 0; i < kMessages; ++i) open.ws.write(MessageType::text, std::string(200, 'w'));
  });
  for (std::size_t i = 0; i < kMessages; ++i) open.peer->send(MessageType::text, std::string(200, 'p'));
  b.wait_for([&] { return open.peer->message_count() == kMessages; }, "all messages to the peer");
  b.until([&] { return open.ws.frame_count == kMessages; }, "all messages from the peer");
}

void pings_are_answered(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  // One after the other, since one pong may answer all pings before it (RFC 6455 §5.5.3).
  for (const char* text : {"are you there", "", "and now"}) {
    const std::size_t before = open.peer->pongs().size();
    open.peer->send_raw(server_frame(op::ping, text));
    b.wait_for([&] { return open.peer->pongs().size() > before; },
               "the pong for a ping that carries \"" + std::string(text) + "\"");
    b.require(open.peer->pongs().back() == text, "a pong does not carry what its ping carried");
  }
  b.strand([&] { b.require(open.ws.frames.empty(), "a ping was told as a message"); });
}

void pongs_are_ignored(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  open.peer->send_raw(server_frame(op::pong, "nobody asked"));
  open.peer->send(MessageType::text, "after");
  b.until([&] { return !open.ws.frames.empty(); }, "a message after a pong");
  b.strand([&] { b.require(open.ws.frames[0].payload == "after", "a pong was told as a message"); });
}

void control_frames_come_between_fragments(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  open.peer->send_raw(server_frame(static_cast<unsigned char>(op::text), "be") + server_frame(op::ping, "p") +
                      server_frame(static_cast<unsigned char>(op::continuation), "twe") + server_frame(op::pong, "q") +
                      server_frame(op::continuation, "en"));
  b.until([&] { return open.ws.frames.size() == 1; }, "a message with a ping and a pong between its fragments");
  b.strand([&] { b.require(open.ws.frames[0].payload == "between", "control frames changed a fragmented message"); });
  b.wait_for([&] { return open.peer->pongs().size() == 1; }, "the pong for a ping between fragments");
}

void messages_are_limited(Bench& b) {
  for (const bool fragmented : {false, true}) {
    DialRequest request = dial_request(b.peer().ws_url("/"));
    request.max_message_bytes = 1000;
    const OpenWebsocket open = open_websocket(b, std::move(request), {});
    b.strand([&] { read_all(open.ws); });
    open.peer->send(MessageType::text, std::string(1000, 'x'));
    b.until([&] { return open.ws.frames.size() == 1; }, "a message of exactly max_message_bytes");
    if (fragmented) {
      open.peer->send_fragments(MessageType::text, {std::string(600, 'x'), std::string(401, 'x')});
    } else {
      open.peer->send(MessageType::text, std::string(1001, 'x'));
    }
    require_end(b, open.ws, TransportFailure::limit, close_code::message_too_big);
    b.strand([&] {
      b.require(open.ws.frames.size() == 1, "a message beyond max_message_bytes was told");
      const std::string what = open.ws.end->what();
      b.require(what.find("max_message_bytes") != std::string::npos,
                "TransportFailure::limit does not name its option: " + what);
    });
    b.wait_for([&] { return open.peer->close_code() == close_code::message_too_big; },
               "a close frame with 1009 at the peer");
  }
}

}  // namespace

void add_message_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&), unsigned needs = 0) {
    checks.push_back(make_check(name, needs, body));
  };
  add("messages arrive whole and in order", messages_arrive_whole_and_in_order);
  add("fragments are joined", fragments_are_joined);
  add("one read gives one message, and asking twice does nothing", one_read_gives_one_message);
  add("a read waits for its message", a_read_waits_for_its_message);
  add("messages that come before start are kept", early_messages_are_kept);
  add("read inside on_frame doesn't recurse", reads_inside_on_frame_dont_recurse);
  add("writes arrive in order, as they are", writes_arrive_in_order);
  add("on_written gives the buffers back, oldest first", buffers_come_back_in_order);
  add("writes inside callbacks go out", writes_inside_callbacks_go_out);
  add("writes go out without a read", write_without_a_read);
  add("both directions work at once", both_directions_at_once);
  add("pings are answered", pings_are_answered, offer::raw_bytes);
  add("pongs are ignored", pongs_are_ignored, offer::raw_bytes);
  add("control frames may come between fragments", control_frames_come_between_fragments, offer::raw_bytes);
  add("a message beyond max_message_bytes is TransportFailure::limit, with 1009 to the peer", messages_are_limited);
}

}  // namespace signalr::conformance
