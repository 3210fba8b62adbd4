// RapidJSON's reader, iterative and stopped at a fixed depth, so that no input can exhaust the stack. Numbers stay
// text: converting them is where RapidJSON 1.1 overflows.
#include "protocol/json_members.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <signalr/errors.hpp>

#include "protocol/json_text.hpp"

namespace signalr::detail::protocol {
namespace {

constexpr int kMaxDepth = 32;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Gets RapidJSON's events and keeps the members of the outermost object.
class Collector {
 public:
  using Size = rapidjson::SizeType;

  Collector(std::string_view body, const rapidjson::MemoryStream& stream, std::vector<JsonMember>& members)
      : body_(body), stream_(stream), members_(members) {}

  bool too_deep() const { return too_deep_; }
  bool not_an_object() const { return not_an_object_; }

  // RapidJSON's names. NOLINTBEGIN(readability-identifier-naming)
  bool Null() { return scalar(JsonType::null, {}, false); }
  bool Bool(bool value) { return scalar(JsonType::boolean, {}, value); }
  bool RawNumber(const char* text, Size size, bool /*copy*/) {
    return scalar(JsonType::number, std::string_view(text, size), false);
  }
  bool String(const char* text, Size size, bool /*copy*/) { return scalar(JsonType::string, {text, size}, false); }
  bool Key(const char* text, Size size, bool /*copy*/) {
    if (depth_ != 1) return true;
    members_.emplace_back();
    members_.back().name.assign(text, size);
    value_begin_ = stream_.Tell();
    while (value_begin_ < body_.size() && (is_space(body_[value_begin_]) || body_[value_begin_] == ':')) ++value_begin_;
    return true;
  }
  bool StartObject() { return open(JsonType::object); }
  bool StartArray() { return open(JsonType::array); }
  bool EndObject(Size /*members*/) { return close(); }
  bool EndArray(Size /*elements*/) { return close(); }

  // Never called, since numbers stay text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  // NOLINTEND(readability-identifier-naming)

 private:
  bool scalar(JsonType type, std::string_view text, bool boolean) {
    if (depth_ == 0) return refuse();
    if (depth_ > 1) return true;
    JsonMember& member = members_.back();
    member.text = text;
    member.boolean = boolean;
    keep(type, stream_.Tell());
    return true;
  }

  bool open(JsonType type) {
    if (depth_ == 0 && type != JsonType::object) return refuse();
    if (depth_ == 1) members_.back().type = type;
    too_deep_ = ++depth_ > kMaxDepth;
    return !too_deep_;
  }

  bool close() {
    // The iterative reader stands at the bracket now, not behind it.
    if (--depth_ == 1) keep(members_.back().type, stream_.Tell() + 1);
    return true;
  }

  void keep(JsonType type, std::size_t end) {
    members_.back().type = type;
    members_.back().json = body_.substr(value_begin_, end - value_begin_);
  }

  bool refuse() {
    not_an_object_ = true;
    return false;
  }

  std::string_view body_;
  const rapidjson::MemoryStream& stream_;
  std::vector<JsonMember>& members_;
  std::size_t value_begin_ = 0;
  int depth_ = 0;
  bool too_deep_ = false;
  bool not_an_object_ = false;
};

ErrorPtr wrong(std::string what) { return ProtocolError("expected a JSON object, got " + std::move(what)).clone(); }

}  // namespace

const char* describe(JsonType type) noexcept {
  switch (type) {
    case JsonType::null:
      return "null";
    case JsonType::boolean:
      return "a boolean";
    case JsonType::number:
      return "a number";
    case JsonType::string:
      return "a string";
    case JsonType::object:
      return "an object";
    case JsonType::array:
      return "an array";
  }
  return "something else";
}

Result<JsonMembers> JsonMembers::read(std::string_view body) {
  body = without_padding(body);
  if (body.empty()) return wrong("an empty body");

  JsonMembers found;
  const std::string readable = without_lone_surrogates(body);  // RapidJSON refuses them, but a low one
  rapidjson::MemoryStream stream(readable.data(), readable.size());
  Collector collector(body, stream, found.members_);
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, collector);

  if (collector.not_an_object()) return wrong("another kind of JSON value");
  if (collector.too_deep()) return wrong("one nested more than " + std::to_string(kMaxDepth) + " deep");
  if (result.IsError()) {
    return wrong(std::to_string(body.size()) + " bytes that are no valid JSON from offset " +
                 std::to_string(result.Offset()) + " on (" + rapidjson::GetParseError_En(result.Code()) + ")");
  }
  // A NUL byte looks like the end to RapidJSON.
  if (stream.Tell() != body.size()) return wrong("one with other bytes after it");
  return found;
}

const JsonMember* JsonMembers::find(std::string_view name) const noexcept {
  const auto last =
      std::find_if(members_.rbegin(), members_.rend(), [&](const JsonMember& m) { return m.name == name; });
  return last == members_.rend() ? nullptr : &*last;
}

const JsonMember* JsonMembers::find_value(std::string_view name) const noexcept {
  const JsonMember* member = find(name);
  return member != nullptr && member->type == JsonType::null ? nullptr : member;
}

}  // namespace signalr::detail::protocol
