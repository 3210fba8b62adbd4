// Booleans, numbers, strings, enumerations, and JSON as text.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include <signalr/export.hpp>
#include <signalr/json/value.hpp>
#include <signalr/json/writer.hpp>

namespace signalr {

namespace detail {

template <class T>
inline constexpr bool kIsCharacter =
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>
#if defined(__cpp_char8_t)
    || std::is_same_v<T, char8_t>
#endif
    ;

/// All integers but bool. A character is refused: whether it means a number or a letter, only its user knows.
template <class T>
inline constexpr bool kIsInteger = std::is_integral_v<T> && !std::is_same_v<T, bool> && !kIsCharacter<T>;

/// A JSON number that is exactly an integer in the range, however it is written: "5", "5.0", "5e0". False otherwise.
SIGNALR_API bool read_integer(std::string_view number, std::int64_t min, std::int64_t max, std::int64_t& value);
SIGNALR_API bool read_integer(std::string_view number, std::uint64_t min, std::uint64_t max, std::uint64_t& value);
/// Whether it is the string "NaN", "Infinity" or "-Infinity".
SIGNALR_API bool is_not_finite(const JsonValue& json);

template <class T>
bool read_integer(std::string_view number, T& value) {
  using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
  Wide wide = 0;
  const bool fits =
      read_integer(number, Wide{std::numeric_limits<T>::min()}, Wide{std::numeric_limits<T>::max()}, wide);
  if (fits) value = static_cast<T>(wide);
  return fits;
}

template <class T>
std::string describe_integer() {
  return "an integer from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
         std::to_string(std::numeric_limits<T>::max());
}

template <class T>
std::string describe_number() {
  if constexpr (std::is_enum_v<T>) {
    return describe_integer<std::underlying_type_t<T>>();
  } else if constexpr (kIsInteger<T>) {
    return describe_integer<T>();
  } else {
    return "a number";
  }
}

}  // namespace detail

SIGNALR_API void from_json(const JsonValue& json, bool& value);
/// The nearest one; a number beyond the range is a DecodeError, one too small for it is 0. NaN and infinities are the
/// strings that .NET writes: "NaN", "Infinity", "-Infinity".
SIGNALR_API void from_json(const JsonValue& json, float& value);
SIGNALR_API void from_json(const JsonValue& json, double& value);
SIGNALR_API void from_json(const JsonValue& json, std::string& value);
SIGNALR_API void from_json(const JsonValue& json, RawJson& value);
/// A view would outlive what it looks at. Handlers may take views as arguments; elements, members and results can't.
void from_json(const JsonValue& json, std::string_view& value) = delete;
void from_json(const JsonValue& json, RawJsonView& value) = delete;

/// A number that is exactly an integer in range, or a DecodeError. .NET writes 5.0 for a double or decimal that is one.
template <class T, std::enable_if_t<detail::kIsInteger<T>, int> = 0>
void from_json(const JsonValue& json, T& value) {
  if (json.kind() != JsonKind::number || !detail::read_integer(json.json().text(), value)) {
    json.fail(detail::describe_integer<T>());
  }
}

/// An enumeration is its number, as .NET writes it by default; SIGNALR_ENUM makes it a name.
template <class T, std::enable_if_t<std::is_enum_v<T>, int> = 0>
void from_json(const JsonValue& json, T& value) {
  if (json.kind() == JsonKind::string) json.fail("the number of an enumerator (SIGNALR_ENUM reads names)");
  value = static_cast<T>(json.get<std::underlying_type_t<T>>());
}

template <class T, std::enable_if_t<std::is_same_v<T, bool>, int> = 0>  // a template: else pointers would be booleans
void to_json(JsonWriter& json, const T& value) {
  json.boolean(value);
}
template <class T, std::enable_if_t<detail::kIsInteger<T>, int> = 0>
void to_json(JsonWriter& json, const T& value) {
  json.integer(std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>{value});
}
template <class T, std::enable_if_t<std::is_same_v<T, float> || std::is_same_v<T, double>, int> = 0>
void to_json(JsonWriter& json, const T& value) {
  json.number(value);
}
template <class T, std::enable_if_t<std::is_enum_v<T>, int> = 0>
void to_json(JsonWriter& json, const T& value) {
  json.value(static_cast<std::underlying_type_t<T>>(value));
}
inline void to_json(JsonWriter& json, std::nullptr_t) { json.null(); }
inline void to_json(JsonWriter& json, const std::string& value) { json.string(value); }
inline void to_json(JsonWriter& json, std::string_view value) { json.string(value); }
inline void to_json(JsonWriter& json, const char* value) { json.string(value); }
inline void to_json(JsonWriter& json, RawJsonView value) { json.raw(value); }
inline void to_json(JsonWriter& json, const RawJson& value) { json.raw(value); }

}  // namespace signalr
