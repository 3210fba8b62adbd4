#include "recording.hpp"

#include <algorithm>
#include <charconv>

namespace wire {

bool same_name(std::string_view a, std::string_view b) { return lower(a) == lower(b); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

const std::string* find(const Pairs& pairs, std::string_view name) {
  for (const auto& pair : pairs) {
    if (same_name(pair.first, name)) return &pair.second;
  }
  return nullptr;
}

std::string value_of(const Pairs& pairs, std::string_view name) {
  const std::string* found = find(pairs, name);
  return found != nullptr ? *found : std::string();
}

std::string RecordedRequest::command() const { return lower(path.substr(path.rfind('/') + 1)); }

std::string RecordedRequest::base() const { return path.substr(0, path.rfind('/') + 1); }

std::string RecordedRequest::parameter(std::string_view name) const {
  const std::string* in_query = find(query, name);
  return in_query != nullptr ? *in_query : value_of(form, name);
}

bool RecordedRequest::has_parameter(std::string_view name) const {
  return find(query, name) != nullptr || find(form, name) != nullptr;
}

double RecordedResponse::end_ms() const {
  const double last = pieces.empty() ? t_ms : pieces.back().t_ms;
  return std::max({t_ms, complete_ms, last});
}

double RecordedExchange::last_ms() const {
  double last = std::max(t_ms, ended_ms);
  if (response) last = std::max(last, response->end_ms());
  if (!frames.empty()) last = std::max(last, frames.back().t_ms);
  return last;
}

double RecordedExchange::lost_ms() const {
  for (const RecordedFrame& frame : frames) {
    if (frame.kind == FrameKind::close && frame.from_server) return frame.t_ms;
  }
  return ended_by == EndedBy::nobody ? last_ms() : ended_ms;
}

std::string with_runs_restored(std::string_view text) {
  constexpr std::string_view kOpen = "…[";
  constexpr std::string_view kTimes = " times '";
  constexpr std::string_view kClose = "' in all]…";
  constexpr std::size_t kMaxRestoredBytes = 64 * 1024 * 1024;
  std::string result;
  std::size_t done = 0;
  for (std::size_t open = text.find(kOpen); open != text.npos; open = text.find(kOpen, open + 1)) {
    const char* number = text.data() + open + kOpen.size();
    std::size_t count = 0;
    const auto parsed = std::from_chars(number, text.data() + text.size(), count);
    const auto after = static_cast<std::size_t>(parsed.ptr - text.data());
    if (parsed.ec != std::errc() || text.substr(after, kTimes.size()) != kTimes) continue;
    const std::size_t close = text.find(kClose, after);
    if (close == text.npos) continue;
    const std::string_view unit = text.substr(after + kTimes.size(), close - after - kTimes.size());
    if (unit.empty() || count > kMaxRestoredBytes / unit.size()) continue;
    // The run begins before the bracket and ends after it; what is shown of it there counts.
    std::size_t begin = open;
    while (begin >= done + unit.size() && text.substr(begin - unit.size(), unit.size()) == unit) {
      begin -= unit.size();
    }
    std::size_t end = close + kClose.size();
    while (text.substr(end, unit.size()) == unit) end += unit.size();
    result.append(text.substr(done, begin - done));
    for (std::size_t i = 0; i < count; ++i) result.append(unit);
    done = end;
    open = end - 1;
  }
  result.append(text.substr(done));
  return result;
}

}  // namespace wire
