// SHA-1 (RFC 3174) and base64, as little of them as the WebSocket handshake needs. SHA-1 protects nothing here: it
// only shows that the server has understood the upgrade. So forty lines of our own are better than a dependency on a
// cryptographic library that every user of the suite would have to bring along.
#include "handshake_key.hpp"

#include <array>
#include <cstdint>

namespace signalr::conformance {
namespace {

constexpr std::uint32_t rotate_left(std::uint32_t value, unsigned bits) {
  return (value << bits) | (value >> (32 - bits));
}

using Digest = std::array<unsigned char, 20>;

Digest sha1(std::string text) {
  const std::uint64_t bits = std::uint64_t{text.size()} * 8;
  text.push_back(static_cast<char>(0x80));
  while (text.size() % 64 != 56) text.push_back('\0');
  for (int shift = 56; shift >= 0; shift -= 8) text.push_back(static_cast<char>((bits >> shift) & 0xFF));

  std::array<std::uint32_t, 5> state{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  for (std::size_t block = 0; block < text.size(); block += 64) {
    std::array<std::uint32_t, 80> word{};
    for (std::size_t i = 0; i < 64; ++i) word[i / 4] = (word[i / 4] << 8) | static_cast<unsigned char>(text[block + i]);
    for (std::size_t i = 16; i < 80; ++i) {
      word[i] = rotate_left(word[i - 3] ^ word[i - 8] ^ word[i - 14] ^ word[i - 16], 1);
    }
    auto [a, b, c, d, e] = state;
    for (std::size_t i = 0; i < 80; ++i) {
      std::uint32_t mixed = 0;
      if (i < 20)
        mixed = ((b & c) | (~b & d)) + 0x5A827999;
      else if (i < 40)
        mixed = (b ^ c ^ d) + 0x6ED9EBA1;
      else if (i < 60)
        mixed = ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
      else
        mixed = (b ^ c ^ d) + 0xCA62C1D6;
      const std::uint32_t next = rotate_left(a, 5) + mixed + e + word[i];
      e = d;
      d = c;
      c = rotate_left(b, 30);
      b = a;
      a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
  }

  Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<unsigned char>((state[i / 4] >> (24 - 8 * (i % 4))) & 0xFF);
  }
  return digest;
}

std::string base64(const Digest& bytes) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = (group << 8) | (i + k < bytes.size() ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      text.push_back(i + k <= bytes.size() ? kLetters[(group >> (18 - 6 * k)) & 0x3F] : '=');
    }
  }
  return text;
}

}  // namespace

std::string websocket_accept(std::string_view key) {
  return base64(sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

}  // namespace signalr::conformance
