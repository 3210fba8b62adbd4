#include "json_slices.hpp"

namespace wire {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  const std::size_t next = text.find_first_not_of(kSpaces, at);
  return next == text.npos ? text.size() : next;
}

std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

std::size_t skip_value(std::string_view text, std::size_t at) {
  if (text[at] == '"') return skip_string(text, at);
  if (text[at] != '{' && text[at] != '[') {
    const std::size_t end = text.find_first_of(",]} \t\r\n", at);
    return end == text.npos ? text.size() : end;
  }
  std::size_t depth = 0;
  while (at < text.size()) {
    if (text[at] == '"') {
      at = skip_string(text, at);
      continue;
    }
    if (text[at] == '{' || text[at] == '[') ++depth;
    if ((text[at] == '}' || text[at] == ']') && --depth == 0) return at + 1;
    ++at;
  }
  return text.size();
}

/// Calls `take(i)` with the place of each member or element, which returns the place after it.
template <class Take>
void walk(std::string_view text, char open, Take take) {
  std::size_t at = skip_spaces(text, 0);
  if (at >= text.size() || text[at] != open) return;
  at = skip_spaces(text, at + 1);
  while (at < text.size() && text[at] != '}' && text[at] != ']') {
    at = skip_spaces(text, take(at));
    if (at < text.size() && text[at] == ',') at = skip_spaces(text, at + 1);
  }
}

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> member_slices(std::string_view object) {
  std::vector<std::pair<std::string_view, std::string_view>> members;
  walk(object, '{', [&](std::size_t at) {
    const std::size_t name_end = skip_string(object, at);
    const std::size_t value = skip_spaces(object, skip_spaces(object, name_end) + 1);
    if (value >= object.size()) return object.size();
    const std::size_t end = skip_value(object, value);
    members.emplace_back(object.substr(at + 1, name_end - at - 2), object.substr(value, end - value));
    return end;
  });
  return members;
}

std::optional<std::string_view> member_slice(std::string_view object, std::string_view name) {
  std::optional<std::string_view> last;
  for (const auto& [found, value] : member_slices(object)) {
    if (found == name) last = value;
  }
  return last;
}

std::vector<std::string_view> element_slices(std::string_view array) {
  std::vector<std::string_view> elements;
  walk(array, '[', [&](std::size_t at) {
    const std::size_t end = skip_value(array, at);
    elements.push_back(array.substr(at, end - at));
    return end;
  });
  return elements;
}

}  // namespace wire
