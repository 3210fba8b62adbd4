// WebsocketConn: frames that break RFC 6455, or come in odd pieces.
#include <string>

#include "bench.hpp"
#include "check_lists.hpp"
#include "peer_wire.hpp"
#include "websocket_probe.hpp"

namespace signalr::conformance {
namespace {

/// The first byte of a frame, and of a frame that goes on.
constexpr unsigned char final_frame(unsigned opcode) { return static_cast<unsigned char>(0x80 | opcode); }
constexpr unsigned char first_of_many(unsigned opcode) { return static_cast<unsigned char>(opcode); }

/// Sends bytes on an open connection; it must end like this, without a message, and the peer be told the code.
void require_rejection(Bench& b, const std::string& what, const std::string& bytes, TransportFailure failure,
                       std::uint16_t code) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  open.peer->send_raw(bytes);
  b.until([&] { return open.ws.end.has_value(); }, "on_end after " + what);
  b.strand([&] {
    b.require(open.ws.frames.empty(), what + " was told as a message");
    b.require(open.ws.end->failure() == failure, what + " ended the connection as " +
                                                     std::string(name_of(open.ws.end->failure())) + ", not " +
                                                     std::string(name_of(failure)));
    b.require(open.ws.end->close_code() == code, what + " ended the connection with the code " +
                                                     std::to_string(open.ws.end->close_code().value_or(0)) + ", not " +
                                                     std::to_string(code));
  });
  b.wait_for([&] { return open.peer->close_code().has_value() || open.peer->gone(); },
             "the connection's end at the peer");
  b.require(open.peer->close_code() == code,
            "the peer was not told the close code " + std::to_string(code) + " after " + what);
}

void require_protocol_error(Bench& b, const std::string& what, const std::string& bytes) {
  require_rejection(b, what, bytes, TransportFailure::protocol, close_code::protocol_error);
}

void masked_frames(Bench& b) {
  require_protocol_error(b, "a masked frame", std::string("\x81\x82\x01\x02\x03\x04hi", 8));
}

void reserved_bits(Bench& b) {
  for (const unsigned bit : {0x40U, 0x20U, 0x10U}) {
    require_protocol_error(b, "a frame with a reserved bit",
                           server_frame(static_cast<unsigned char>(0x81 | bit), "hi"));
  }
}

void unknown_opcodes(Bench& b) {
  for (const unsigned opcode : {0x3U, 0x7U, 0xBU, 0xFU}) {
    require_protocol_error(b, "a frame with an unknown opcode", server_frame(final_frame(opcode), ""));
  }
}

void bad_control_frames(Bench& b) {
  require_protocol_error(b, "a fragmented ping", server_frame(first_of_many(op::ping), "x"));
  require_protocol_error(b, "a fragmented close frame", server_frame(first_of_many(op::close), ""));
  require_protocol_error(b, "a ping of 126 bytes", server_frame(op::ping, std::string(126, 'x')));
  require_protocol_error(b, "a close frame of one byte", server_frame(op::close, "x"));
}

void bad_fragments(Bench& b) {
  require_protocol_error(b, "a continuation of nothing", server_frame(op::continuation, "x"));
  require_protocol_error(b, "a new message before the end of the last one",
                         server_frame(first_of_many(op::text), "x") + server_frame(op::text, "y"));
}

void bad_close_codes(Bench& b) {
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000}) {
    const std::string payload = {static_cast<char>(code / 256), static_cast<char>(code % 256)};
    require_protocol_error(b, "a close frame with the code " + std::to_string(code), server_frame(op::close, payload));
  }
}

void bad_lengths(Bench& b) {
  require_protocol_error(b, "a length of more than 2^63", std::string("\x82\x7F\x80\0\0\0\0\0\0\x01", 10));
  require_protocol_error(b, "a length of 5 in 16 bits", std::string("\x81\x7E\0\x05hello", 9));
  require_protocol_error(b, "a length of 5 in 64 bits", std::string("\x81\x7F\0\0\0\0\0\0\0\x05hello", 15));
}

void announced_giants(Bench& b) {
  require_rejection(b, "a message announced with 2^62 bytes", std::string("\x82\x7F\x40\0\0\0\0\0\0\0", 10),
                    TransportFailure::limit, close_code::message_too_big);
}

void invalid_utf8(Bench& b) {
  for (const char* text : {"\xFF", "a\x80z", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "caf\xC3"}) {
    require_rejection(b, "text in invalid UTF-8", server_frame(op::text, text), TransportFailure::protocol,
                      close_code::invalid_payload);
  }
  require_rejection(b, "a fragmented text in invalid UTF-8",
                    server_frame(first_of_many(op::text), "\xE2\x82") + server_frame(op::continuation, "x"),
                    TransportFailure::protocol, close_code::invalid_payload);
}

void valid_utf8(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  const std::string text =
      std::string("\0\x7F", 2) +
      "\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF";
  open.peer->send_raw(server_frame(op::text, text));
  b.until([&] { return open.ws.frames.size() == 1; }, "a text with the limits of UTF-8");
  b.strand([&] { b.require(open.ws.frames[0].payload == text, "a text with the limits of UTF-8 arrived changed"); });
}

void frames_in_single_bytes(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  const std::string bytes = server_frame(op::text, "one") + server_frame(op::ping, "p") +
                            server_frame(op::binary, std::string(130, 'x')) +
                            server_frame(first_of_many(op::text), "\xC3") + server_frame(op::continuation, "\xBC");
  for (const char byte : bytes) {
    const std::size_t before = open.peer->taken_bytes();
    open.peer->send_raw(std::string(1, byte));
    b.wait_for([&] { return open.peer->taken_bytes() > before; }, "the peer to send a byte");
  }
  b.until([&] { return open.ws.frames.size() == 3; }, "messages that came byte by byte");
  b.strand([&] {
    b.require(open.ws.frames[0].payload == "one" && open.ws.frames[1].payload == std::string(130, 'x') &&
                  open.ws.frames[2].payload == "\xC3\xBC",
              "messages that came byte by byte arrived changed");
  });
}

void messages_before_a_violation_arrive(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  open.peer->send_raw(server_frame(op::text, "good") + server_frame(final_frame(0x3), "bad") +
                      server_frame(op::text, "late"));
  require_end(b, open.ws, TransportFailure::protocol, close_code::protocol_error);
  b.strand([&] {
    b.require(open.ws.frames.size() == 1 && open.ws.frames[0].payload == "good",
              "before a violation of the protocol came " + std::to_string(open.ws.frames.size()) +
                  " messages, not the one that was good");
  });
}

void cut_frames_are_1006(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  open.peer->send_raw(server_frame(op::text, "never completed").substr(0, 7));
  open.peer->cut();
  await_end(b, open.ws);
  b.strand([&] {
    b.require(open.ws.frames.empty(), "a message that was cut was told");
    b.require(open.ws.end->close_code() == close_code::abnormal,
              "a connection cut inside a message ended with a code other than 1006");
  });
}

void many_empty_fragments(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  std::string flood = server_frame(first_of_many(op::text), "");
  for (int i = 0; i < 100'000; ++i) flood += server_frame(first_of_many(op::continuation), "");
  open.peer->send_raw(flood + server_frame(op::continuation, "end"));
  b.until([&] { return open.ws.frames.size() == 1; }, "a message in 100,000 empty fragments");
  b.strand(
      [&] { b.require(open.ws.frames[0].payload == "end", "a message in 100,000 empty fragments arrived changed"); });
}

void bytes_after_a_close_are_ignored(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  b.strand([&] { read_all(open.ws); });
  open.peer->send_raw(server_frame(op::close, close_payload(close_code::normal, "bye")) +
                      server_frame(op::text, "late") + "\xFF\xFF");
  require_end(b, open.ws, TransportFailure::closed, close_code::normal);
  b.strand([&] { b.require(open.ws.frames.empty(), "a message after the peer's close frame was told"); });
}

}  // namespace

void add_hostile_frame_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&)) {
    checks.push_back(make_check(name, offer::raw_bytes, body));
  };
  add("a masked frame is a protocol error", masked_frames);
  add("reserved bits are a protocol error", reserved_bits);
  add("unknown opcodes are a protocol error", unknown_opcodes);
  add("fragmented, long and cut control frames are a protocol error", bad_control_frames);
  add("fragments out of place are a protocol error", bad_fragments);
  add("close codes that are not for the wire are a protocol error", bad_close_codes);
  add("lengths beyond 2^63 or not in their shortest form are a protocol error", bad_lengths);
  add("an announced length beyond max_message_bytes is TransportFailure::limit before it comes", announced_giants);
  add("invalid UTF-8 is TransportFailure::protocol, with 1007 to the peer", invalid_utf8);
  add("valid UTF-8 at its limits arrives", valid_utf8);
  add("frames may come byte by byte", frames_in_single_bytes);
  add("messages before a violation arrive, none after it", messages_before_a_violation_arrive);
  add("a connection cut inside a message is 1006", cut_frames_are_1006);
  add("a message may have very many empty fragments", many_empty_fragments);
  add("what comes after the peer's close frame is ignored", bytes_after_a_close_are_ignored);
}

}  // namespace signalr::conformance
