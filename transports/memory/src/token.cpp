#include "token.hpp"

#include <cstdint>
#include <cstdio>

namespace signalr::server {
namespace {

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// Every token has them, so that a client that doesn't encode fails at once instead of sometimes.
constexpr std::string_view kMark = "+/";

// A checksum against damage (FNV-1a); this server guards nothing worth a cipher.
std::string checksum(std::string_view purpose, std::string_view content) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto mix = [&hash](char c) { hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u; };
  for (const char c : purpose) mix(c);
  mix('\n');
  for (const char c : content) mix(c);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

std::string encode(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63u] : '=';
    }
  }
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string bytes;
  unsigned group = 0;
  int bits = 0;
  for (const char c : text) {
    const auto digit = std::string_view(kDigits).find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    group = (group << 6 | static_cast<unsigned>(digit)) & 0xFFFFu;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(group >> bits & 0xFFu);
    }
  }
  return bytes;
}

}  // namespace

std::string make_token(std::string_view purpose, std::string_view content) {
  return std::string(kMark) + encode(checksum(purpose, content) + std::string(content));
}

std::optional<std::string> open_token(std::string_view purpose, std::string_view token) {
  if (token.substr(0, kMark.size()) != kMark) return std::nullopt;
  const auto bytes = decode(token.substr(kMark.size()));
  constexpr std::size_t kChecksum = 16;
  if (!bytes || bytes->size() < kChecksum) return std::nullopt;
  std::string content = bytes->substr(kChecksum);
  if (checksum(purpose, content) != std::string_view(*bytes).substr(0, kChecksum)) return std::nullopt;
  return content;
}

}  // namespace signalr::server
