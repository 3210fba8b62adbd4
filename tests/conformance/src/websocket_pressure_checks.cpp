// WebsocketConn: who doesn't take is not pushed, and bounded memory is held for them.
#include <algorithm>
#include <chrono>
#include <string>

#include "bench.hpp"
#include "check_lists.hpp"
#include "websocket_probe.hpp"

namespace signalr::conformance {
namespace {

constexpr std::size_t kMessage = 64 * 1024;

/// More than may be held, in messages.
std::size_t too_many(Bench& b) { return b.fixture().max_held_bytes() * 2 / kMessage; }

/// Waits until a number doesn't grow any more, or has reached its end.
std::size_t plateau(Bench& b, std::size_t end, const std::function<std::size_t()>& number) {
  std::size_t last = 0;
  for (;;) {
    for (int i = 0; i < 3; ++i) b.settle();
    const std::size_t now = number();
    if (now == last || now >= end) return now;
    last = now;
  }
}

void unread_messages_stay_with_the_peer(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  const std::size_t messages = too_many(b);
  for (std::size_t i = 0; i < messages; ++i) open.peer->send(MessageType::text, std::string(kMessage, 'x'));
  const std::size_t taken = plateau(b, messages * kMessage, [&] { return open.peer->taken_bytes(); });
  b.require(taken <= b.fixture().max_held_bytes(), "the peer could send " + std::to_string(taken) +
                                                       " bytes while nobody read, more than Fixture::max_held_bytes");
  b.strand([&] {
    b.require(open.ws.frame_count == 0, "a message came although nobody read");
    open.ws.keep_frames = false;
    read_all(open.ws);
  });
  b.until([&] { return open.ws.frame_count == messages; }, "all messages, once they were read");
}

void an_end_behind_unread_messages_comes(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  const std::size_t messages = too_many(b);
  for (std::size_t i = 0; i < messages; ++i) open.peer->send(MessageType::binary, std::string(kMessage, 'x'));
  open.peer->close(close_code::going_away, "");
  b.settle();
  b.strand([&] {
    open.ws.keep_frames = false;
    read_all(open.ws);
  });
  require_end(b, open.ws, TransportFailure::closed, close_code::going_away);
  b.strand([&] { b.require(open.ws.frame_count == messages, "messages that were asked for were lost at the end"); });
}

void write_never_blocks(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  open.peer->set_reading(false);
  const std::size_t messages = too_many(b);
  Duration slowest{};
  b.strand([&] {
    for (std::size_t i = 0; i < messages; ++i) {
      std::string payload(kMessage, 'x');
      slowest = std::max(slowest, time_of([&] { open.ws.write(MessageType::binary, std::move(payload)); }));
    }
  });
  b.require(slowest < std::chrono::seconds(5), "write blocked while the peer did not read");

  const std::size_t handed = plateau(b, messages, [&] { return b.strand([&] { return open.ws.written.size(); }); });
  b.require(handed * kMessage <= b.fixture().max_held_bytes(),
            "on_written came for " + std::to_string(handed * kMessage) +
                " bytes while the peer did not read: they can't have been handed to the network");

  open.peer->set_reading(true);
  b.wait_for([&] { return open.peer->message_count() == messages; }, "all messages, once the peer read");
  b.until([&] { return open.ws.written.size() == messages; }, "on_written for all messages, once the peer read");
}

void stuck_writes_can_be_given_up(Bench& b) {
  const Duration fastest = fastest_of(3, [&] {
    const OpenWebsocket open = open_websocket(b, "/stuck");
    open.peer->set_reading(false);
    b.strand([&] {
      for (std::size_t i = 0; i < too_many(b); ++i) open.ws.write(MessageType::binary, std::string(kMessage, 'x'));
    });
    b.settle();
    return b.strand([&] { return time_of([&] { open.ws.destroy(); }); });
  });
  b.require(fastest < std::chrono::milliseconds(50),
            "destroying a connection whose writes are stuck took more than 50 ms");
}

void stuck_writes_dont_stop_reads(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  open.peer->set_reading(false);
  b.strand([&] {
    for (std::size_t i = 0; i < too_many(b); ++i) open.ws.write(MessageType::binary, std::string(kMessage, 'x'));
    read_all(open.ws);
  });
  open.peer->send(MessageType::text, "still here");
  b.until([&] { return open.ws.frames.size() == 1; }, "a message while writes are stuck");
}

}  // namespace

void add_websocket_pressure_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&)) {
    checks.push_back(make_check(name, offer::network, body));
  };
  add("not reading stops the peer after a bounded amount", unread_messages_stay_with_the_peer);
  add("an end behind many unread messages comes after them", an_end_behind_unread_messages_comes);
  add("write never blocks, and on_written waits for the network", write_never_blocks);
  add("a connection with stuck writes is destroyed at once", stuck_writes_can_be_given_up);
  add("stuck writes don't stop reads", stuck_writes_dont_stop_reads);
}

}  // namespace signalr::conformance
