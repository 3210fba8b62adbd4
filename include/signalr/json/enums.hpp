// SIGNALR_ENUM: an enumeration as names instead of numbers.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <signalr/export.hpp>
#include <signalr/json/for_each.hpp>
#include <signalr/json/scalars.hpp>
#include <signalr/json/value.hpp>
#include <signalr/json/writer.hpp>

/// Makes an enumeration a string: names its enumerators, at namespace scope, in the namespace of the type.
///
///   enum class Side { buy, sell };
///   SIGNALR_ENUM(Side, (buy, "Buy"), (sell, "Sell"))
///
/// The number of an enumerator that is named here is read as well: .NET writes numbers unless told otherwise. Any other
/// name or number is a DecodeError. An enumerator that isn't named here can't be written: UsageError.
#define SIGNALR_ENUM(Type, ...)                                                                                 \
  [[maybe_unused]] constexpr auto signalr_enum_names(const Type*) {                                             \
    return std::array{SIGNALR_PP_EACH(SIGNALR_ENUM_NAME, Type, __VA_ARGS__)};                                   \
  }                                                                                                             \
  [[maybe_unused]] constexpr ::signalr::JsonKind json_kind(const Type*) { return ::signalr::JsonKind::string; } \
  [[maybe_unused]] inline void from_json(const ::signalr::JsonValue& json, Type& value) {                       \
    constexpr auto names = signalr_enum_names(static_cast<const Type*>(nullptr));                               \
    value = ::signalr::detail::read_enum(json, names);                                                          \
  }                                                                                                             \
  [[maybe_unused]] inline void to_json(::signalr::JsonWriter& json, const Type& value) {                        \
    constexpr auto names = signalr_enum_names(static_cast<const Type*>(nullptr));                               \
    ::signalr::detail::write_enum(json, value, names);                                                          \
  }                                                                                                             \
  static_assert(true, "for the semicolon")

#define SIGNALR_ENUM_NAME(Type, x) SIGNALR_PP_CAT(SIGNALR_ENUM_NAME_, SIGNALR_PP_IS_PAREN(x))(Type, x)
#define SIGNALR_ENUM_NAME_0(Type, x) \
  ::signalr::detail::EnumName<Type> { Type::x, #x }
#define SIGNALR_ENUM_NAME_1(Type, x) SIGNALR_ENUM_NAME_SPEC(Type, SIGNALR_PP_UNPAREN x)
#define SIGNALR_ENUM_NAME_SPEC(...) SIGNALR_ENUM_NAME_SPEC_(__VA_ARGS__)
#define SIGNALR_ENUM_NAME_SPEC_(Type, x, name) \
  ::signalr::detail::EnumName<Type> { Type::x, name }

namespace signalr::detail {

template <class Enum>
struct EnumName {
  Enum value;
  std::string_view name;
};

template <class T, class = void>
inline constexpr bool kIsNamedEnum = false;
template <class T>
inline constexpr bool kIsNamedEnum<T, std::void_t<decltype(signalr_enum_names(static_cast<const T*>(nullptr)))>> = true;

/// Throws UsageError.
[[noreturn]] SIGNALR_API void refuse_enumerator(long long value);

template <class Enum>
bool is_enumerator(const JsonValue& json, const EnumName<Enum>& known) {
  using Number = std::underlying_type_t<Enum>;
  if (json.kind() != JsonKind::number) return json.is_string(known.name);
  Number number{};
  return read_integer(json.json().text(), number) && number == static_cast<Number>(known.value);
}

template <class Names>
auto read_enum(const JsonValue& json, const Names& names) {
  for (const auto& known : names) {
    if (is_enumerator(json, known)) return known.value;
  }
  std::string expected = "one of";
  const char* separator = " ";
  for (const auto& known : names) {
    expected.append(separator).append(1, '"').append(known.name).append(1, '"');
    separator = ", ";
  }
  json.fail(std::move(expected));
}

template <class Enum, class Names>
void write_enum(JsonWriter& json, Enum value, const Names& names) {
  for (const auto& known : names) {
    if (known.value == value) return json.string(known.name);
  }
  refuse_enumerator(static_cast<long long>(value));
}

}  // namespace signalr::detail
