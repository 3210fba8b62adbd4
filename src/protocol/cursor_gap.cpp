#include "protocol/cursor_gap.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace signalr::detail::protocol {
namespace {

constexpr std::size_t kMaxCursorBytes = 64 * 1024;
constexpr std::uint64_t kStreamingFrame = 10;   // messages that the server puts into one frame at most
constexpr std::uint64_t kPoll = 5000;           // … into the answer to one poll
constexpr std::uint64_t kSuspiciousPoll = 250;  // a quarter of the server's default buffer

bool is_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// 1 to 16 hexadecimal digits.
bool read_hex(std::string_view text, std::uint64_t& value) noexcept {
  if (text.empty() || text.size() > 16 || !std::all_of(text.begin(), text.end(), is_hex)) return false;
  value = 0;
  for (const char c : text) {
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * 16 + static_cast<std::uint64_t>(digit);
  }
  return true;
}

/// Where the next `mark` is that no backslash escapes.
std::size_t find_unescaped(std::string_view text, char mark, std::size_t from) noexcept {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == mark) {
      return at;
    }
  }
  return text.size();
}

std::uint64_t saturated_sum(std::uint64_t a, std::uint64_t b) noexcept {
  return a > std::numeric_limits<std::uint64_t>::max() - b ? std::numeric_limits<std::uint64_t>::max() : a + b;
}

GapReport possible(Gap::Reason reason) { return {GapReport::Kind::possible, reason, {}, 0}; }

}  // namespace

void CursorGapDetector::Cursor::read(std::string_view from) {
  text.assign(from.substr(0, kMaxCursorBytes));
  topics.clear();
  prefix_size = 0;
  const bool readable = from.size() <= kMaxCursorBytes && from.size() >= 2 && from[1] == '-';
  kind = readable && (from[0] == 'd' || from[0] == 's') ? from[0] : '\0';
  if (kind == 'd' && !read_topics()) kind = '\0';
}

bool CursorGapDetector::Cursor::read_topics() {
  const std::size_t dash = text.find('-', 2);
  if (dash == std::string::npos || dash == 2 || dash > 10 ||
      !std::all_of(text.begin() + 2, text.begin() + static_cast<std::ptrdiff_t>(dash), is_hex)) {
    return false;
  }
  prefix_size = dash + 1;
  for (std::size_t at = prefix_size; at < text.size();) {
    const std::size_t end = find_unescaped(text, '|', at);
    const std::size_t comma = find_unescaped(std::string_view(text).substr(0, end), ',', at);
    Topic topic;
    topic.key_begin = at;
    topic.key_size = comma - at;
    if (topic.key_size == 0 || comma >= end) return false;
    if (!read_hex(std::string_view(text).substr(comma + 1, end - comma - 1), topic.id)) return false;
    topics.push_back(topic);
    at = end + 1;
  }
  std::sort(topics.begin(), topics.end(), [this](const Topic& a, const Topic& b) { return key(a) < key(b); });
  const auto twice = [this](const Topic& a, const Topic& b) { return key(a) == key(b); };
  return std::adjacent_find(topics.begin(), topics.end(), twice) == topics.end();
}

void CursorGapDetector::on_request(Command command, TransportKind transport, std::string_view message_id) {
  transport_ = transport;
  first_of_reconnect_ = command == Command::reconnect;
  if (message_id == before_.text) return;  // keeps what is known of its topics
  before_.read(message_id);
  dropped_ = false;
}

void CursorGapDetector::go_on_from(std::string_view cursor) {
  before_.read(cursor);
  first_of_reconnect_ = false;
  dropped_ = false;
}

GapReport CursorGapDetector::on_dropped_frame() noexcept {
  dropped_ = true;
  return {GapReport::Kind::certain, Gap::Reason::frame_dropped, {}, 0};
}

GapReport CursorGapDetector::on_frame(const CursorFrame& frame) {
  if (frame.cursor.empty()) return {};
  now_.read(frame.cursor);
  GapReport report = judge(frame, std::exchange(first_of_reconnect_, false), std::exchange(dropped_, false));
  if (frame.init) {
    for (Topic& topic : now_.topics) topic.since_init = true;
  }
  std::swap(before_, now_);
  return report;
}

GapReport CursorGapDetector::judge(const CursorFrame& frame, bool first_of_reconnect, bool after_drop) {
  using Kind = GapReport::Kind;
  using Reason = Gap::Reason;
  if (frame.should_reconnect || before_.kind == 0 || now_.kind == 0) return {};                               // rule 1
  if (before_.kind != now_.kind || before_.prefix() != now_.prefix()) return possible(Reason::other_server);  // 2
  if (now_.kind == 's') return {};                                                                            // 1

  const bool polling = transport_ == TransportKind::long_polling;
  const std::uint64_t per_frame = polling ? kPoll : kStreamingFrame;
  const Moves moves = compare(per_frame);
  if (first_of_reconnect && moves.new_key && !frame.has_groups_token) {
    for (Topic& topic : now_.topics) topic.since_init = false;
    return possible(Reason::cursor_discarded);  // 3
  }
  if (moves.backwards) return possible(Reason::topic_recreated);  // 4
  if (after_drop) return {};                                      // rule 10 has been said
  // Before the rules of size: whatever the server puts into a frame, nothing is missing from this one.
  const bool same_keys = !moves.new_key && !moves.lost_key;
  if (same_keys && moves.sum == frame.messages) return {Kind::complete, {}, {}, 0};  // 8
  if (moves.certain != 0) {                                                          // 5
    return {Kind::certain, Reason::topic_jumped,
            moves.several_jumped ? std::string() : std::string(now_.key(*moves.jumped)), moves.certain};
  }
  if (moves.largest > per_frame) return possible(Reason::topic_jumped);                  // 6
  if (polling && moves.largest > kSuspiciousPoll) return possible(Reason::poll_jumped);  // 7
  return {};                                                                             // 9
}

CursorGapDetector::Moves CursorGapDetector::compare(std::uint64_t per_frame) {
  Moves moves;
  auto old = before_.topics.begin();
  for (Topic& topic : now_.topics) {
    const std::string_view key = now_.key(topic);
    for (; old != before_.topics.end() && before_.key(*old) < key; ++old) moves.lost_key = true;
    if (old == before_.topics.end() || before_.key(*old) != key) {
      moves.new_key = true;
      continue;
    }
    topic.since_init = old->since_init;
    const std::uint64_t old_id = (old++)->id;
    if (topic.id == old_id) continue;
    if (topic.id < old_id) {
      moves.backwards = true;
      topic.since_init = false;
      continue;
    }
    const std::uint64_t advance = topic.id - old_id;
    ++moves.advanced;
    moves.sum = saturated_sum(moves.sum, advance);
    if (advance > moves.largest) {
      moves.largest = advance;
      if (moves.certain == 0) moves.jumped = &topic;
    }
    if (advance > per_frame && topic.since_init) {
      moves.several_jumped = moves.certain != 0;
      moves.certain = saturated_sum(moves.certain, advance - per_frame);
      moves.jumped = &topic;
    }
  }
  if (old != before_.topics.end()) moves.lost_key = true;
  const bool alone = moves.advanced == 1 && !moves.new_key && !moves.lost_key && !moves.backwards;
  if (alone && moves.largest > per_frame) moves.certain = moves.largest - per_frame;
  return moves;
}

}  // namespace signalr::detail::protocol
