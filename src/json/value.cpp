// What a value tells of itself, and errors about it.
#include <signalr/json/value.hpp>

#include <signalr/json/scalars.hpp>

#include "protocol/envelope.hpp"
#include "protocol/safe_text.hpp"

namespace signalr {
namespace {

constexpr std::size_t kMaxQuote = 48;  // of what the server sent, in a sentence

detail::protocol::JsonString inside_quotes(std::string_view text, bool escaped) {
  return {text.substr(1, text.size() - 2), escaped};
}

std::string describe(const JsonValue& json) {
  switch (json.kind()) {
    case JsonKind::boolean:
      return std::string(json.json().text());
    case JsonKind::number:
      return "the number " + detail::protocol::printable(json.json().text(), kMaxQuote);
    case JsonKind::array:
      return "an array of " + std::to_string(json.size());
    default:
      return std::string(signalr::describe(json.kind()));
  }
}

}  // namespace

std::string_view describe(JsonKind kind) noexcept {
  switch (kind) {
    case JsonKind::null:
      return "null";
    case JsonKind::boolean:
      return "true or false";
    case JsonKind::number:
      return "a number";
    case JsonKind::string:
      return "a string";
    case JsonKind::array:
      return "an array";
    case JsonKind::object:
      return "an object";
  }
  return "something else";
}

std::string_view JsonValue::text() const noexcept {
  return document_->text_.substr(node_->begin, node_->end - node_->begin);
}

RawJsonView JsonValue::json() const noexcept { return RawJsonView(text()); }

std::string JsonValue::string() const {
  expect(JsonKind::string);
  std::string decoded;
  inside_quotes(text(), node_->escaped).append_to(decoded);
  return decoded;
}

std::string_view JsonValue::plain_string() const {
  expect(JsonKind::string);
  if (node_->escaped) fail("a string without escapes, as a view (take std::string)");
  return inside_quotes(text(), false).text;
}

bool JsonValue::is_string(std::string_view wanted) const {
  if (kind() != JsonKind::string) return false;
  const std::string_view written = inside_quotes(text(), false).text;
  if (!node_->escaped) return written == wanted;
  // At most six characters stand for a byte: what is longer isn't decoded for each name that it might be.
  return written.size() <= 6 * wanted.size() && string() == wanted;
}

std::optional<JsonValue> JsonValue::find(std::string_view name) const {
  std::optional<JsonValue> found;
  for (const Member member : members()) {
    if (member.name.is_string(name)) found = member.value;
  }
  return found;
}

void JsonValue::fail(std::string expected) const {
  throw DecodeError(document_->path_to(*node_), std::move(expected), describe(*this), detail::protocol::capped(text()));
}

void JsonValue::fail_without(std::string_view member) const {
  expect(JsonKind::object);
  throw DecodeError(document_->path_to(*node_), "a member \"" + detail::protocol::printable(member, kMaxQuote) + '"',
                    "an object without it", detail::protocol::capped(text()));
}

void from_json(const JsonValue& json, bool& value) {
  json.expect(JsonKind::boolean);
  value = json.json().text() == "true";
}

void from_json(const JsonValue& json, std::string& value) { value = json.string(); }

void from_json(const JsonValue& json, RawJson& value) { value = RawJson(json.json()); }

}  // namespace signalr
