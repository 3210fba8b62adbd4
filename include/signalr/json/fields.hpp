// SIGNALR_JSON: a plain struct as an object.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>

#include <signalr/export.hpp>
#include <signalr/json/for_each.hpp>
#include <signalr/json/optional.hpp>
#include <signalr/json/value.hpp>
#include <signalr/json/writer.hpp>

/// Makes a struct an object: names its members, at namespace scope, in the namespace of the type.
///
///   struct Quote {
///     std::string symbol;
///     double price = 0;
///     int volume = -1;
///     std::optional<std::string> note;
///   };
///   SIGNALR_JSON(Quote, symbol, (price, "Price"), (volume, "Vol", optional), note)
///
/// `name` is called so in JSON, `(name, "Name")` otherwise. Names match exactly: .NET sends "Price" unless told not to.
/// A member must be there unless it is marked `optional` (absent or null: it keeps the value that it has by default) or
/// is a std::optional. Members that aren't named here are ignored. A std::optional without a value isn't written.
#define SIGNALR_JSON(Type, ...)                                                                                 \
  [[maybe_unused]] constexpr auto signalr_json_fields(const Type*) {                                            \
    [[maybe_unused]] constexpr auto optional = ::signalr::detail::OptionalField{};                              \
    return std::make_tuple(SIGNALR_PP_EACH(SIGNALR_JSON_FIELD, Type, __VA_ARGS__));                             \
  }                                                                                                             \
  [[maybe_unused]] constexpr ::signalr::JsonKind json_kind(const Type*) { return ::signalr::JsonKind::object; } \
  [[maybe_unused]] inline void from_json(const ::signalr::JsonValue& json, Type& value) {                       \
    constexpr auto fields = signalr_json_fields(static_cast<const Type*>(nullptr));                             \
    ::signalr::detail::read_fields(json, value, fields);                                                        \
  }                                                                                                             \
  [[maybe_unused]] inline void to_json(::signalr::JsonWriter& json, const Type& value) {                        \
    constexpr auto fields = signalr_json_fields(static_cast<const Type*>(nullptr));                             \
    ::signalr::detail::write_fields(json, value, fields);                                                       \
  }                                                                                                             \
  static_assert(true, "for the semicolon")

#define SIGNALR_JSON_FIELD(Type, x) SIGNALR_PP_CAT(SIGNALR_JSON_FIELD_, SIGNALR_PP_IS_PAREN(x))(Type, x)
#define SIGNALR_JSON_FIELD_0(Type, x) ::signalr::detail::make_field(&Type::x, #x)
#define SIGNALR_JSON_FIELD_1(Type, x) SIGNALR_JSON_FIELD_SPEC(Type, SIGNALR_PP_UNPAREN x)
#define SIGNALR_JSON_FIELD_SPEC(...) SIGNALR_JSON_FIELD_SPEC_(__VA_ARGS__)
#define SIGNALR_JSON_FIELD_SPEC_(Type, name, ...) ::signalr::detail::make_field(&Type::name, #name, __VA_ARGS__)

namespace signalr::detail {

struct OptionalField {};

template <class Type, class Member>
struct Field {
  Member Type::*member;
  std::string_view name;
  bool optional;
};

template <class Type, class Member>
constexpr Field<Type, Member> make_field(Member Type::*member, std::string_view name) {
  return {member, name, false};
}
template <class Type, class Member>
constexpr Field<Type, Member> make_field(Member Type::*member, std::string_view /*own*/, std::string_view name) {
  return {member, name, false};
}
template <class Type, class Member>
constexpr Field<Type, Member> make_field(Member Type::*member, std::string_view name, OptionalField) {
  return {member, name, true};
}
template <class Type, class Member>
constexpr Field<Type, Member> make_field(Member Type::*member, std::string_view /*own*/, std::string_view name,
                                         OptionalField) {
  return {member, name, true};
}

/// Finds the last member of each name in one pass. Throws DecodeError unless `json` is an object.
SIGNALR_API void find_members(const JsonValue& json, const std::string_view* names, std::optional<JsonValue>* found,
                              std::size_t count);

template <class T, class Type, class Member>
void read_field(const JsonValue& json, T& value, const Field<Type, Member>& field,
                const std::optional<JsonValue>& found) {
  if (found && !(field.optional && found->is_null())) {
    from_json(*found, value.*field.member);
  } else if constexpr (kIsOptional<Member>) {
    (value.*field.member).reset();
  } else if (!field.optional) {
    json.fail_without(field.name);
  }
}

template <class T, class... Fields>
void read_fields(const JsonValue& json, T& value, const std::tuple<Fields...>& fields) {
  std::apply(
      [&](const Fields&... field) {
        const std::array<std::string_view, sizeof...(Fields)> names{field.name...};
        std::array<std::optional<JsonValue>, sizeof...(Fields)> found;
        find_members(json, names.data(), found.data(), names.size());
        std::size_t n = 0;
        (read_field(json, value, field, found[n++]), ...);
      },
      fields);
}

template <class T, class Type, class Member>
void write_field(JsonWriter& json, const T& value, const Field<Type, Member>& field) {
  if constexpr (kIsOptional<Member>) {
    if (!(value.*field.member).has_value()) return;
  }
  json.member(field.name, value.*field.member);
}

template <class T, class... Fields>
void write_fields(JsonWriter& json, const T& value, const std::tuple<Fields...>& fields) {
  json.begin_object();
  std::apply([&](const Fields&... field) { (write_field(json, value, field), ...); }, fields);
  json.end_object();
}

}  // namespace signalr::detail
