#include "json.hpp"

#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cctype>
#include <cstdio>
#include <optional>

#include "../support/lone_surrogates.hpp"

namespace wire {
namespace {

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

char other_than(char c) {
  if (c >= '0' && c <= '9') return c == '9' ? '1' : static_cast<char>(c + 1);
  return c == 'x' || c == 'X' ? 'y' : 'x';
}

/// Where the string that begins at `begin` ends (after its quote), and its last changeable character.
std::size_t scan_string(std::string_view text, std::size_t begin, std::optional<std::size_t>& last) {
  std::size_t i = begin + 1;
  while (i < text.size() && text[i] != '"') {
    if (text[i] == '\\') {
      i += i + 1 < text.size() && text[i + 1] == 'u' ? 6 : 2;
      continue;
    }
    if (is_alnum(text[i])) last = i;
    ++i;
  }
  return i + 1;
}

std::optional<std::size_t> last_value_character(std::string_view text) {
  std::optional<std::size_t> found;
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"') {
      std::optional<std::size_t> last;
      i = scan_string(text, i, last);
      std::size_t next = i;
      while (next < text.size() && std::isspace(static_cast<unsigned char>(text[next])) != 0) ++next;
      const bool is_name = next < text.size() && text[next] == ':';
      if (!is_name && last) found = last;
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      found = i++;
    } else {
      ++i;
    }
  }
  return found;
}

bool is_too_deep(std::string_view text) {
  constexpr int kDeepest = 500;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') ++i;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if ((c == '{' || c == '[') && ++depth > kDeepest) return true;
    if (c == '}' || c == ']') --depth;
  }
  return false;
}

}  // namespace

Json parse_json(std::string_view text) {
  Json document;
  if (is_too_deep(text)) text = {};
  const std::string readable = signalr::test::with_lone_surrogates_replaced(text);
  document.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseIterativeFlag>(readable.data(), readable.size());
  return document;
}

bool is_json(std::string_view text) { return !parse_json(text).HasParseError(); }

bool is_utf8(std::string_view text) {
  rapidjson::MemoryStream bytes(text.data(), text.size());
  unsigned code = 0;
  while (bytes.Tell() < text.size()) {
    if (!rapidjson::UTF8<>::Decode(bytes, &code)) return false;
  }
  return true;
}

bool same_json(std::string_view a, std::string_view b) {
  const Json left = parse_json(a);
  const Json right = parse_json(b);
  return !left.HasParseError() && !right.HasParseError() && left == right;
}

std::string json_text(const JsonValue& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string_view string_of(const JsonValue& value) {
  return value.IsString() ? std::string_view(value.GetString(), value.GetStringLength()) : std::string_view();
}

const JsonValue* member(const JsonValue& object, const char* name) {
  const JsonValue* last = nullptr;
  if (!object.IsObject()) return last;
  for (const auto& entry : object.GetObject()) {
    if (string_of(entry.name) == name) last = &entry.value;
  }
  return last;
}

std::string string_member(const JsonValue& object, const char* name) {
  const JsonValue* found = member(object, name);
  return found != nullptr ? std::string(string_of(*found)) : std::string();
}

std::string id_of(const JsonValue& object) {
  const JsonValue* id = member(object, "I");
  if (id == nullptr || (!id->IsString() && !id->IsNumber())) return {};
  if (id->IsString()) return std::string(string_of(*id));
  if (!id->IsDouble()) return json_text(*id);
  char text[40];
  std::snprintf(text, sizeof text, "%.0f", id->GetDouble());  // whole numbers beyond 64 bits
  return text;
}

std::string with_last_value_changed(std::string_view text) {
  std::string changed(text);
  if (const auto at = last_value_character(text); at && is_json(text)) {
    changed[*at] = other_than(changed[*at]);
    return changed;
  }
  if (is_json(text)) return changed;
  for (std::size_t i = changed.size(); i-- > 0;) {
    if (!is_alnum(changed[i])) continue;
    changed[i] = other_than(changed[i]);
    break;
  }
  return changed;
}

}  // namespace wire
