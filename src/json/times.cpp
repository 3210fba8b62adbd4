// Times and durations from text and to text, in ticks of 100 ns: all that .NET can hold fits into 64 bits of them.
#include <limits>
#include <optional>

#include <signalr/errors.hpp>
#include <signalr/json/time.hpp>

namespace signalr::detail {
namespace {

constexpr std::int64_t kTicksPerSecond = Ticks::period::den;
constexpr std::int64_t kSecondsPerDay = 24 * 3600;
constexpr std::int64_t kMaxTicks = std::numeric_limits<std::int64_t>::max();
constexpr const char* kTimeForm = R"(a time such as "2024-02-29T23:59:59.1234567Z")";
constexpr const char* kDurationForm = R"(a duration such as "1.23:59:59.1234567")";

// Days since 1970-01-01 in the Gregorian calendar, which repeats every 400 years. Years are counted from March, so that
// the leap day comes last.
constexpr std::int64_t kDaysPerEra = 400 * 365 + 97;
constexpr std::int64_t kDaysTo1970 = 719468;  // from 0000-03-01

constexpr std::int64_t days_of(int year, int month, int day) {
  const int march_year = month <= 2 ? year - 1 : year;
  const int era = march_year / 400;  // not negative: years begin with 1
  const int year_of_era = march_year - era * 400;
  const int month_from_march = (month + 9) % 12;
  const int day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPerEra + day_of_era - kDaysTo1970;
}
static_assert(days_of(1970, 1, 1) == 0 && days_of(2000, 3, 1) == 11017 && days_of(1, 1, 1) == -719162);

struct Date {
  int year, month, day;
};

constexpr Date date_of(std::int64_t days) {  // of the years 1 to 9999
  const std::int64_t shifted = days + kDaysTo1970;
  const std::int64_t era = shifted / kDaysPerEra;
  const auto day_of_era = static_cast<int>(shifted - era * kDaysPerEra);
  const int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int month_from_march = (5 * day_of_year + 2) / 153;
  const int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<int>(era) * 400 + year_of_era + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * month_from_march + 2) / 5 + 1};
}
static_assert(date_of(-719162).year == 1 && date_of(11016).month == 2 && date_of(11016).day == 29);

constexpr std::int64_t kFirstDay = days_of(1, 1, 1);
constexpr std::int64_t kLastDay = days_of(9999, 12, 31);

int days_in(int year, int month) {
  const int next_year = month == 12 ? year + 1 : year;
  return static_cast<int>(days_of(next_year, month % 12 + 1, 1) - days_of(year, month, 1));
}

/// Reads from left to right; after something unexpected, everything else is as well.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { ok_ = skip(c) && ok_; }

  /// Exactly so many digits, up to `max`.
  int number(std::size_t digits, int max) {
    const int value = static_cast<int>(this->digits(digits, digits));
    ok_ = ok_ && value <= max;
    return value;
  }
  std::int64_t digits(std::size_t min, std::size_t max) {
    std::int64_t value = 0;
    std::size_t count = 0;
    for (; count < max && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++count) {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    ok_ = ok_ && count >= min;
    return value;
  }
  /// Of a second: nothing, or a point and up to 7 digits.
  std::int64_t fraction() {
    if (!skip('.')) return 0;
    const std::size_t before = rest_.size();
    std::int64_t ticks = digits(1, 7);
    for (std::size_t count = before - rest_.size(); count < 7; ++count) ticks *= 10;
    return ticks;
  }
  /// hh:mm:ss and a fraction.
  std::int64_t ticks_of_day() {
    const std::int64_t hours = number(2, 23);
    expect(':');
    const std::int64_t minutes = number(2, 59);
    expect(':');
    const std::int64_t seconds = number(2, 59);
    return (hours * 3600 + minutes * 60 + seconds) * kTicksPerSecond + fraction();
  }
  /// "Z", an offset, or nothing: east of Greenwich is positive.
  std::int64_t offset_in_minutes() { return at_end() || skip('Z') ? 0 : signed_offset(true); }
  std::int64_t signed_offset(bool colon) {
    const bool west = skip('-');
    if (!west) expect('+');
    const int hours = number(2, 14);  // no zone is further away
    if (colon) expect(':');
    const int minutes = hours * 60 + number(2, 59);
    return west ? -minutes : minutes;
  }
  void expect(std::string_view text) {
    for (const char c : text) expect(c);
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

void append_digits(std::string& out, std::int64_t value, int digits) {
  std::string text = std::to_string(value);
  out.append(static_cast<std::size_t>(digits) - text.size(), '0').append(text);
}

void append_ticks_of_day(std::string& out, std::int64_t ticks) {
  const std::int64_t seconds = ticks / kTicksPerSecond;
  append_digits(out, seconds / 3600, 2);
  out += ':';
  append_digits(out, seconds / 60 % 60, 2);
  out += ':';
  append_digits(out, seconds % 60, 2);
}

/// "/Date(milliseconds)/", .NET's other format. The offset behind them, "+0200", only tells the zone that the time was
/// written in.
std::optional<Ticks> read_date_function(std::string_view text) {
  constexpr std::int64_t kTicksPerMillisecond = kTicksPerSecond / 1000;
  constexpr std::int64_t kMillisecondsPerDay = kSecondsPerDay * 1000;
  Reader reader(text);
  reader.expect("/Date(");
  const bool negative = reader.skip('-');
  const std::int64_t distance = reader.digits(1, 15);
  if (reader.peek() != ')') reader.signed_offset(false);
  reader.expect(")/");
  const std::int64_t since_1970 = negative ? -distance : distance;
  const bool in_range =
      since_1970 >= kFirstDay * kMillisecondsPerDay && since_1970 < (kLastDay + 1) * kMillisecondsPerDay;
  if (!reader.ok() || !reader.at_end() || !in_range) return std::nullopt;
  return Ticks(since_1970 * kTicksPerMillisecond);
}

}  // namespace

Ticks read_time(const JsonValue& json) {
  const std::string text = json.kind() == JsonKind::string ? json.string() : std::string();
  if (const auto time = read_date_function(text)) return *time;
  Reader reader(text);
  const int year = reader.number(4, 9999);
  reader.expect('-');
  const int month = reader.number(2, 12);
  reader.expect('-');
  const int day = reader.number(2, 31);
  reader.expect('T');
  const std::int64_t ticks = reader.ticks_of_day();
  const std::int64_t offset = reader.offset_in_minutes();
  if (!reader.ok() || !reader.at_end() || year < 1 || month < 1 || day < 1 || day > days_in(year, month)) {
    json.fail(kTimeForm);
  }
  return Ticks((days_of(year, month, day) * kSecondsPerDay - offset * 60) * kTicksPerSecond + ticks);
}

void write_time(JsonWriter& json, Ticks since_1970) {
  constexpr std::int64_t kTicksPerDay = kSecondsPerDay * kTicksPerSecond;
  std::int64_t days = since_1970.count() / kTicksPerDay;
  std::int64_t ticks = since_1970.count() % kTicksPerDay;
  if (ticks < 0) {
    ticks += kTicksPerDay;
    --days;
  }
  if (days < kFirstDay || days > kLastDay) {
    throw UsageError("a time to be sent must be in the years 1 to 9999, which is what .NET can hold");
  }
  const Date date = date_of(days);
  std::string text;
  append_digits(text, date.year, 4);
  text += '-';
  append_digits(text, date.month, 2);
  text += '-';
  append_digits(text, date.day, 2);
  text += 'T';
  append_ticks_of_day(text, ticks);
  if (const std::int64_t fraction = ticks % kTicksPerSecond; fraction != 0) {
    text += '.';
    append_digits(text, fraction, 7);
    text.erase(text.find_last_not_of('0') + 1);
  }
  text += 'Z';
  json.string(text);
}

Ticks read_duration(const JsonValue& json) {
  const std::string text = json.kind() == JsonKind::string ? json.string() : std::string();
  const bool negative = !text.empty() && text.front() == '-';
  Reader reader(std::string_view(text).substr(negative ? 1 : 0));
  std::int64_t days = 0;
  if (text.find('.') < text.find(':')) {
    days = reader.digits(1, 8);
    reader.expect('.');
  }
  const std::int64_t ticks = reader.ticks_of_day();
  if (!reader.ok() || !reader.at_end()) json.fail(kDurationForm);
  // Counted downwards, since there is one more number on that side.
  constexpr std::int64_t kTicksPerDay = kSecondsPerDay * kTicksPerSecond;
  const bool fits = days <= kMaxTicks / kTicksPerDay && -days * kTicksPerDay >= -kMaxTicks - 1 + ticks;
  const std::int64_t below = fits ? -days * kTicksPerDay - ticks : 0;
  if (!fits || (!negative && below == -kMaxTicks - 1)) json.fail("a duration of at most 10675199 days, as in .NET");
  return Ticks(negative ? below : -below);
}

void write_duration(JsonWriter& json, Ticks duration) {
  constexpr std::int64_t kTicksPerDay = kSecondsPerDay * kTicksPerSecond;
  const std::int64_t days = duration.count() / kTicksPerDay;  // rounded towards zero, so both have the same sign
  const std::int64_t ticks = duration.count() % kTicksPerDay;
  std::string text = duration.count() < 0 ? "-" : "";
  if (days != 0) {
    text += std::to_string(days < 0 ? -days : days);
    text += '.';
  }
  const std::int64_t of_day = ticks < 0 ? -ticks : ticks;
  append_ticks_of_day(text, of_day);
  if (of_day % kTicksPerSecond != 0) {
    text += '.';
    append_digits(text, of_day % kTicksPerSecond, 7);
  }
  json.string(text);
}

void refuse_duration() {
  throw UsageError("a time or duration to be sent must fit into 64 bits of 100 ns, which is what .NET counts in");
}

}  // namespace signalr::detail
