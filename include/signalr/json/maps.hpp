// std::map and std::unordered_map: objects with any members, by their names.
#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <unordered_map>

#include <signalr/json/scalars.hpp>
#include <signalr/json/value.hpp>
#include <signalr/json/writer.hpp>

namespace signalr {

namespace detail {

// Names are strings, or integers as text, which is how .NET writes a Dictionary<int, …>.
template <class Key>
Key key_of(const JsonValue& name) {
  static_assert(std::is_same_v<Key, std::string> || kIsInteger<Key>,
                "the keys of a map that is JSON must be std::string or integers");
  if constexpr (std::is_same_v<Key, std::string>) {
    return name.string();
  } else {
    Key key{};
    if (!read_integer(name.string(), key)) name.fail(describe_integer<Key>() + " as a name");
    return key;
  }
}

template <class Map>
void read_map(const JsonValue& json, Map& values) {
  values.clear();
  for (const JsonValue::Member member : json.members()) {
    values.insert_or_assign(key_of<typename Map::key_type>(member.name), member.value.get<typename Map::mapped_type>());
  }
}

template <class Map>
void write_map(JsonWriter& json, const Map& values) {
  json.begin_object();
  for (const auto& [key, value] : values) {
    if constexpr (kIsInteger<typename Map::key_type>) {
      json.member(std::to_string(key), value);
    } else {
      json.member(key, value);
    }
  }
  json.end_object();
}

}  // namespace detail

template <class K, class T, class Less, class Allocator>
void from_json(const JsonValue& json, std::map<K, T, Less, Allocator>& values) {
  detail::read_map(json, values);
}
template <class K, class T, class Less, class Allocator>
void to_json(JsonWriter& json, const std::map<K, T, Less, Allocator>& values) {
  detail::write_map(json, values);
}
template <class K, class T, class Hash, class Equal, class Allocator>
void from_json(const JsonValue& json, std::unordered_map<K, T, Hash, Equal, Allocator>& values) {
  detail::read_map(json, values);
}
template <class K, class T, class Hash, class Equal, class Allocator>
void to_json(JsonWriter& json, const std::unordered_map<K, T, Hash, Equal, Allocator>& values) {
  detail::write_map(json, values);
}

}  // namespace signalr
