#include "protocol/safe_text.hpp"

#include <algorithm>

namespace signalr::protocol {
namespace {
constexpr std::size_t kShortestSecret = 6;
// So much of a secret is searched for; what follows is compared. A text of a server's own making costs no more.
constexpr std::size_t kSearched = 64;
constexpr const char* kBlot = "***";

std::string without_one(std::string_view text, std::string_view secret) {
  const std::string_view head = secret.substr(0, kSearched);
  std::string out;
  for (auto at = text.find(head); at != std::string_view::npos; at = text.find(head)) {
    out.append(text.substr(0, at)).append(kBlot);
    text.remove_prefix(at);
    const auto most = std::min(text.size(), secret.size());
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(most);
    const auto apart = std::mismatch(text.begin(), end, secret.begin()).first;
    text.remove_prefix(static_cast<std::size_t>(apart - text.begin()));
  }
  for (auto size = std::min(head.size() - 1, text.size()); size >= kShortestSecret; --size) {
    if (text.substr(text.size() - size) != head.substr(0, size)) continue;
    return out.append(text.substr(0, text.size() - size)).append(kBlot);
  }
  return out.append(text);
}

std::string without_queries(std::string_view text) {
  std::string out;
  for (auto at = text.find('?'); at != std::string_view::npos; at = text.find('?')) {
    out.append(text.substr(0, at + 1));
    text.remove_prefix(at + 1);
    const std::string_view query = text.substr(0, text.find_first_of(" \t\r\n\"'<>()\\"));
    out.append(query.find('=') == std::string_view::npos ? query : kBlot);
    text.remove_prefix(query.size());
  }
  return out.append(text);
}

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
    if (secret.size() >= kShortestSecret) text = without_one(text, secret);
  }
  return without_queries(text);
}

std::string printable(std::string_view text, std::size_t max_bytes) {
  std::string out(text.substr(0, max_bytes));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  if (text.size() > max_bytes) out += "...";
  return out;
}

std::string quoted_name(std::string_view hub, std::string_view method) {
  std::string name = '"' + printable(hub);
  if (!method.empty()) name += '.' + printable(method);
  return name += '"';
}

}  // namespace signalr::protocol
