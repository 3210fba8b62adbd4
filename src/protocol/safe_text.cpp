#include "protocol/safe_text.hpp"

#include <algorithm>

namespace signalr::protocol {
namespace {
constexpr std::size_t kShortestSecret = 6;
constexpr const char* kBlot = "***";
}  // namespace

std::string capped(std::string text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
  std::size_t end = max_bytes;
  for (int back = 0; back < 3 && end > 0 && continues(end); ++back) --end;
  text.resize(end);
  return text;
}

std::string without_echoes(std::string text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (secret.size() < kShortestSecret) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), kBlot);
    }
    for (auto size = std::min(secret.size() - 1, text.size()); size >= kShortestSecret; --size) {
      if (text.compare(text.size() - size, size, secret, 0, size) != 0) continue;
      text.replace(text.size() - size, size, kBlot);
      break;
    }
  }
  for (auto at = text.find('?'); at != std::string::npos; at = text.find('?', at + 1)) {
    const auto end = std::min(text.find_first_of(" \t\r\n\"'<>()\\", at), text.size());
    if (text.find('=', at) < end) text.replace(at + 1, end - at - 1, kBlot);
  }
  return text;
}

std::string printable(std::string_view text, std::size_t max_bytes) {
  std::string out(text.substr(0, max_bytes));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  if (text.size() > max_bytes) out += "...";
  return out;
}

}  // namespace signalr::protocol
