#include "protocol/safe_text.hpp"

#include "protocol/json_bytes.hpp"

namespace signalr::detail::protocol {
namespace {

/// The one byte, or valid UTF-8 character, that `text` begins with, as a line may show it; its length in `length`.
std::string_view shown_character(std::string_view text, std::size_t& length) {
  const char first = text.front();
  length = 1;
  if (first == '\n' || first == '\r' || first == '\t') return " ";
  if (first >= 0x20 && first < 0x7f) return text.substr(0, 1);
  const std::size_t bytes =
      static_cast<unsigned char>(first) < 0x80 ? 0 : utf8_length(text.data(), text.data() + text.size());
  if (bytes == 0) return "?";
  length = bytes;
  const std::string_view character = text.substr(0, bytes);
  if (character == "\u2028" || character == "\u2029") return " ";
  const bool control = character >= "\u0080" && character <= "\u009f";
  const bool direction = character == "\u061c" || character == "\u200e" || character == "\u200f" ||
                         (character >= "\u202a" && character <= "\u202e") ||
                         (character >= "\u2066" && character <= "\u2069");
  return control || direction ? "?" : character;
}

}  // namespace

std::string capped(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
  std::size_t end = max_bytes;
  for (int back = 0; back < 3 && end > 0 && continues(end); ++back) --end;
  return std::string(text.substr(0, end));
}

std::string printable(std::string_view text, std::size_t max_bytes) {
  std::string out(text.substr(0, max_bytes));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  if (text.size() > max_bytes) out += "...";
  return out;
}

std::string one_line(std::string_view text, std::size_t max_bytes) {
  const std::string beginning = capped(text, max_bytes);
  std::string out;
  std::size_t length = 0;
  for (std::string_view rest = beginning; !rest.empty(); rest.remove_prefix(length)) {
    out += shown_character(rest, length);
  }
  if (beginning.size() < text.size()) out += "...";
  return out;
}

std::string quoted_name(std::string_view hub, std::string_view method) {
  std::string name = '"' + printable(hub);
  if (!method.empty()) name += '.' + printable(method);
  return name += '"';
}

}  // namespace signalr::detail::protocol
