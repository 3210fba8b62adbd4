// std::map and std::unordered_map: objects with any members, by their names, which needn't be strings.
#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <unordered_map>

#include <signalr/json/encode.hpp>
#include <signalr/json/kinds.hpp>
#include <signalr/json/scalars.hpp>
#include <signalr/json/value.hpp>
#include <signalr/json/writer.hpp>

namespace signalr {

namespace detail {

// A name is a string. What else .NET makes names of, it writes as the text of the value.
template <class Key>
Key key_of(const JsonValue& name) {
  if constexpr (std::is_same_v<Key, std::string>) {
    return name.string();
  } else if constexpr (kind_of<Key>() == JsonKind::string) {
    return name.get<Key>();
  } else {
    static_assert(kind_of<Key>() == JsonKind::number,
                  "the keys of a map that is JSON must be strings, numbers, enumerations, times or durations");
    if (std::is_floating_point_v<Key> && is_not_finite(name)) return name.get<Key>();
    const std::string text = name.string();
    try {
      return JsonDocument(RawJsonView(text)).root().get<Key>();
    } catch (const DecodeError&) {
      name.fail(describe_number<Key>() + " as a name");
    }
  }
}

template <class Key>
std::string name_of(const Key& key) {
  std::string text;
  append_json(text, key);
  return text.front() == '"' ? JsonDocument(RawJsonView(text)).root().string() : text;
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
    if constexpr (std::is_same_v<typename Map::key_type, std::string>) {
      json.member(key, value);
    } else {
      json.member(name_of(key), value);
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
