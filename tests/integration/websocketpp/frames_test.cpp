// RFC 6455's frames: messages in pieces, control frames, closing, and everything that a hostile peer can send.
#include "client.hpp"
#include "peer.hpp"

using namespace signalr;
using client::AnyExecutor;
using client::request_for;
using client::Session;
using peer::frame;
using peer::text;

namespace {

/// Sends these bytes after the upgrade, expects a close frame with this code, and then the client's end.
peer::Script reject_script(std::string bytes, int& code) {
  return [bytes = std::move(bytes), &code](peer::Link& link) {
    link.upgrade();
    link.send(bytes);
    code = link.read_close();
    link.read_to_end();
  };
}

struct Rejection {
  TransportError error;
  int code_on_the_wire;
};

Rejection reject(const std::string& bytes, std::size_t max_message_bytes = 1 << 20) {
  int code = 0;
  peer::Server server(reject_script(bytes, code));
  DialRequest request = request_for(server.at());
  request.max_message_bytes = max_message_bytes;
  Session session(make_asio_event_loop(), std::move(request));
  TransportError error = session.end();
  session.drop();
  server.finish();
  CHECK(session.sink.frames() == 0);
  return {error, code};
}

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

}  // namespace

TEST_CASE("P#64 a message in pieces is put together, with control frames between them handled") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) {
    link.upgrade();
    link.send(frame(0x01, "in ") + frame(0x89, "are you there?") + frame(0x00, "three ") + frame(0x8A, "unasked") +
              frame(0x80, "pieces") + text("next"));
    const peer::Frame pong = link.read_frame();
    CHECK(pong.first == 0x8A);
    CHECK(pong.payload == "are you there?");
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  CHECK(session.next().payload == "in three pieces");
  CHECK(session.next().payload == "next");
  session.drop();
  server.finish();
}

TEST_CASE("P#64 frames may be cut anywhere") {
  const std::string messages = text(std::string(70000, 'a')) + frame(0x01, "p\xC3") + frame(0x80, "\xA9q") +
                               text(std::string(200, 'b')) + frame(0x82, "binary") + text("");
  peer::Server server([&messages](peer::Link& link) {
    link.upgrade();
    std::string_view left = messages;
    for (std::size_t piece = 1; !left.empty(); piece = piece < 7000 ? piece * 3 : 1) {
      link.send(left.substr(0, piece));
      left.remove_prefix(std::min(piece, left.size()));
    }
    link.read_to_end();
  });
  Session session(make_asio_event_loop(), request_for(server.at()));
  CHECK(session.next().payload == std::string(70000, 'a'));
  CHECK(session.next().payload == "p\xC3\xA9q");
  CHECK(session.next().payload == std::string(200, 'b'));
  const auto binary = session.next();
  CHECK(binary.type == MessageType::binary);
  CHECK(binary.payload == "binary");
  const auto empty = session.next();
  CHECK(empty.type == MessageType::text);
  CHECK(empty.payload.empty());
}

TEST_CASE("P#65 a ping is answered with its payload, a pong is ignored, binary is handed on as such") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) {
    link.upgrade();
    link.send(frame(0x89, std::string(125, 'p')));
    const peer::Frame pong = link.read_frame();
    CHECK(pong.first == 0x8A);
    CHECK(pong.payload == std::string(125, 'p'));
    link.send(frame(0x8A, "never asked") + frame(0x82, std::string("\0\xFF", 2)));
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  const auto message = session.next();
  CHECK(message.type == MessageType::binary);
  CHECK(message.payload == std::string("\0\xFF", 2));
  session.drop();
  server.finish();
}

TEST_CASE("P#131 what breaks the protocol is answered with close 1002 and ends the connection") {
  struct Case {
    const char* what;
    std::string sent, says;
  };
  const std::string huge_start = bytes({0x01, 1, 'a'});
  for (const Case& wrong : std::vector<Case>{
           {"a masked frame", bytes({0x81, 0x85, 1, 2, 3, 4}) + "xxxxx", "masked"},
           {"RSV1", frame(0xC1, "x"), "reserved bit"},
           {"RSV2", frame(0xA1, "x"), "reserved bit"},
           {"RSV3", frame(0x91, "x"), "reserved bit"},
           {"RSV1 on a ping", frame(0xC9, "x"), "reserved bit"},
           {"opcode 3", frame(0x83, "x"), "opcode"},
           {"opcode 7", frame(0x87, "x"), "opcode"},
           {"opcode 11", frame(0x8B, "x"), "opcode"},
           {"opcode 15", frame(0x8F, "x"), "opcode"},
           {"a ping in pieces", frame(0x09, "x"), "pieces"},
           {"a close in pieces", frame(0x08, "x"), "pieces"},
           {"a ping of 126 bytes, two bytes of it sent", bytes({0x89, 126}), "125"},
           {"a ping of 64-bit length, two bytes of it sent", bytes({0x89, 127}), "125"},
           {"a continuation of nothing", frame(0x80, "x"), "order"},
           {"a message inside another", frame(0x01, "x") + text("y"), "order"},
           {"a length of 2^63", bytes({0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0}), "2^63"},
           {"a length of 2^64-1", bytes({0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255}), "2^63"},
           {"a continuation of 2^64-1, whose sum is small",
            huge_start + bytes({0x80, 127, 255, 255, 255, 255, 255, 255, 255, 255}), "2^63"},
           {"16 bits for a short length", bytes({0x81, 126, 0, 5}) + "xxxxx", "more bytes"},
           {"64 bits for a short length", bytes({0x81, 127, 0, 0, 0, 0, 0, 0, 0, 5}) + "xxxxx", "more bytes"},
           {"close 999", peer::close_frame(999), "code"},
           {"close 1004", peer::close_frame(1004), "code"},
           {"close 1005", peer::close_frame(1005), "code"},
           {"close 1006", peer::close_frame(1006), "code"},
           {"close 1015", peer::close_frame(1015), "code"},
           {"close 2999", peer::close_frame(2999), "code"},
           {"close 5000", peer::close_frame(5000), "code"},
           {"close 65535", peer::close_frame(65535), "code"},
           {"a close frame of one byte", frame(0x88, "x"), "code"},
       }) {
    CAPTURE(wrong.what);
    const auto [error, code] = reject(wrong.sent);
    CHECK(error.failure() == TransportFailure::protocol);
    CHECK(error.close_code() == close_code::protocol_error);
    CHECK(code == 1002);
    CHECK(std::string(error.what()).find(wrong.says) != std::string::npos);
  }
}

TEST_CASE("P#121 P#123 text that is not UTF-8 is answered with close 1007, in one frame and in pieces") {
  for (const std::string& bad : std::vector<std::string>{
           std::string("\xFF"), std::string("\xC0\xAF"), std::string("\xE0\x80\x80"), std::string("\xED\xA0\x80"),
           std::string("\xF4\x90\x80\x80"), std::string("\xF8\x88\x80\x80\x80"), std::string("\x80"),
           std::string("\xC3"), std::string("\xE2\x82"), std::string("\xF0\x9F\x98"), std::string(100, 'x') + '\xFE',
           std::string("\xC3\xA9\xC3(")}) {
    const std::string sent_whole = text("{\"a\":\"" + bad);
    const std::string sent_in_pieces = frame(0x01, "{\"a\":\"") + frame(0x80, bad);
    const std::string sent_bytewise = [&] {
      std::string out = frame(0x01, "");
      for (const char c : bad) out += frame(0x00, std::string(1, c));
      return out + frame(0x80, "");
    }();
    for (const std::string& sent : {sent_whole, sent_in_pieces, sent_bytewise}) {
      CAPTURE(bad);
      const auto [error, code] = reject(sent);
      CHECK(error.failure() == TransportFailure::protocol);
      CHECK(error.close_code() == close_code::invalid_payload);
      CHECK(code == 1007);
    }
  }
  const auto [error, code] = reject(peer::close_frame(1000, "\xFF"));
  CHECK(error.failure() == TransportFailure::protocol);
  CHECK(code == 1007);
}

TEST_CASE("text of all lengths of characters is taken, wherever it is cut") {
  const std::string every =
      "a\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF";
  const std::string long_text = std::string(61, 'x') + every + std::string(33, 'y') + every;
  peer::Server server([&](peer::Link& link) {
    link.upgrade(text(every) + text(long_text));
    for (std::size_t cut = 0; cut <= every.size(); ++cut) {
      link.send(frame(0x01, every.substr(0, cut)) + frame(0x80, every.substr(cut)));
    }
    link.read_to_end();
  });
  Session session(make_asio_event_loop(), request_for(server.at()));
  CHECK(session.next().payload == every);
  CHECK(session.next().payload == long_text);
  for (std::size_t cut = 0; cut <= every.size(); ++cut) CHECK(session.next().payload == every);
}

TEST_CASE("P#125 a message over the limit is answered with close 1009, before its bytes are there") {
  for (const std::string& sent :
       {text(std::string(1001, 'x')), bytes({0x81, 126, 0x7F, 0xFF}), bytes({0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0}),
        frame(0x01, std::string(600, 'x')) + frame(0x80, std::string(401, 'x'))}) {
    const auto [error, code] = reject(sent, 1000);
    CHECK(error.failure() == TransportFailure::limit);
    CHECK(error.close_code() == close_code::message_too_big);
    CHECK(code == 1009);
    const std::string what = error.what();
    CHECK(what.find("max_message_bytes, which is 1000") != std::string::npos);
  }
}

TEST_CASE("P#125 a message of exactly the limit is taken, whole and in pieces") {
  peer::Server server([](peer::Link& link) {
    link.upgrade(text(std::string(1000, 'x')) + frame(0x01, std::string(600, 'y')) +
                 frame(0x80, std::string(400, 'y')));
    link.read_to_end();
  });
  DialRequest request = request_for(server.at());
  request.max_message_bytes = 1000;
  Session session(make_asio_event_loop(), std::move(request));
  CHECK(session.next().payload == std::string(1000, 'x'));
  CHECK(session.next().payload.size() == 1000);
}

TEST_CASE("frames before the bad one are delivered first") {
  int code = 0;
  peer::Server server(reject_script(text("good") + frame(0x83, "bad"), code));
  Session session(make_asio_event_loop(), request_for(server.at()));
  CHECK(session.next().payload == "good");
  CHECK(session.end().failure() == TransportFailure::protocol);
  session.drop();
  server.finish();
  CHECK(code == 1002);
}

TEST_CASE("a rejection reaches a peer that goes on sending") {
  int code = 0;
  peer::Server server(reject_script(frame(0x83, "bad") + std::string(300000, 'x'), code));
  Session session(make_asio_event_loop(), request_for(server.at()));
  CHECK(session.end().failure() == TransportFailure::protocol);
  session.drop();
  server.finish();
  CHECK(code == 1002);
}
