// std::variant, where JSON itself tells the alternatives apart.
#pragma once

#include <string>
#include <type_traits>
#include <variant>

#include <signalr/json/arrays.hpp>
#include <signalr/json/enums.hpp>
#include <signalr/json/kinds.hpp>
#include <signalr/json/scalars.hpp>
#include <signalr/json/value.hpp>
#include <signalr/json/writer.hpp>

namespace signalr {

namespace detail {

/// What .NET writes for a T in another kind of JSON than it mostly is.
template <class T>
bool is_written_otherwise(const JsonValue& json) {
  if constexpr (std::is_floating_point_v<T>) {
    return is_not_finite(json);
  } else if constexpr (kIsNamedEnum<T>) {
    return json.kind() == JsonKind::number;
  } else if constexpr (kIsBytes<T>) {
    return json.kind() == JsonKind::string;
  } else {
    return kIsTuple<T> && json.kind() == JsonKind::object;
  }
}

template <class... T>
constexpr bool distinct_kinds() {
  unsigned seen = 0;
  bool distinct = true;
  ((distinct = distinct && (seen & 1U << static_cast<unsigned>(kind_of<T>())) == 0,
    seen |= 1U << static_cast<unsigned>(kind_of<T>())),
   ...);
  return distinct;
}

}  // namespace detail

inline void from_json(const JsonValue& json, std::monostate&) { json.expect(JsonKind::null); }
inline void to_json(JsonWriter& json, std::monostate) { json.null(); }

/// The alternative whose kind of JSON came. Numbers are one kind, integral or not. When there is none, the first that
/// .NET may have written otherwise: "NaN" for a double, base64 for bytes, the number of a named enumerator, a tuple's
/// object.
template <class... T>
void from_json(const JsonValue& json, std::variant<T...>& value) {
  static_assert(detail::distinct_kinds<T...>(),
                "two alternatives are the same kind of JSON: decode into RawJson and look at it first");
  const bool found =
      ((json.kind() == detail::kind_of<T>() ? (value.template emplace<T>(json.get<T>()), true) : false) || ...) ||
      ((detail::is_written_otherwise<T>(json) ? (value.template emplace<T>(json.get<T>()), true) : false) || ...);
  if (found) return;
  std::string expected;
  ((expected += (expected.empty() ? "" : " or ") + std::string(describe(detail::kind_of<T>()))), ...);
  json.fail(std::move(expected));
}
template <class... T>
void to_json(JsonWriter& json, const std::variant<T...>& value) {
  std::visit([&json](const auto& held) { json.value(held); }, value);
}

}  // namespace signalr
