#include "protocol/cookie_date.hpp"

#include <cstdint>

#include "protocol/ascii.hpp"

namespace signalr::detail::protocol {
namespace {

using Time = std::chrono::system_clock::time_point;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// RFC 6265's delimiter: all that is no digit, letter, colon or byte beyond ASCII.
constexpr bool is_delimiter(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  const bool letter = to_lower(c) >= 'a' && to_lower(c) <= 'z';
  return !(is_digit(c) || letter || c == ':' || byte >= 0x7f || byte < 0x09 || (byte > 0x09 && byte < 0x20));
}

/// Takes min to max digits from the front; more than that is no match.
std::optional<int> take_digits(std::string_view& text, std::size_t min, std::size_t max) noexcept {
  std::size_t count = 0;
  int value = 0;
  while (count < text.size() && is_digit(text[count])) {
    if (count == max) return std::nullopt;
    value = value * 10 + (text[count++] - '0');
  }
  if (count < min) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

struct Fields {
  std::optional<int> hour, minute, second, day, month, year;

  void read(std::string_view token) noexcept {
    if (!hour && read_time(token)) return;
    std::string_view rest = token;
    if (!day) {
      if ((day = take_digits(rest, 1, 2))) return;
    }
    if (!month && read_month(token)) return;
    rest = token;
    if (!year) year = take_digits(rest, 2, 4);
  }

  bool read_time(std::string_view token) noexcept {
    const auto h = take_digits(token, 1, 2);
    if (!h || token.empty() || token.front() != ':') return false;
    token.remove_prefix(1);
    const auto m = take_digits(token, 1, 2);
    if (!m || token.empty() || token.front() != ':') return false;
    token.remove_prefix(1);
    const auto s = take_digits(token, 1, 2);
    if (!s) return false;
    hour = h;
    minute = m;
    second = s;
    return true;
  }

  bool read_month(std::string_view token) noexcept {
    constexpr std::string_view kNames = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int index = 0; index < 12; ++index) {
      if (starts_with_ignoring_case(token, kNames.substr(static_cast<std::size_t>(index) * 3, 3))) {
        month = index + 1;
        return true;
      }
    }
    return false;
  }
};

/// Days from 1970-01-01 to a day of the Gregorian calendar, with years that begin in March.
constexpr std::int64_t days_since_epoch(int year, int month, int day) noexcept {
  const int shifted_year = month <= 2 ? year - 1 : year;
  const int era = shifted_year / 400;
  const int year_of_era = shifted_year - era * 400;
  const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<std::int64_t>(era) * 146097 + day_of_era - 719468;
}

static_assert(days_since_epoch(1970, 1, 1) == 0);
static_assert(days_since_epoch(2000, 3, 1) == 11017);

bool day_exists(int year, int month, int day) noexcept {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day >= 1 && day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

}  // namespace

std::optional<Time> parse_cookie_date(std::string_view text) noexcept {
  Fields fields;
  while (!text.empty()) {
    std::size_t begin = 0;
    while (begin < text.size() && is_delimiter(text[begin])) ++begin;
    std::size_t end = begin;
    while (end < text.size() && !is_delimiter(text[end])) ++end;
    if (end > begin) fields.read(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
  if (!fields.hour || !fields.day || !fields.month || !fields.year) return std::nullopt;
  int year = *fields.year;
  if (year >= 70 && year <= 99) year += 1900;
  if (year <= 69) year += 2000;
  if (year < 1601 || *fields.hour > 23 || *fields.minute > 59 || *fields.second > 59) return std::nullopt;
  if (!day_exists(year, *fields.month, *fields.day)) return std::nullopt;

  const std::chrono::seconds seconds(days_since_epoch(year, *fields.month, *fields.day) * 86400 + *fields.hour * 3600 +
                                     *fields.minute * 60 + *fields.second);
  using std::chrono::duration_cast;
  if (seconds >= duration_cast<std::chrono::seconds>(Time::max().time_since_epoch())) return Time::max();
  if (seconds <= duration_cast<std::chrono::seconds>(Time::min().time_since_epoch())) return Time::min();
  return Time(duration_cast<Time::duration>(seconds));
}

}  // namespace signalr::detail::protocol
