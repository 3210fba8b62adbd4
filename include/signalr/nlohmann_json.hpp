// Opt-in: nlohmann::json as an argument or result, and types that have nlohmann's own from_json and to_json. Needs
// nlohmann/json.hpp, 3.9 or later; the library itself doesn't.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <utility>

#include <signalr/errors.hpp>
#include <signalr/json.hpp>

namespace signalr {

namespace detail {

// Only these, and exactly these: nlohmann::json converts from and to nearly everything.
template <class T>
inline constexpr bool kIsNlohmann = std::is_same_v<T, nlohmann::json> || std::is_same_v<T, nlohmann::ordered_json>;

}  // namespace detail

/// Numbers become what nlohmann::json has: 64 bits or a double. What it can't hold ("1e400") is a DecodeError.
/// Surrogate escapes that stand alone become U+FFFD.
template <class T, std::enable_if_t<detail::kIsNlohmann<T>, int> = 0>
void from_json(const JsonValue& json, T& value) {
  try {
    value = T::parse(detail::without_lone_surrogates(json.json().text()));
  } catch (const nlohmann::json::exception&) {
    json.fail("JSON that nlohmann::json can hold");
  }
}
/// Invalid UTF-8 is replaced by U+FFFD. NaN and infinities become null: that is nlohmann's way.
template <class T, std::enable_if_t<detail::kIsNlohmann<T>, int> = 0>
void to_json(JsonWriter& json, const T& value) {
  json.raw(RawJsonView(value.dump(-1, ' ', false, T::error_handler_t::replace)));
}

/// For a T that nlohmann::json knows how to convert: `client.invoke("Add", ViaNlohmann<Order>{order})`,
/// `call.get<ViaNlohmann<Order>>().value`.
template <class T>
struct ViaNlohmann {
  T value{};
};

template <class T>
void from_json(const JsonValue& json, ViaNlohmann<T>& value) {
  const auto parsed = json.get<nlohmann::json>();
  try {
    value.value = parsed.template get<T>();
  } catch (const nlohmann::json::exception& error) {
    json.fail("what nlohmann::json can convert (" + std::string(error.what()) + ')');
  }
}
template <class T>
void to_json(JsonWriter& json, const ViaNlohmann<T>& value) {
  json.value(nlohmann::json(value.value));
}

}  // namespace signalr
