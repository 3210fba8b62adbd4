#include "protocol/protocol_version.hpp"

namespace signalr::detail::protocol {
namespace {

/// Takes one number from the front; a version has few digits, so more than six are refused.
bool take_number(std::string_view& text, int& number) {
  std::size_t digits = 0;
  number = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits == 6) return false;
    number = number * 10 + (text[digits++] - '0');
  }
  text.remove_prefix(digits);
  return digits != 0;
}

bool take_dot(std::string_view& text) {
  if (text.empty() || text.front() != '.') return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<ProtocolVersion> ProtocolVersion::parse(std::string_view text) {
  ProtocolVersion version;
  if (!take_number(text, version.major) || !take_dot(text) || !take_number(text, version.minor)) return std::nullopt;
  int ignored = 0;
  for (int more = 0; more < 2 && take_dot(text); ++more) {
    if (!take_number(text, ignored)) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return version;
}

std::string ProtocolVersion::to_string() const { return std::to_string(major) + '.' + std::to_string(minor); }

}  // namespace signalr::detail::protocol
