#include "printed_json.hpp"

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "json.hpp"

namespace wire {
namespace {

/// Seconds since an epoch of its own, and the fraction's digits.
using Moment = std::pair<long long, std::string>;

long long days_before(long long year, long long month, long long day) {
  // The year begins in March, so that the leap day is its last one.
  const long long y = month > 2 ? year : year - 1;
  const long long days_in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return 365 * y + y / 4 - y / 100 + y / 400 + days_in_year;
}

std::optional<Moment> moment_of(std::string_view text) {
  const std::string whole(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, length = 0;
  if (std::sscanf(whole.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &length) <
          6 ||
      length != 19) {
    return std::nullopt;
  }
  std::size_t at = 19;
  std::string fraction;
  if (at < whole.size() && whole[at] == '.') {
    const std::size_t end = whole.find_first_not_of("0123456789", at + 1);
    fraction = whole.substr(at + 1, end == whole.npos ? whole.npos : end - at - 1);
    at = end == whole.npos ? whole.size() : end;
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  }
  const std::string zone = whole.substr(at);
  int zone_hour = 0, zone_minute = 0;
  if (zone != "Z") {
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
    if (std::sscanf(zone.c_str() + 1, "%2d:%2d", &zone_hour, &zone_minute) != 2) return std::nullopt;
  }
  const long long offset = (zone_hour * 60LL + zone_minute) * (zone[0] == '-' ? -60 : 60);
  const long long seconds = ((days_before(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  return Moment(seconds - offset, fraction);
}

bool same_value(const JsonValue& a, const JsonValue& b) {
  if (a.IsString() && b.IsString()) return string_of(a) == string_of(b) || same_moment(string_of(a), string_of(b));
  if (a.IsArray() && b.IsArray()) {
    if (a.Size() != b.Size()) return false;
    for (rapidjson::SizeType i = 0; i < a.Size(); ++i) {
      if (!same_value(a[i], b[i])) return false;
    }
    return true;
  }
  if (!a.IsObject() || !b.IsObject()) return a == b;
  if (a.MemberCount() != b.MemberCount()) return false;
  for (const auto& entry : a.GetObject()) {
    const auto other = b.FindMember(entry.name);
    if (other == b.MemberEnd() || !same_value(entry.value, other->value)) return false;
  }
  return true;
}

}  // namespace

bool same_moment(std::string_view a, std::string_view b) {
  const auto left = moment_of(a);
  return left && left == moment_of(b);
}

bool same_printed_json(std::string_view printed, std::string_view json) {
  const Json a = parse_json(printed);
  const Json b = parse_json(json);
  return !a.HasParseError() && !b.HasParseError() && same_value(a, b);
}

}  // namespace wire
