// Frames in and out, and the handshake's hash.
#include "websocket_codec.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace signalr::test {
namespace {

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xff));
}

}  // namespace

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char hash[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
  unsigned char base64[4 * (SHA_DIGEST_LENGTH + 2) / 3 + 1];
  const int size = EVP_EncodeBlock(base64, hash, SHA_DIGEST_LENGTH);
  return std::string(reinterpret_cast<char*>(base64), static_cast<std::size_t>(size));
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint8_t first_byte_flags) {
  out.push_back(static_cast<char>(first_byte_flags | static_cast<std::uint8_t>(opcode)));
  if (payload.size() < 126) {
    out.push_back(static_cast<char>(payload.size()));
  } else if (payload.size() < 65536) {
    out.push_back(126);
    append_big_endian(out, payload.size(), 2);
  } else {
    out.push_back(127);
    append_big_endian(out, payload.size(), 8);
  }
  out += payload;
}

ClientFrame parse_client_frame(std::string& buffer, std::size_t offset, std::size_t max_payload) {
  ClientFrame frame;
  const std::string_view bytes = std::string_view(buffer).substr(offset);
  if (bytes.size() < 2) return frame;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  frame.fin = (first & 0x80) != 0;
  frame.opcode = static_cast<Opcode>(first & 0x0f);
  std::uint64_t length = second & 0x7f;
  const std::size_t length_bytes = length == 127 ? 8 : length == 126 ? 2 : 0;
  if (bytes.size() < 2 + length_bytes) return frame;
  if (length_bytes != 0) length = big_endian(bytes.substr(2, length_bytes));
  if ((first & 0x70) != 0 || (second & 0x80) == 0 || length > max_payload) {
    frame.outcome = ClientFrame::Outcome::bad;
    return frame;
  }
  const std::size_t begin = 2 + length_bytes + 4;
  if (bytes.size() < begin + length) return frame;
  const char* mask = bytes.data() + begin - 4;
  char* payload = buffer.data() + offset + begin;
  for (std::size_t i = 0; i < length; ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i & 3]);
  frame.outcome = ClientFrame::Outcome::complete;
  frame.payload = std::string_view(payload, static_cast<std::size_t>(length));
  frame.size = begin + static_cast<std::size_t>(length);
  return frame;
}

}  // namespace signalr::test
