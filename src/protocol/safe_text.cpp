#include "protocol/safe_text.hpp"

namespace signalr::protocol {

std::string capped(std::string text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
  std::size_t end = max_bytes;
  for (int back = 0; back < 3 && end > 0 && continues(end); ++back) --end;
  text.resize(end);
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
