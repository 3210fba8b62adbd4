#include "protocol/json_seconds.hpp"

#include <algorithm>
#include <cstdint>

namespace signalr::detail::protocol {
namespace {

constexpr std::int64_t kDay = std::int64_t{24} * 3600 * 1'000'000'000;
constexpr int kMaxExponent = 308;  // of a double

}  // namespace

std::optional<Duration> parse_seconds(std::string_view number) noexcept {
  const bool negative = !number.empty() && number.front() == '-';
  if (negative) number.remove_prefix(1);

  // The value is `digits` * 10^exponent; digits that no longer fit only move the exponent.
  std::uint64_t digits = 0;
  std::int64_t exponent = 0;
  bool fraction = false;
  std::size_t at = 0;
  for (; at < number.size() && number[at] != 'e' && number[at] != 'E'; ++at) {
    if (number[at] == '.') {
      fraction = true;
    } else if (digits < 100'000'000'000'000'000U) {
      digits = digits * 10 + static_cast<std::uint64_t>(number[at] - '0');
      exponent -= fraction ? 1 : 0;
    } else {
      exponent += fraction ? 0 : 1;
    }
  }
  if (at < number.size()) {
    ++at;
    const bool down = number[at] == '-';
    if (number[at] == '-' || number[at] == '+') ++at;
    std::int64_t given = 0;
    for (; at < number.size(); ++at) given = std::min<std::int64_t>(given * 10 + (number[at] - '0'), 1'000'000);
    exponent += down ? -given : given;
  }
  if (digits == 0) return Duration::zero();

  int magnitude = -1;  // of `digits`: 0 for 1..9
  for (std::uint64_t rest = digits; rest != 0; rest /= 10) ++magnitude;
  if (magnitude + exponent > kMaxExponent) return std::nullopt;

  exponent += 9;  // nanoseconds from here on
  for (; exponent < 0 && digits != 0; ++exponent) digits /= 10;
  constexpr auto kCap = static_cast<std::uint64_t>(kDay);
  for (; exponent > 0 && digits < kCap; --exponent) digits *= 10;  // kCap * 10 fits
  const auto nanoseconds = static_cast<std::int64_t>(std::min(digits, kCap));
  return Duration(negative ? -nanoseconds : nanoseconds);
}

}  // namespace signalr::detail::protocol
