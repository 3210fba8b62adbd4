#include "websocket.hpp"

#include <algorithm>
#include <array>
#include <random>

#include <signalr/transport_error.hpp>
#include <signalr/url.hpp>

#include "handshake.hpp"

using signalr::MessageType;
using signalr::Sent;
using signalr::TransportError;
using signalr::TransportFailure;

namespace {

namespace op {
enum : unsigned char { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
}  // namespace op

/// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto byte = [&](std::size_t offset) { return static_cast<unsigned char>(text[i + offset]); };
    const unsigned lead = byte(0);
    const std::size_t more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || text.size() - i <= more) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if ((byte(k) & 0xC0) != 0x80) return false;
    }
    if (lead == 0xE0 && byte(1) < 0xA0) return false;
    if (lead == 0xED && byte(1) > 0x9F) return false;
    if (lead == 0xF0 && byte(1) < 0x90) return false;
    if (lead == 0xF4 && byte(1) > 0x8F) return false;
    i += more + 1;
  }
  return true;
}

std::string close_payload(unsigned code, std::string_view reason) {
  std::string payload;
  if (code == signalr::close_code::no_status) return payload;
  payload += static_cast<char>(code >> 8);
  payload += static_cast<char>(code & 0xFF);
  payload += reason;
  return payload;
}

/// Codes that a close frame may carry (RFC 6455 §7.4).
bool is_close_code(unsigned code) {
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code < 1015 && code != 1004 && code != 1005 && code != 1006;
}

}  // namespace

struct PlainWebsocket::Head {
  bool fin = false;
  unsigned char opcode = 0;
  std::uint64_t size = 0;
};

signalr::BlockingWebsocket::Answer PlainWebsocket::connect(const signalr::DialRequest& request) {
  const auto url = signalr::Url::parse(request.url);
  if (!url || url->scheme != "ws") {
    throw TransportError(TransportFailure::unsupported, "this stack speaks ws:// only", Sent::no);
  }
  max_message_bytes_ = request.max_message_bytes;
  socket_.connect(url->host, url->port);
  return upgrade(socket_, request, in_);
}

MessageType PlainWebsocket::read(std::string& payload) {
  payload.clear();
  bool inside = false;
  MessageType type = MessageType::text;
  for (;;) {
    const Head head = read_head();
    if (head.opcode >= op::close) {
      on_control(head);
      continue;
    }
    if (inside != (head.opcode == op::continuation)) {
      reject(TransportFailure::protocol, signalr::close_code::protocol_error,
             "the server sent a fragment out of place");
    }
    if (!inside) type = head.opcode == op::text ? MessageType::text : MessageType::binary;
    inside = true;
    if (head.size > max_message_bytes_ - payload.size()) {
      reject(TransportFailure::limit, signalr::close_code::message_too_big,
             "the server sent a message longer than max_message_bytes");
    }
    append_payload(head.size, payload);
    if (!head.fin) continue;
    if (type == MessageType::text && !is_utf8(payload)) {
      reject(TransportFailure::protocol, signalr::close_code::invalid_payload, "the server sent text that is no UTF-8");
    }
    return type;
  }
}

void PlainWebsocket::write(MessageType type, std::string_view payload) {
  if (send(type == MessageType::text ? op::text : op::binary, payload)) return;
  throw TransportError(TransportFailure::closed, "the WebSocket is closing", Sent::maybe);
}

void PlainWebsocket::close(std::uint16_t code, std::string_view reason) {
  send(op::close, close_payload(code, reason));
}

PlainWebsocket::Head PlainWebsocket::read_head() {
  need(2);
  const auto byte = [&] { return static_cast<unsigned char>(in_[taken_++]); };
  const unsigned first = byte();
  const unsigned second = byte();
  Head head;
  head.fin = (first & 0x80) != 0;
  head.opcode = first & 0x0F;
  head.size = second & 0x7F;
  const bool control = head.opcode >= op::close;
  const bool known = head.opcode <= op::binary || (control && head.opcode <= op::pong);
  bool valid = known && (first & 0x70) == 0 && (second & 0x80) == 0 && (!control || (head.fin && head.size < 126));
  if (valid && head.size >= 126) {
    const std::size_t bytes = head.size == 126 ? 2 : 8;
    need(bytes);
    head.size = 0;
    for (std::size_t i = 0; i < bytes; ++i) head.size = (head.size << 8) | byte();
    valid = head.size >> 63 == 0 && head.size >= (bytes == 2 ? 126U : 65536U);
  }
  if (!valid)
    reject(TransportFailure::protocol, signalr::close_code::protocol_error,
           "the server sent a frame that breaks RFC 6455");
  return head;
}

/// Waits until so many bytes are there.
void PlainWebsocket::need(std::size_t bytes) {
  while (in_.size() - taken_ < bytes) {
    in_.erase(0, std::exchange(taken_, 0));
    if (!socket_.receive(in_)) {
      throw TransportError(TransportFailure::closed, "the server ended the connection without a close frame",
                           signalr::close_code::abnormal, {});
    }
  }
}

/// Piece by piece, so that memory grows with what comes, not with what is announced.
void PlainWebsocket::append_payload(std::uint64_t size, std::string& payload) {
  while (size > 0) {
    need(1);
    const std::size_t piece = static_cast<std::size_t>(std::min<std::uint64_t>(size, in_.size() - taken_));
    payload.append(in_, taken_, piece);
    taken_ += piece;
    size -= piece;
  }
}

void PlainWebsocket::on_control(const Head& head) {
  std::string payload;
  append_payload(head.size, payload);
  if (head.opcode == op::close) on_close(payload);
  if (head.opcode == op::ping) send(op::pong, payload);
}

void PlainWebsocket::on_close(const std::string& payload) {
  unsigned code = signalr::close_code::no_status;
  std::string reason;
  if (!payload.empty()) {
    code = payload.size() < 2 ? 0U
                              : static_cast<unsigned>((static_cast<unsigned char>(payload[0]) << 8) |
                                                      static_cast<unsigned char>(payload[1]));
    if (!is_close_code(code)) {
      reject(TransportFailure::protocol, signalr::close_code::protocol_error,
             "the server's close frame has no valid code");
    }
    reason = payload.substr(2);
  }
  send(op::close, close_payload(code, {}));
  throw TransportError(TransportFailure::closed, "the server closed the WebSocket", static_cast<std::uint16_t>(code),
                       reason);
}

void PlainWebsocket::reject(TransportFailure failure, std::uint16_t code, const char* message) {
  send(op::close, close_payload(code, {}));
  throw TransportError(failure, message, code, {});
}

/// False, and nothing is sent, when a close frame has been.
bool PlainWebsocket::send(unsigned char opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80 | opcode));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    const int bytes = payload.size() < 65536 ? 2 : 8;
    frame += static_cast<char>(0x80 | (bytes == 2 ? 126 : 127));
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
      frame += static_cast<char>((std::uint64_t{payload.size()} >> shift) & 0xFF);
  }
  std::random_device random;
  const std::uint32_t mask = random();
  std::array<char, 4> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<char>((mask >> (8 * i)) & 0xFF);
  frame.append(key.data(), key.size());
  const std::size_t head = frame.size();
  frame += payload;
  for (std::size_t i = head; i < frame.size(); ++i) frame[i] = static_cast<char>(frame[i] ^ key[(i - head) % 4]);

  const std::lock_guard lock(write_mutex_);
  if (close_sent_) return false;
  close_sent_ = opcode == op::close;
  socket_.send(frame);
  return true;
}
