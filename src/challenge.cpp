#include <signalr/challenge.hpp>

#include <algorithm>
#include <vector>

#include "protocol/ascii.hpp"

namespace signalr {
namespace {

constexpr std::size_t kMostSchemes = 5;
constexpr std::size_t kLongestScheme = 20;

bool is_scheme_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

/// Up to the next comma outside of quotes; takes it off.
std::string_view take_element(std::string_view& list) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < list.size() && (quoted || list[end] != ','); ++end) {
    if (list[end] == '"') quoted = !quoted;
    if (list[end] == '\\' && quoted) ++end;
  }
  const std::string_view element = list.substr(0, end);
  list.remove_prefix(std::min(list.size(), end + 1));
  return element;
}

/// The scheme that an element of the list begins with; empty: it is a parameter of the one before.
std::string_view scheme_of(std::string_view element) {
  element.remove_prefix(std::min(element.find_first_not_of(" \t"), element.size()));
  const auto end = std::find_if_not(element.begin(), element.end(), is_scheme_character);
  const auto size = static_cast<std::size_t>(end - element.begin());
  const auto next = element.find_first_not_of(" \t", size);
  const bool parameter = next != std::string_view::npos && (next == size || element[next] == '=');
  return parameter || size > kLongestScheme ? std::string_view() : element.substr(0, size);
}

bool offers(const std::string& schemes, std::string_view wanted) {
  return detail::protocol::to_lower(", " + schemes + ", ").find(", " + std::string(wanted) + ", ") != std::string::npos;
}

}  // namespace

std::string offered_schemes(const Headers& answer, std::string_view name) {
  std::vector<std::string_view> schemes;
  for (const Header& field : answer) {
    if (!detail::protocol::equal_ignoring_case(field.name, name)) continue;
    for (std::string_view rest = field.value; !rest.empty() && schemes.size() < kMostSchemes;) {
      const std::string_view scheme = scheme_of(take_element(rest));
      const auto same = [&](std::string_view other) { return detail::protocol::equal_ignoring_case(other, scheme); };
      if (!scheme.empty() && std::none_of(schemes.begin(), schemes.end(), same)) schemes.push_back(scheme);
    }
  }
  std::string text;
  for (const std::string_view scheme : schemes) text.append(text.empty() ? "" : ", ").append(scheme);
  return text;
}

std::string proxy_challenge(const Headers& answer, bool given) {
  const std::string schemes = offered_schemes(answer, "Proxy-Authenticate");
  if (schemes.empty()) {
    return given ? ": the user and password of ProxyOptions::url were not accepted"
                 : ": it wants credentials; user:password@ in ProxyOptions::url are sent as Basic";
  }
  if (!offers(schemes, "basic"))
    return ": it wants " + schemes + ", and Basic is all that this client speaks to proxies";
  return given ? ": the user and password of ProxyOptions::url were not accepted (it offers " + schemes + ")"
               : ": it wants credentials (" + schemes + "), user:password@ in ProxyOptions::url, sent as Basic";
}

}  // namespace signalr
