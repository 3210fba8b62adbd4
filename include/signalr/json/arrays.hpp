// What JSON has arrays for: sequences and sets of any length, arrays, pairs and tuples of exactly theirs. Some of them
// .NET writes in another form, which is read as well: byte[] as base64, Tuple and KeyValuePair as objects.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include <signalr/export.hpp>
#include <signalr/json/optional.hpp>
#include <signalr/json/value.hpp>
#include <signalr/json/writer.hpp>

namespace signalr {

namespace detail {

inline JsonValue::Elements elements_exactly(const JsonValue& json, std::size_t count) {
  if (json.kind() != JsonKind::array || json.size() != count) {
    json.fail("an array of " + std::to_string(count));
  }
  return json.elements();
}

template <class Sequence>
void write_array(JsonWriter& json, const Sequence& values) {
  json.begin_array();
  for (const auto& value : values) json.value(value);
  json.end_array();
}

template <class Set>
void read_set(const JsonValue& json, Set& values) {
  values.clear();
  for (const JsonValue element : json.elements()) values.insert(element.get<typename Set::value_type>());
}

/// The bytes of a string; throws DecodeError.
SIGNALR_API std::string decode_base64(const JsonValue& json);

template <class T>
inline constexpr bool kIsByte = std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::byte>;

template <class T>
inline constexpr bool kIsBytes = false;
template <class T, class Allocator>
inline constexpr bool kIsBytes<std::vector<T, Allocator>> = kIsByte<T>;

template <class T>
inline constexpr bool kIsTuple = false;
template <class... T>
inline constexpr bool kIsTuple<std::tuple<T...>> = true;
template <class A, class B>
inline constexpr bool kIsTuple<std::pair<A, B>> = true;

template <class Tuple, std::size_t... I>
void read_items(const JsonValue& json, Tuple& values, std::index_sequence<I...>) {
  ((std::get<I>(values) = json.get<std::tuple_element_t<I, Tuple>>("Item" + std::to_string(I + 1))), ...);
}

template <class Tuple, std::size_t... I>
void read_tuple(const JsonValue& json, Tuple& values, std::index_sequence<I...> all) {
  if (json.kind() == JsonKind::object) return read_items(json, values, all);
  [[maybe_unused]] auto element = elements_exactly(json, sizeof...(I)).begin();
  ((from_json(*element, std::get<I>(values)), ++element), ...);
}

template <class Tuple, std::size_t... I>
void write_tuple(JsonWriter& json, const Tuple& values, std::index_sequence<I...>) {
  json.begin_array();
  (json.value(std::get<I>(values)), ...);
  json.end_array();
}

}  // namespace detail

/// Of bytes (std::uint8_t, std::byte) also base64, which is how .NET writes a byte[]. They are written as an array,
/// which it takes for a byte[] and for a list alike.
template <class T, class Allocator>
void from_json(const JsonValue& json, std::vector<T, Allocator>& values) {
  if constexpr (detail::kIsByte<T>) {
    if (json.kind() == JsonKind::string) {
      const std::string bytes = detail::decode_base64(json);
      values.resize(bytes.size());
      std::transform(bytes.begin(), bytes.end(), values.begin(), [](char c) { return static_cast<T>(c); });
      return;
    }
  }
  const JsonValue::Elements elements = json.elements();
  values.clear();
  values.reserve(elements.size());
  for (const JsonValue element : elements) values.push_back(element.get<T>());
}
template <class T, class Allocator>
void to_json(JsonWriter& json, const std::vector<T, Allocator>& values) {
  detail::write_array(json, values);
}

/// The order isn't kept, and of equal ones the first stays.
template <class T, class Less, class Allocator>
void from_json(const JsonValue& json, std::set<T, Less, Allocator>& values) {
  detail::read_set(json, values);
}
template <class T, class Less, class Allocator>
void to_json(JsonWriter& json, const std::set<T, Less, Allocator>& values) {
  detail::write_array(json, values);
}
template <class T, class Hash, class Equal, class Allocator>
void from_json(const JsonValue& json, std::unordered_set<T, Hash, Equal, Allocator>& values) {
  detail::read_set(json, values);
}
template <class T, class Hash, class Equal, class Allocator>
void to_json(JsonWriter& json, const std::unordered_set<T, Hash, Equal, Allocator>& values) {
  detail::write_array(json, values);
}

template <class T, std::size_t N>
void from_json(const JsonValue& json, std::array<T, N>& values) {
  std::size_t n = 0;
  for (const JsonValue element : detail::elements_exactly(json, N)) from_json(element, values[n++]);
}
template <class T, std::size_t N>
void to_json(JsonWriter& json, const std::array<T, N>& values) {
  detail::write_array(json, values);
}

/// Also .NET's Tuple and ValueTuple, which are objects: {"Item1":…,"Item2":…}.
template <class... T>
void from_json(const JsonValue& json, std::tuple<T...>& values) {
  detail::read_tuple(json, values, std::index_sequence_for<T...>());
}
template <class... T>
void to_json(JsonWriter& json, const std::tuple<T...>& values) {
  detail::write_tuple(json, values, std::index_sequence_for<T...>());
}

/// As a tuple; also .NET's KeyValuePair: {"Key":…,"Value":…}.
template <class A, class B>
void from_json(const JsonValue& json, std::pair<A, B>& values) {
  if (json.kind() == JsonKind::object && json.find("Key")) {
    values.first = json.get<A>("Key");
    values.second = json.get<B>("Value");
    return;
  }
  detail::read_tuple(json, values, std::make_index_sequence<2>());
}
template <class A, class B>
void to_json(JsonWriter& json, const std::pair<A, B>& values) {
  detail::write_tuple(json, values, std::make_index_sequence<2>());
}

}  // namespace signalr
