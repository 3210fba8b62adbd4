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

/// Hands errors on, DecodeError among them. Anything, and nothing, can be decoded into void.
template <class T>
Result<T> decode_result(Result<RawJson> json) {
  require_owners<T>();
  if (!json.ok()) return json.error_ptr();
  if constexpr (std::is_void_v<T>) {
    return Result<void>();
  } else if constexpr (std::is_same_v<T, RawJson>) {
    return json;
  } else {
    try {
      return decode_json<T>(json.value());
    } catch (const Error& error) {
      return error.clone();
    }
  }
}

/// Decodes the arguments of one call, so that errors tell which one it was.
class SIGNALR_API ArgumentDecoder {
 public:
  /// The text must outlive this.
  explicit ArgumentDecoder(std::string_view method) noexcept : method_(method) {}

  /// Throws DecodeError, also for a missing argument. `index` counts from 0, errors count from 1.
  template <class T>
  T decode(std::size_t index, RawJsonView json) const {
    if (json.missing()) fail_missing(index);
    try {
      return decode_json<T>(json);
    } catch (const DecodeError& error) {
      throw error.within(place(index));
    }
  }

 private:
  std::string place(std::size_t index) const;
  [[noreturn]] void fail_missing(std::size_t index) const;

  std::string_view method_;
};

}  // namespace signalr
