// Takes JSON text apart: once the checker has passed it, one loop notes where each value stands. Not with RapidJSON,
// which refuses numbers beyond a double even when they stay text.
#include <signalr/json/value.hpp>

#include <limits>

#include "protocol/json_bytes.hpp"
#include "protocol/json_text.hpp"
#include "protocol/safe_text.hpp"

namespace signalr {
namespace {

using detail::JsonNode;

constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kMaxSize = std::numeric_limits<std::uint32_t>::max();  // so that a node is small

[[noreturn]] void refuse(std::string_view text, const std::string& what) {
  throw DecodeError({}, "JSON (RFC 8259, at most 128 levels deep)", what, detail::protocol::capped(text));
}

void check(std::string_view text) {
  std::size_t offset = 0;
  const detail::protocol::ScanError error = detail::protocol::check_json(text, kMaxDepth, &offset);
  const std::string place = " at byte " + std::to_string(offset);
  switch (error) {
    case detail::protocol::ScanError::none:
      return;
    case detail::protocol::ScanError::utf8:
      refuse(text, "invalid UTF-8" + place);
    case detail::protocol::ScanError::depth:
      refuse(text, "a value nested deeper than that" + place);
    case detail::protocol::ScanError::trailing:
      refuse(text, "something behind the value" + place);
    case detail::protocol::ScanError::syntax:
    case detail::protocol::ScanError::parts:
      refuse(text, "a syntax error" + place);
  }
}

JsonKind kind_of(char first) noexcept {
  switch (first) {
    case 'n':
      return JsonKind::null;
    case 't':
    case 'f':
      return JsonKind::boolean;
    case '"':
      return JsonKind::string;
    case '[':
      return JsonKind::array;
    case '{':
      return JsonKind::object;
    default:
      return JsonKind::number;
  }
}

constexpr bool is_between(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' || c == ':';
}
constexpr bool is_bracket_behind(char c) noexcept { return c == ']' || c == '}'; }

/// Behind the string that begins at `p`.
const char* behind_string(const char* p, const char* end, bool& escaped) noexcept {
  for (++p; *(p = detail::protocol::skip_plain(p, end)) != '"';) {
    const bool escape = *p == '\\';
    escaped = escaped || escape;
    p += escape ? 2 : 1;
  }
  return p + 1;
}

/// Behind the string, number or word that begins at `p`. The text was checked.
const char* behind_scalar(const char* p, const char* end, bool& escaped) noexcept {
  if (*p == '"') return behind_string(p, end, escaped);
  while (p != end && !is_between(*p) && !is_bracket_behind(*p)) ++p;
  return p;
}

JsonNode scalar_node(std::string_view text, const char* p, const char*& behind) noexcept {
  JsonNode node;
  node.kind = kind_of(*p);
  behind = behind_scalar(p, text.data() + text.size(), node.escaped);
  node.begin = static_cast<std::uint32_t>(p - text.data());
  node.end = static_cast<std::uint32_t>(behind - text.data());
  return node;
}

void append_step(std::string& path, std::string_view name) {
  if (!path.empty()) path += '.';
  path += detail::protocol::printable(name, 48);
}

}  // namespace

JsonDocument::JsonDocument(RawJsonView json) : text_(json.missing() ? std::string_view("null") : json.text()) {
  if (text_.size() > kMaxSize) refuse({}, "4 GiB or more");
  check(text_);
  const char* const end = text_.data() + text_.size();
  const char* p = detail::protocol::skip_white(text_.data(), end);
  if (*p == '{' || *p == '[') {
    read_container();
  } else {
    scalar_ = scalar_node(text_, p, p);
  }
}

void JsonDocument::read_container() {
  nodes_.reserve(16);
  std::size_t open[kMaxDepth];  // which nodes
  std::size_t depth = 0;
  const char* const begin = text_.data();
  const char* const end = begin + text_.size();
  for (const char* p = begin;;) {
    while (p != end && is_between(*p)) ++p;
    if (p == end) break;
    if (is_bracket_behind(*p)) {
      // The text was checked: what is closed was opened.
      JsonNode& closed = nodes_[open[--depth]];  // NOLINT(clang-analyzer-core.CallAndMessage)
      closed.end = static_cast<std::uint32_t>(++p - begin);
      closed.next = static_cast<std::uint32_t>(nodes_.size());
      if (closed.kind == JsonKind::object) closed.count /= 2;  // names were counted as well
      continue;
    }
    if (depth > 0) ++nodes_[open[depth - 1]].count;
    const JsonKind kind = kind_of(*p);
    if (kind == JsonKind::array || kind == JsonKind::object) {
      open[depth++] = nodes_.size();
      JsonNode& node = nodes_.emplace_back();
      node.kind = kind;
      node.begin = static_cast<std::uint32_t>(p++ - begin);
    } else {
      nodes_.push_back(scalar_node(text_, p, p));
      nodes_.back().next = static_cast<std::uint32_t>(nodes_.size());
    }
  }
}

std::string JsonDocument::path_to(const JsonNode& wanted) const {
  std::string path;
  const JsonNode* const base = first();
  const JsonNode* at = base;
  while (at != &wanted) {
    const bool is_object = at->kind == JsonKind::object;
    const JsonNode* child = at + 1;
    std::size_t index = 0;
    // The child that the wanted one is in, or whose name it is.
    while (&wanted >= base + child[is_object ? 1 : 0].next) {
      child = base + child[is_object ? 1 : 0].next;
      ++index;
    }
    if (is_object) {
      append_step(path, JsonValue(*this, child).string());
      if (child == &wanted) break;
      ++child;
    } else {
      path += '[' + std::to_string(index) + ']';
    }
    at = child;
  }
  return path;
}

}  // namespace signalr
