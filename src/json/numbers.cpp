// Numbers from text and to text, exactly and without the locale.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <system_error>

#include <signalr/json/scalars.hpp>

namespace signalr {
namespace {

// A JSON number is digits, at most one point among them, times a power of ten.
constexpr std::int64_t kFar = std::int64_t{1} << 62;  // for exponents beyond that

struct Decimal {
  std::string_view mantissa;
  std::size_t first = std::string_view::npos;  // digit of it that isn't 0; npos: there is none
  std::int64_t exponent = 0;

  explicit Decimal(std::string_view number) {
    const std::size_t mantissa_end = std::min(number.find_first_of("eE"), number.size());
    mantissa = number.substr(0, mantissa_end);
    first = mantissa.find_first_of("123456789");
    std::string_view digits = number.substr(mantissa_end);
    if (digits.empty()) return;
    digits.remove_prefix(digits[1] == '+' ? 2 : 1);
    const bool fits = std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec == std::errc();
    if (!fits || exponent < -kFar || exponent > kFar) exponent = digits.front() == '-' ? -kFar : kFar;
  }

  bool is_zero() const noexcept { return first == std::string_view::npos; }
  /// The power of ten that the digit at `place` of the mantissa stands for.
  std::int64_t power_at(std::size_t place) const noexcept {
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    return exponent + static_cast<std::int64_t>(point) - static_cast<std::int64_t>(place) - (place < point ? 1 : 0);
  }
};

/// Whether a JSON number is too close to 0 for a floating point type, rather than too far from it: std::from_chars says
/// the same of both.
bool is_tiny(std::string_view number) noexcept {
  const Decimal decimal(number);
  return decimal.is_zero() || decimal.power_at(decimal.first) < 0;
}

/// A whole number in digits alone, however it is written: "150" for "1.50e2". Empty when it has a fraction, or more
/// digits than any integer.
std::string whole_digits(std::string_view number) {
  const Decimal decimal(number);
  if (decimal.is_zero()) return "0";
  constexpr std::int64_t kMostDigits = 20;
  const std::size_t last = decimal.mantissa.find_last_of("123456789");
  const std::int64_t zeros = decimal.power_at(last);
  if (zeros < 0 || decimal.power_at(decimal.first) >= kMostDigits) return {};
  std::string digits(number.front() == '-' ? "-" : "");
  for (std::size_t i = decimal.first; i <= last; ++i) {
    if (decimal.mantissa[i] != '.') digits += decimal.mantissa[i];
  }
  return digits.append(static_cast<std::size_t>(zeros), '0');
}

template <class T>
bool read_bounded(std::string_view text, T min, T max, T& value) {
  T read = 0;
  const auto whole = [&read](std::string_view digits) {
    const char* const end = digits.data() + digits.size();
    const std::from_chars_result result = std::from_chars(digits.data(), end, read);
    return result.ec == std::errc() && result.ptr == end;
  };
  if (!whole(text) && !whole(whole_digits(text))) return false;
  if (read < min || read > max) return false;
  value = read;
  return true;
}

struct NotFinite {
  std::string_view name;
  double value;
};
/// What .NET writes for them, and reads (FloatFormatHandling.String).
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr NotFinite kNotFinite[] = {
    {"NaN", std::numeric_limits<double>::quiet_NaN()}, {"Infinity", kInfinity}, {"-Infinity", -kInfinity}};

const NotFinite* not_finite(const JsonValue& json) {
  const auto named = [&](const NotFinite& candidate) { return json.is_string(candidate.name); };
  const NotFinite* const found = std::find_if(std::begin(kNotFinite), std::end(kNotFinite), named);
  return found == std::end(kNotFinite) ? nullptr : found;
}

template <class T>
void read_float(const JsonValue& json, T& value, const char* expected) {
  if (json.kind() != JsonKind::number) {
    const NotFinite* const named = not_finite(json);
    if (named == nullptr) json.fail(expected);
    value = static_cast<T>(named->value);
    return;
  }
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

}  // namespace

namespace detail {

bool read_integer(std::string_view number, std::int64_t min, std::int64_t max, std::int64_t& value) {
  return read_bounded(number, min, max, value);
}
bool read_integer(std::string_view number, std::uint64_t min, std::uint64_t max, std::uint64_t& value) {
  return read_bounded(number, min, max, value);
}

bool is_not_finite(const JsonValue& json) { return not_finite(json) != nullptr; }

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
void JsonWriter::number(double value) {
  if (std::isnan(value)) return string("NaN");
  if (std::isinf(value)) return string(value < 0 ? "-Infinity" : "Infinity");
  separate();
  append_number(out_, value);
}
void JsonWriter::number(float value) {
  if (!std::isfinite(value)) return number(static_cast<double>(value));
  separate();
  append_number(out_, value);
}

}  // namespace signalr
