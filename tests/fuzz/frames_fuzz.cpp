// A server's WebSocket frames through the codec: however the bytes are cut the events are the same, and they are those
// of a plain reading of RFC 6455 §5. The first byte says how they are cut.
#include <algorithm>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "codec.hpp"
#include "fuzz.hpp"

namespace {

using namespace signalr;
using net::Codec;

constexpr std::size_t kMaxMessage = 1000;

struct Event {
  Codec::Kind kind;
  MessageType type;
  int code;
  std::string payload;

  bool operator==(const Event& other) const {
    const bool said = kind != Codec::Kind::broken;  // the words for what is broken are free
    return kind == other.kind && type == other.type && code == other.code && (!said || payload == other.payload);
  }
};
using Events = std::vector<Event>;

bool is_last(Codec::Kind kind) { return kind == Codec::Kind::close || kind == Codec::Kind::broken; }

/// As a connection uses it: what the codec leaves comes again, with more behind it.
Events decode(std::string_view bytes, std::size_t piece) {
  Codec codec(kMaxMessage);
  Events events;
  std::string held;
  while (!bytes.empty()) {
    held += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      // Of the exact size on the heap, so that a sanitizer sees a step behind the end.
      std::vector<char> buffer(held.begin(), held.end());
      std::size_t used = 0;
      const Codec::Event event = codec.decode(buffer.data(), buffer.size(), used);
      fuzz::require(used <= buffer.size(), "more was used than there is");
      const MessageType type = event.kind == Codec::Kind::message ? event.type : MessageType::text;
      const int code = is_last(event.kind) ? event.code : 0;
      if (event.kind != Codec::Kind::more) events.push_back({event.kind, type, code, std::string(event.payload)});
      if (is_last(event.kind)) return events;
      held.erase(0, used);
      if (event.kind == Codec::Kind::more) break;
    }
  }
  return events;
}

/// By arithmetic, one character at a time. How much of it is whole and valid.
std::size_t valid_prefix(std::string_view text) {
  for (std::size_t at = 0;;) {
    if (at == text.size()) return at;
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if ((first >= 0x80 && first < 0xC0) || first >= 0xF8 || text.size() - at < length) return at;
    unsigned long code = length == 1 ? first : first & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      if (next >> 6 != 2) return at;
      code = code << 6 | (next & 0x3F);
    }
    constexpr unsigned long kFirst[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kFirst[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return at;
    at += length;
  }
}

/// Whether something may follow that makes it valid.
bool may_become_valid(const std::string& text) {
  const std::string tail = text.substr(valid_prefix(text));
  if (tail.empty()) return true;
  if (tail.size() > 3) return false;
  for (const char second : {'\x80', '\x90', '\xA0'}) {
    for (const std::string& more : {std::string(), std::string("\x80"), std::string("\x80\x80")}) {
      const std::string whole = tail + second + more;
      if (valid_prefix(whole) == whole.size()) return true;
      const std::string less = tail + more;
      if (valid_prefix(less) == less.size()) return true;
    }
  }
  return false;
}

bool may_be_sent(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/// What a plain reading finds in whole frames; the last frame, if it is cut, is left out.
Events read_plainly(std::string_view bytes) {
  Events events;
  const auto broken = [&events](int code) {
    events.push_back({Codec::Kind::broken, MessageType::text, code, {}});
    return events;
  };
  bool in_message = false;
  MessageType type = MessageType::text;
  std::string message;
  for (;;) {
    if (bytes.size() < 2) return events;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned opcode = byte(0) & 0x0Fu;
    const bool fin = byte(0) >= 0x80, control = opcode >= 8;
    std::uint64_t length = byte(1) & 0x7Fu;
    const std::size_t wide = control || length < 126 ? 0 : length == 126 ? 2 : 8;
    const std::size_t header = 2 + wide;
    if (bytes.size() < header) return events;
    if ((byte(0) & 0x70) != 0 || (opcode > 2 && opcode < 8) || opcode > 10 || byte(1) >= 0x80) return broken(1002);
    if (control && (!fin || length > 125)) return broken(1002);
    if (wide > 0) {
      length = 0;
      for (std::size_t i = 2; i < header; ++i) length = length << 8 | byte(i);
      if (length < (wide == 2 ? 126u : 65536u) || length >> 63 != 0) return broken(1002);
    }
    if (!control && (opcode == 0) != in_message) return broken(1002);
    if (!control && length > kMaxMessage - message.size()) return broken(1009);
    if (bytes.size() - header < length) return events;
    const std::string payload(bytes.substr(header, static_cast<std::size_t>(length)));
    bytes.remove_prefix(header + payload.size());
    if (opcode == 9 || opcode == 10) {
      events.push_back({opcode == 9 ? Codec::Kind::ping : Codec::Kind::pong, MessageType::text, 0, payload});
    } else if (opcode == 8) {
      if (payload.size() == 1) return broken(1002);
      unsigned code = close_code::no_status;
      if (!payload.empty()) {
        code = static_cast<unsigned char>(payload[0]) * 256u + static_cast<unsigned char>(payload[1]);
        if (!may_be_sent(code)) return broken(1002);
      }
      const std::string reason = payload.substr(std::min<std::size_t>(2, payload.size()));
      if (valid_prefix(reason) != reason.size()) return broken(1007);
      events.push_back({Codec::Kind::close, MessageType::text, static_cast<int>(code), reason});
      return events;
    } else {
      if (opcode != 0) type = opcode == 1 ? MessageType::text : MessageType::binary;
      message += payload;
      if (type == MessageType::text) {
        if (fin ? valid_prefix(message) != message.size() : !may_become_valid(message)) return broken(1007);
      }
      in_message = !fin;
      if (!fin) continue;
      events.push_back({Codec::Kind::message, type, 0, message});
      message.clear();
    }
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
  const Events events = decode(bytes, std::max<std::size_t>(bytes.size(), 1));
  fuzz::require(decode(bytes, 1u + data[0] % 32) == events, "the events depend on how the bytes are cut");

  Events expected = read_plainly(bytes);
  // In a frame that isn't all there, what is wrong with it may be seen already.
  if (events.size() == expected.size() + 1 && events.back().kind == Codec::Kind::broken) {
    fuzz::require(expected.empty() || !is_last(expected.back().kind), "an event after the last");
    expected.push_back(events.back());
  }
  fuzz::require(events == expected, "the events aren't those of RFC 6455");
  return 0;
}
