#include "protocol/json_cursor.hpp"

#include <cstdint>
#include <cstring>
#include <vector>

namespace signalr::detail::protocol {

namespace {

constexpr bool is_number_start(char c) noexcept { return (c >= '0' && c <= '9') || c == '-'; }

// Which containers are open, innermost first: a bit each, set for objects.
class FewContainers {
 public:
  bool push(bool is_object) noexcept {
    bits_ = bits_ << 1 | static_cast<std::uint64_t>(is_object);
    return ++count_ <= 64;
  }
  void pop() noexcept {
    bits_ >>= 1;
    --count_;
  }
  std::size_t count() const noexcept { return count_; }
  bool top_is_object() const noexcept { return (bits_ & 1) != 0; }

 private:
  std::uint64_t bits_ = 0;
  std::size_t count_ = 0;
};

class ManyContainers {
 public:
  bool push(bool is_object) {
    open_.push_back(is_object);
    return true;
  }
  void pop() noexcept { open_.pop_back(); }
  std::size_t count() const noexcept { return open_.size(); }
  bool top_is_object() const noexcept { return open_.back(); }

 private:
  std::vector<bool> open_;
};

}  // namespace

ScanError JsonCursor::finish(std::size_t* error_offset) noexcept {
  if (error_ == ScanError::none && !at_end()) error_ = ScanError::trailing;
  if (error_ == ScanError::none) return error_;
  // What is wrong with the bytes comes before what is wrong with the grammar, wherever it is: P#121 hangs on it.
  const char* const valid = skip_utf8(begin_, end_);
  if (valid != end_) {
    error_ = ScanError::utf8;
    p_ = valid;
  }
  if (error_offset != nullptr) *error_offset = static_cast<std::size_t>(p_ - begin_);
  return error_;
}

inline const char* JsonCursor::behind_number(const char* p) noexcept {
  const auto digits = [this](const char* first) noexcept {
    const char* const last = skip_digits(first, end_);
    return last != first ? last : bad(first, ScanError::syntax);
  };
  if (at(p) == '-') ++p;
  p = at(p) == '0' ? p + 1 : digits(p);
  if (p != nullptr && at(p) == '.') p = digits(p + 1);
  if (p != nullptr && (at(p) == 'e' || at(p) == 'E')) {
    ++p;
    if (at(p) == '+' || at(p) == '-') ++p;
    p = digits(p);
  }
  return p;
}

const char* JsonCursor::behind_bare(const char* p) noexcept {
  switch (at(p)) {
    case 't':
      return behind_word(p, "true");
    case 'f':
      return behind_word(p, "false");
    case 'n':
      return behind_word(p, "null");
    default:
      return behind_number(p);
  }
}

bool JsonCursor::skip_container() {
  const char* const start = p_;
  FewContainers few;
  bool too_many = false;
  if (skip_containers(few, too_many)) return true;
  if (!too_many) return false;
  // Once more, with a stack that takes memory: rare, and still linear.
  p_ = start;
  ManyContainers many;
  return skip_containers(many, too_many);
}

// `p` stands in for p_, which would have to be in memory all the time.
template <class Containers>
bool JsonCursor::skip_containers(Containers& open, bool& too_many) {
  const std::size_t max_count = max_depth_ - depth_;
  const char* p = p_;
  for (;;) {  // in front of a value
    const Token first = next(p);
    p = first.place;
    if (first.byte == '"') {
      p = behind_string(p + 1);
      if (p == nullptr) return false;
    } else if (is_number_start(first.byte)) {
      p = behind_number(p);
      if (p == nullptr) return false;
    } else if (first.byte == '{' || first.byte == '[') {
      const bool is_object = first.byte == '{';
      if (open.count() == max_count) return fail_at(p, ScanError::depth);
      if (!open.push(is_object)) return too_many = true, false;
      const Token inner = next(p + 1);
      p = inner.place;
      if (inner.byte != (is_object ? '}' : ']')) {
        if (is_object && (p = behind_key(p)) == nullptr) return false;
        continue;
      }
      ++p;
      open.pop();
    } else {
      p = behind_bare(p);
      if (p == nullptr) return false;
    }
    for (;;) {  // behind a value
      if (open.count() == 0) return p_ = p, true;
      const bool in_object = open.top_is_object();
      const Token after = next(p);
      if (after.byte == ',') {
        p = after.place + 1;
        if (in_object && (p = behind_key(p)) == nullptr) return false;
        break;
      }
      if (after.byte != (in_object ? '}' : ']')) return fail_at(after.place, ScanError::syntax);
      p = after.place + 1;
      open.pop();
    }
  }
}

JsonCursor::Token JsonCursor::next_behind_white(const char* p) const noexcept {
  p = skip_white(p, end_);
  return {p, at(p)};
}

const char* JsonCursor::behind_odd_string(const char* p, bool& escaped) noexcept {
  for (;; p = skip_plain(p, end_)) {
    if (p == end_) return bad(p, ScanError::syntax);
    if (*p == '"') return p + 1;
    if (*p == '\\') {
      escaped = true;
      p = behind_escape(p);
      if (p == nullptr) return nullptr;
    } else if (static_cast<unsigned char>(*p) < 0x20) {
      return bad(p, ScanError::syntax);
    } else {
      do {  // other scripts come in runs
        const std::size_t length = utf8_length(p, end_);
        if (length == 0) return bad(p, ScanError::utf8);
        p += length;
      } while (p != end_ && static_cast<unsigned char>(*p) >= 0x80);
    }
  }
}

const char* JsonCursor::behind_escape(const char* p) noexcept {
  ++p;
  switch (at(p)) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return p + 1;
    case 'u':
      break;
    default:
      return bad(p, ScanError::syntax);
  }
  // Any four digits: also a surrogate that stands alone (P#123).
  for (int i = 0; i < 4; ++i) {
    if (hex_value(at(++p)) < 0) return bad(p, ScanError::syntax);
  }
  return p + 1;
}

const char* JsonCursor::behind_word(const char* p, std::string_view word) noexcept {
  for (const char c : word) {
    if (at(p) != c) return bad(p, ScanError::syntax);
    ++p;
  }
  return p;
}

}  // namespace signalr::detail::protocol
