#include "protocol/media_type.hpp"

#include "protocol/ascii.hpp"

namespace signalr::detail::protocol {

bool is_media_type(std::string_view content_type, std::string_view type) noexcept {
  std::string_view named = content_type.substr(0, content_type.find(';'));
  while (!named.empty() && (named.back() == ' ' || named.back() == '\t')) named.remove_suffix(1);
  while (!named.empty() && (named.front() == ' ' || named.front() == '\t')) named.remove_prefix(1);
  return equal_ignoring_case(named, type);
}

bool looks_like_html(std::string_view body) noexcept {
  const auto first = body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != std::string_view::npos && body[first] == '<';
}

}  // namespace signalr::detail::protocol
