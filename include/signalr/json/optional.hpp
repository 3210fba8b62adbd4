// std::optional: null, or a member that isn't there, is nothing.
#pragma once

#include <optional>

#include <signalr/json/value.hpp>
#include <signalr/json/writer.hpp>

namespace signalr {

namespace detail {

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

}  // namespace detail

template <class T>
void from_json(const JsonValue& json, std::optional<T>& value) {
  if (json.is_null()) {
    value.reset();
  } else {
    value = json.get<T>();
  }
}

template <class T>
void to_json(JsonWriter& json, const std::optional<T>& value) {
  if (value) {
    json.value(*value);
  } else {
    json.null();
  }
}

template <class T>
T JsonValue::get(std::string_view name) const {
  if (const std::optional<JsonValue> member = find(name)) return member->get<T>();
  if constexpr (detail::kIsOptional<T>) {
    return T{};
  } else {
    fail_without(name);
  }
}

}  // namespace signalr
