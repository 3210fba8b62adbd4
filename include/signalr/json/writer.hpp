// Writes JSON, value after value; commas come by themselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <signalr/export.hpp>
#include <signalr/raw_json.hpp>

namespace signalr {

class JsonWriter;

namespace detail {

template <class T, class = void>
inline constexpr bool kHasToJson = false;
template <class T>
inline constexpr bool
    kHasToJson<T, std::void_t<decltype(to_json(std::declval<JsonWriter&>(), std::declval<const T&>()))>> = true;

}  // namespace detail

/// Appends one value to a text. What it contains is written by the caller in order, and so is valid when the brackets
/// match and each member() is followed by one value.
///
/// A type of yours is written by a function next to it, which is found by its argument (or by SIGNALR_JSON, which
/// writes it): `void to_json(signalr::JsonWriter& json, const Point& point)`, which must write exactly one value.
class SIGNALR_API JsonWriter {
 public:
  explicit JsonWriter(std::string& out) noexcept : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void null();
  void boolean(bool value);
  void integer(std::int64_t value);
  void integer(std::uint64_t value);
  /// The shortest text that reads back the same. JSON has none for NaN and infinities, which become the strings that
  /// .NET writes and reads: "NaN", "Infinity", "-Infinity".
  void number(float value);
  void number(double value);
  /// Invalid UTF-8 is replaced by U+FFFD.
  void string(std::string_view value);
  /// As it is, unchecked; null when missing.
  void raw(RawJsonView value);
  /// Anything that has a to_json.
  template <class T>
  void value(const T& value) {
    static_assert(detail::kHasToJson<T>,
                  "signalr: T can't be encoded; SIGNALR_JSON(T, fields...) next to it makes it so, or a to_json");
    if constexpr (detail::kHasToJson<T>) to_json(*this, value);
  }

  void begin_array();
  void end_array();
  void begin_object();
  /// The name of the value that is written next.
  void member(std::string_view name);
  template <class T>
  void member(std::string_view name, const T& value) {
    member(name);
    this->value(value);
  }
  void end_object();

 private:
  void separate();

  std::string& out_;
  bool first_ = true;  // whether the next value takes no comma before it
};

}  // namespace signalr
