#include "codec.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "websocketpp_config.hpp"

namespace signalr::net {
namespace {

namespace frame = ::websocketpp::frame;
namespace close_codes = ::websocketpp::close;

constexpr unsigned char kFin = 0x80;
constexpr unsigned char kControl = 0x08;
constexpr unsigned char kOpcode = 0x0F;
constexpr std::size_t kMaxControlPayload = 125;
constexpr std::size_t kMaxCloseReason = kMaxControlPayload - 2;

using Code = std::uint16_t;

Code close_code_for(const std::error_code& error) {
  using namespace ::websocketpp::processor::error;
  if (error == make_error_code(message_too_big)) return close_code::message_too_big;
  if (error == make_error_code(invalid_utf8)) return close_code::invalid_payload;
  return close_code::protocol_error;
}

/// The reason for `broken`, as something that stays.
std::string_view words_for(const std::error_code& error) {
  switch (static_cast<::websocketpp::processor::error::processor_errors>(error.value())) {
    case ::websocketpp::processor::error::control_too_big:
      return "a control frame of more than 125 bytes";
    case ::websocketpp::processor::error::invalid_rsv_bit:
      return "a reserved bit is set";
    case ::websocketpp::processor::error::invalid_opcode:
      return "an unknown opcode";
    case ::websocketpp::processor::error::fragmented_control:
      return "a control frame in pieces";
    case ::websocketpp::processor::error::invalid_continuation:
      return "pieces of messages out of order";
    case ::websocketpp::processor::error::masking_forbidden:
      return "a masked frame, which servers must not send";
    case ::websocketpp::processor::error::non_minimal_encoding:
      return "a length in more bytes than it needs";
    case ::websocketpp::processor::error::invalid_utf8:
      return "text that is not UTF-8";
    case ::websocketpp::processor::error::message_too_big:
      return "a message that is too long";
    default:
      return "a frame that is none";
  }
}

/// Of text that is valid but for its end, perhaps.
bool ends_whole(std::string_view text) {
  std::size_t at = text.size();
  while (at > 0 && text.size() - at < 4) {
    if ((static_cast<unsigned char>(text[--at]) & 0xC0) != 0x80) break;
  }
  return valid_utf8_prefix(text.data() + at, text.size() - at) == text.size() - at;
}

void mask(std::string_view in, const frame::masking_key_type& key, char* out) {
  std::uint64_t wide;
  std::memcpy(&wide, key.c, 4);
  std::memcpy(reinterpret_cast<char*>(&wide) + 4, key.c, 4);
  std::size_t at = 0;
  for (; in.size() - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, in.data() + at, 8);
    word ^= wide;
    std::memcpy(out + at, &word, 8);
  }
  for (; at < in.size(); ++at) out[at] = static_cast<char>(in[at] ^ key.c[at % 4]);
}

void append_frame(frame::opcode::value opcode, std::string_view payload, std::string& out) {
  frame::masking_key_type key;
  key.i = RandomSource::next();
  const frame::basic_header basic(opcode, payload.size(), true, true);
  const frame::extended_header extended(payload.size(), key.i);
  out += frame::prepare_header(basic, extended);
  const std::size_t begin = out.size();
  out.resize(begin + payload.size());
  mask(payload, key, out.data() + begin);
}

}  // namespace

struct Codec::Processor {
  explicit Processor(std::size_t max_message_bytes)
      : messages(std::make_shared<CodecConfig::con_msg_manager_type>()), frames(false, false, messages, random) {
    frames.set_max_message_size(max_message_bytes);
  }

  RandomSource random;
  std::shared_ptr<CodecConfig::con_msg_manager_type> messages;
  ::websocketpp::processor::hybi13<CodecConfig> frames;
  CodecConfig::message_type::ptr last;  // what the last event's payload is in
};

Codec::Codec(std::size_t max_message_bytes)
    : max_message_bytes_(max_message_bytes), processor_(std::make_unique<Processor>(max_message_bytes)) {}
Codec::~Codec() = default;

bool Codec::read_header(const char* data, std::size_t size, Header& header) {
  if (size < 2) return false;
  const auto byte = [data](std::size_t i) { return static_cast<unsigned char>(data[i]); };
  header = {byte(0), 2, byte(1) & 0x7Fu};
  // Of a control frame the first two bytes tell all: a longer length is an error by itself.
  if ((header.flags & kControl) != 0 || header.payload < 126) return true;
  const std::size_t wide = header.payload == 126 ? 2 : 8;
  header.bytes += wide;
  if (size < header.bytes) return false;
  header.payload = 0;
  for (std::size_t i = 0; i < wide; ++i) header.payload = header.payload << 8 | byte(2 + i);
  return true;
}

/// The common case: a message in one frame, all of it here. It is handed on where it lies.
bool Codec::is_whole_message(const Header& header, std::size_t size) const {
  return !in_message_ && (header.flags == (kFin | 1) || header.flags == (kFin | 2)) &&
         header.payload <= size - header.bytes && header.payload <= max_message_bytes_ &&
         (header.bytes == 2 || (header.bytes == 4 && header.payload > 125));
}

Codec::Event Codec::decode(char* data, std::size_t size, std::size_t& used) {
  processor_->last.reset();
  used = 0;
  for (;;) {
    if (frame_left_ == 0) {
      Header header;
      if (!read_header(data + used, size - used, header)) return {Kind::more};
      const bool masked = (static_cast<unsigned char>(data[used + 1]) & 0x80) != 0;
      if (!masked && is_whole_message(header, size - used)) {
        const std::string_view payload(data + used + header.bytes, static_cast<std::size_t>(header.payload));
        const auto type = (header.flags & kOpcode) == 1 ? MessageType::text : MessageType::binary;
        if (type == MessageType::text && valid_utf8_prefix(payload.data(), payload.size()) != payload.size()) {
          return {Kind::broken, type, close_code::invalid_payload, "text that is not UTF-8"};
        }
        used += header.bytes + payload.size();
        return {Kind::message, type, 0, payload};
      }
      // websocketpp 0.8.2 adds such a length to what it has and gets a small sum (P#131).
      if (header.payload > std::numeric_limits<std::uint64_t>::max() / 2) {
        return {Kind::broken, MessageType::text, close_code::protocol_error, "a length above 2^63"};
      }
      frame_left_ = header.bytes + header.payload;
      if ((header.flags & kControl) == 0) in_message_ = (header.flags & kFin) == 0;
    }
    const auto feed = static_cast<std::size_t>(std::min<std::uint64_t>(size - used, frame_left_));
    if (feed == 0) return {Kind::more};
    std::error_code error;
    const std::size_t taken = processor_->frames.consume(reinterpret_cast<std::uint8_t*>(data + used), feed, error);
    if (error) return {Kind::broken, MessageType::text, close_code_for(error), words_for(error)};
    used += taken;
    frame_left_ -= taken;
    if (processor_->frames.ready()) return message_event();
  }
}

Codec::Event Codec::message_event() {
  processor_->last = processor_->frames.get_message();
  const std::string_view payload = processor_->last->get_payload();
  switch (processor_->last->get_opcode()) {
    case frame::opcode::text:
      // websocketpp 0.8.2 doesn't look whether text in pieces ends in the middle of a character.
      if (!ends_whole(payload))
        return {Kind::broken, MessageType::text, close_code::invalid_payload, "text that is not UTF-8"};
      return {Kind::message, MessageType::text, 0, payload};
    case frame::opcode::binary:
      return {Kind::message, MessageType::binary, 0, payload};
    case frame::opcode::ping:
      return {Kind::ping, MessageType::binary, 0, payload};
    case frame::opcode::close:
      return close_event(payload);
    default:
      return {Kind::pong, MessageType::binary, 0, payload};
  }
}

Codec::Event Codec::close_event(std::string_view payload) {
  std::error_code error;
  const Code code = close_codes::extract_code(processor_->last->get_payload(), error);
  if (error)
    return {Kind::broken, MessageType::text, close_code::protocol_error,
            "a close frame with a code that none may have"};
  const std::string_view reason = payload.substr(std::min<std::size_t>(payload.size(), 2));
  if (valid_utf8_prefix(reason.data(), reason.size()) != reason.size()) {
    return {Kind::broken, MessageType::text, close_code::invalid_payload, "a close frame whose reason is not UTF-8"};
  }
  return {Kind::close, MessageType::text, code, reason};
}

void Codec::encode(MessageType type, std::string_view payload, std::string& out) {
  append_frame(type == MessageType::text ? frame::opcode::text : frame::opcode::binary, payload, out);
}

void Codec::encode_pong(std::string_view payload, std::string& out) {
  append_frame(frame::opcode::pong, payload.substr(0, kMaxControlPayload), out);
}

void Codec::encode_close(std::uint16_t code, std::string_view reason, std::string& out) {
  std::string payload;
  if (code != close_code::no_status) {
    if (close_codes::status::invalid(code) || close_codes::status::reserved(code)) code = close_code::normal;
    payload += static_cast<char>(code >> 8);
    payload += static_cast<char>(code & 0xFF);
    reason = reason.substr(0, kMaxCloseReason);
    payload += reason.substr(0, valid_utf8_prefix(reason.data(), reason.size()));  // not in the middle of a character
  }
  append_frame(frame::opcode::close, payload, out);
}

}  // namespace signalr::net
