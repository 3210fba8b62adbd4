// From JSON text to a type, and which argument of which call it was if that fails.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <signalr/decode_error.hpp>
#include <signalr/export.hpp>
#include <signalr/json/scalars.hpp>
#include <signalr/json/value.hpp>
#include <signalr/raw_json.hpp>
#include <signalr/result.hpp>

namespace signalr {

/// Types that look at the text that they are decoded from instead of owning what they hold.
template <class T>
inline constexpr bool kIsJsonView = std::is_same_v<T, std::string_view> || std::is_same_v<T, RawJsonView>;

/// Throws DecodeError. A missing value is decoded as null. Into std::string_view, only strings without escapes can be
/// decoded; it is a view into `json`. RawJsonView takes the text as it is, unchecked.
template <class T>
T decode_json(RawJsonView json) {
  if constexpr (std::is_same_v<T, RawJsonView>) {
    return json.missing() ? RawJsonView("null") : json;
  } else {
    const JsonDocument document(json);
    if constexpr (std::is_same_v<T, std::string_view>) {
      return document.root().plain_string();
    } else {
      return document.root().template get<T>();
    }
  }
}
/// For what must outlive the text that it is decoded from.
template <class... T>
constexpr void require_owners() {
  static_assert((!kIsJsonView<T> && ...),
                "signalr: only handlers may take views; here std::string or RawJson must be taken instead");
}
/// A view into what is about to go.
template <class T, std::enable_if_t<kIsJsonView<T>, int> = 0>
T decode_json(RawJson&& json) = delete;

/// Hands errors on, DecodeError among them: within `place`, if it is given. Anything, and nothing, can be decoded into
/// void.
template <class T>
Result<T> decode_result(Result<RawJson> json, const std::string& place = {}) {
  require_owners<T>();
  if (!json.ok()) return json.error_ptr();
  if constexpr (std::is_void_v<T>) {
    return Result<void>();
  } else if constexpr (std::is_same_v<T, RawJson>) {
    return json;
  } else {
    try {
      return decode_json<T>(json.value());
    } catch (const DecodeError& error) {
      return place.empty() ? error.clone() : error.within(place).clone();
    } catch (const Error& error) {
      return error.clone();
    }
  }
}

namespace detail {
[[noreturn]] SIGNALR_API void fail_argument(std::size_t index, const DecodeError& error);
[[noreturn]] SIGNALR_API void fail_missing_argument(std::size_t index);
}  // namespace detail

/// Decodes an argument of a call. Throws DecodeError that says which one it was, also for a missing one. `index` counts
/// from 0, errors count from 1.
template <class T>
T decode_argument(std::size_t index, RawJsonView json) {
  if (json.missing()) detail::fail_missing_argument(index);
  try {
    return decode_json<T>(json);
  } catch (const DecodeError& error) {
    detail::fail_argument(index, error);
  }
}

}  // namespace signalr
