// Which kind of JSON a type is: what tells the alternatives of a variant apart, and what can be a name in a map.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include <signalr/json/value.hpp>

namespace signalr::detail {

template <class T>
inline constexpr bool kIsText = std::is_same_v<T, std::string>;
template <class Duration>
inline constexpr bool kIsText<std::chrono::time_point<std::chrono::system_clock, Duration>> = true;
template <class Rep, class Period>
inline constexpr bool kIsText<std::chrono::duration<Rep, Period>> = true;

template <class T>
inline constexpr bool kIsArray = false;
template <class... T>
inline constexpr bool kIsArray<std::vector<T...>> = true;
template <class... T>
inline constexpr bool kIsArray<std::set<T...>> = true;
template <class... T>
inline constexpr bool kIsArray<std::unordered_set<T...>> = true;
template <class T, std::size_t N>
inline constexpr bool kIsArray<std::array<T, N>> = true;
template <class... T>
inline constexpr bool kIsArray<std::tuple<T...>> = true;
template <class... T>
inline constexpr bool kIsArray<std::pair<T...>> = true;

template <class T>
inline constexpr bool kIsObject = false;
template <class... T>
inline constexpr bool kIsObject<std::map<T...>> = true;
template <class... T>
inline constexpr bool kIsObject<std::unordered_map<T...>> = true;

template <class T, class = void>
inline constexpr bool kTellsKind = false;
template <class T>
inline constexpr bool kTellsKind<T, std::void_t<decltype(json_kind(static_cast<const T*>(nullptr)))>> = true;

/// Types of yours say it by `constexpr signalr::JsonKind json_kind(const Point*)` next to them; SIGNALR_JSON and
/// SIGNALR_ENUM write that.
template <class T>
constexpr JsonKind kind_of() {
  if constexpr (kTellsKind<T>) {
    return json_kind(static_cast<const T*>(nullptr));
  } else if constexpr (std::is_same_v<T, std::monostate>) {
    return JsonKind::null;
  } else if constexpr (std::is_same_v<T, bool>) {
    return JsonKind::boolean;
  } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
    return JsonKind::number;
  } else if constexpr (kIsText<T>) {
    return JsonKind::string;
  } else if constexpr (kIsArray<T>) {
    return JsonKind::array;
  } else {
    static_assert(kIsObject<T>, "of this alternative it isn't known which kind of JSON it is: see json_kind");
    return JsonKind::object;
  }
}

}  // namespace signalr::detail
