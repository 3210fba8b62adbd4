// Decoding into types: JsonDocument takes what the checker takes, shows each part as it stands in the text, and what is
// decoded reads the same after writing it.
#include <signalr/json.hpp>

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "fuzz.hpp"
#include "protocol/json_text.hpp"

namespace {

using namespace signalr;

std::string written(const JsonValue& value) {
  std::string out;
  JsonWriter json(out);
  // Not recursive on purpose: one level of containers, the rest as text.
  switch (value.kind()) {
    case JsonKind::array:
      json.begin_array();
      for (const JsonValue element : value.elements()) json.raw(element.json());
      json.end_array();
      break;
    case JsonKind::object:
      json.begin_object();
      for (const JsonValue::Member member : value.members()) {
        json.member(member.name.string());
        json.raw(member.value.json());
      }
      json.end_object();
      break;
    case JsonKind::string:
      json.string(value.string());
      break;
    default:
      json.raw(value.json());
  }
  return out;
}

void check_document(std::string_view text) {
  constexpr std::size_t kDepth = 128;
  const bool valid = text.empty() || detail::protocol::check_json(text, kDepth) == detail::protocol::ScanError::none;
  try {
    const JsonDocument document{RawJsonView(text)};
    fuzz::require(valid, "a document was made of what isn't JSON");
    const std::string once = written(document.root());
    fuzz::require(detail::protocol::check_json(once, kDepth) == detail::protocol::ScanError::none,
                  "invalid JSON was written");
    const JsonDocument again{RawJsonView(once)};
    fuzz::require(written(again.root()) == once, "what was written reads differently");
  } catch (const DecodeError&) {
    fuzz::require(!valid, "JSON was refused");
  }
}

template <class T>
void check_type(std::string_view text) {
  std::string once;
  try {
    append_json(once, decode_json<T>(RawJsonView(text)));
  } catch (const DecodeError&) {
    return;
  }
  std::string twice;
  append_json(twice, decode_json<T>(RawJsonView(once)));
  fuzz::require(once == twice, "a value isn't read as it was written");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Any =
      std::variant<std::monostate, bool, double, std::string, std::vector<RawJson>, std::map<std::string, RawJson>>;
  using Micros = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
  const std::string_view text = fuzz::text_of(data, size);
  check_document(text);
  check_type<Any>(text);
  check_type<std::vector<std::optional<Any>>>(text);
  check_type<std::map<std::string, std::vector<Any>>>(text);
  check_type<std::int64_t>(text);
  check_type<std::vector<std::uint8_t>>(text);
  check_type<float>(text);
  check_type<Micros>(text);
  check_type<std::chrono::nanoseconds>(text);
  return 0;
}
