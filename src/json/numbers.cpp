// Numbers from text and to text, exactly and without the locale.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <system_error>

#include <signalr/errors.hpp>
#include <signalr/json/scalars.hpp>

namespace signalr {
namespace {

template <class T>
bool read_bounded(std::string_view text, T min, T max, T& value) noexcept {
  const char* const end = text.data() + text.size();
  T read = 0;
  const std::from_chars_result result = std::from_chars(text.data(), end, read);
  if (result.ec != std::errc() || result.ptr != end || read < min || read > max) return false;
  value = read;
  return true;
}

/// Whether a JSON number is too close to 0 for a floating point type, rather than too far from it: std::from_chars says
/// the same of both.
bool is_tiny(std::string_view number) noexcept {
  const std::size_t mantissa_end = std::min(number.find_first_of("eE"), number.size());
  const std::string_view mantissa = number.substr(0, mantissa_end);
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  // Of the first digit that counts: 0 for 1 to 9.
  const std::int64_t magnitude =
      static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) - (first < point ? 1 : 0);

  std::string_view exponent = number.substr(mantissa_end);
  if (exponent.empty()) return magnitude < 0;
  exponent.remove_prefix(exponent[1] == '+' ? 2 : 1);
  std::int64_t shift = 0;
  const bool fits = std::from_chars(exponent.data(), exponent.data() + exponent.size(), shift).ec == std::errc();
  constexpr std::int64_t kFar = std::int64_t{1} << 62;
  if (!fits || shift < -kFar || shift > kFar) return exponent.front() == '-';
  return magnitude + shift < 0;
}

template <class T>
void read_float(const JsonValue& json, T& value, const char* expected) {
  if (json.kind() != JsonKind::number) json.fail(expected);
  const std::string_view text = json.json().text();
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc()) return;
  if (!is_tiny(text)) json.fail(expected);
  value = text.front() == '-' ? -T{0} : T{0};
}

template <class T>
void append_number(std::string& out, T value) {
  char buffer[64];  // the longest double takes 24
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

template <class T>
void append_float(std::string& out, T value) {
  if (!std::isfinite(value)) {
    throw UsageError("JSON has no text for NaN and infinities: send a finite number, or null as an empty optional");
  }
  append_number(out, value);
}

}  // namespace

namespace detail {

bool read_integer(std::string_view text, std::int64_t min, std::int64_t max, std::int64_t& value) noexcept {
  return read_bounded(text, min, max, value);
}
bool read_integer(std::string_view text, std::uint64_t min, std::uint64_t max, std::uint64_t& value) noexcept {
  return read_bounded(text, min, max, value);
}

}  // namespace detail

void from_json(const JsonValue& json, float& value) { read_float(json, value, "a number in the range of a float"); }
void from_json(const JsonValue& json, double& value) { read_float(json, value, "a number in the range of a double"); }

void JsonWriter::integer(std::int64_t value) {
  separate();
  append_number(out_, value);
}
void JsonWriter::integer(std::uint64_t value) {
  separate();
  append_number(out_, value);
}
void JsonWriter::number(float value) {
  separate();
  append_float(out_, value);
}
void JsonWriter::number(double value) {
  separate();
  append_float(out_, value);
}

}  // namespace signalr
