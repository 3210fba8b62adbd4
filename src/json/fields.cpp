// What SIGNALR_JSON and SIGNALR_ENUM need once, not once a type.
#include <string>

#include <signalr/errors.hpp>
#include <signalr/json/enums.hpp>
#include <signalr/json/fields.hpp>

namespace signalr::detail {

void find_members(const JsonValue& json, const std::string_view* names, std::optional<JsonValue>* found,
                  std::size_t count) {
  std::size_t next = 0;  // mostly they come in the order in which they are named
  for (const JsonValue::Member member : json.members()) {
    for (std::size_t tried = 0; tried < count; ++tried) {
      const std::size_t n = (next + tried) % count;
      if (!member.name.is_string(names[n])) continue;
      found[n] = member.value;
      next = n + 1;
      break;
    }
  }
}

void refuse_enumerator(long long value) {
  throw UsageError("an enumerator to be sent must be one that SIGNALR_ENUM names, but its number is " +
                   std::to_string(value));
}

}  // namespace signalr::detail
