// Walks over JSON text once, from token to token, and checks it (RFC 8259, UTF-8, depth). Knows nothing of SignalR.
// Never recursive: containers that the caller isn't interested in are skipped in one loop.
#pragma once

#include <cstddef>
#include <string_view>

#include "protocol/envelope.hpp"
#include "protocol/json_bytes.hpp"

namespace signalr::detail::protocol {

/// Where a value is. An empty view stands for a missing one.
struct JsonSlice {
  std::string_view json;
  bool escaped = false;  ///< for strings: whether there is a backslash in it

  bool missing() const noexcept { return json.empty(); }
  bool is_string() const noexcept { return !json.empty() && json.front() == '"'; }
  bool is_object() const noexcept { return !json.empty() && json.front() == '{'; }
  /// Only for strings.
  JsonString string() const noexcept { return {json.substr(1, json.size() - 2), escaped}; }
};

/// All functions that return bool stop at the first error: it is noted, and nothing may be read afterwards.
class JsonCursor {
 public:
  JsonCursor(std::string_view text, std::size_t max_depth) noexcept
      : begin_(text.data()), p_(begin_), end_(begin_ + text.size()), max_depth_(max_depth) {}

  const char* position() const noexcept { return p_; }

  /// Skips white space; the byte there, or NUL at the end of the text.
  char peek() noexcept {
    const Token token = next(p_);
    p_ = token.place;
    return token.byte;
  }
  /// Whether only white space is left.
  bool at_end() noexcept { return peek() == '\0' && p_ == end_; }

  /// Steps over the value here, whatever it is.
  bool skip_value() {
    bool escaped = false;
    return skip_value(escaped);
  }
  /// The same, and tells where it was.
  bool read(JsonSlice& out) {
    peek();
    const char* const start = p_;
    out.escaped = false;
    if (!skip_value(out.escaped)) return false;
    out.json = std::string_view(start, static_cast<std::size_t>(p_ - start));
    return true;
  }

  /// Reads an object (peek() is '{'); `member(const JsonString& key)` is called in front of each value and must step
  /// over it.
  template <class Member>
  bool read_object(Member member);
  /// Reads an array (peek() is '['); `element()` is called in front of each value and must step over it.
  template <class Element>
  bool read_array(Element element);

  /// To be called at the end: whether all of the text was a value, and nothing else. If it wasn't, `error_offset` (may
  /// be null) tells where.
  ScanError finish(std::size_t* error_offset) noexcept;

  /// Notes an error at the current place; false.
  bool fail(ScanError error) noexcept {
    error_ = error;
    return false;
  }

 private:
  struct Token {
    const char* place;
    char byte;  // NUL at the end of the text
  };

  bool skip_value(bool& escaped) {
    const char first = peek();
    if (first == '{' || first == '[') return skip_container();
    return go_to(first == '"' ? behind_string(p_ + 1, escaped) : behind_bare(p_));
  }
  bool skip_container();
  template <class Containers>
  bool skip_containers(Containers& open, bool& too_many);

  // The rest takes a place and gives the place behind what is expected there: null after an error, which is noted.
  const char* behind_string(const char* p, bool& escaped) noexcept {  // p: behind its opening quote
    p = skip_plain(p, end_);
    return p != end_ && *p == '"' ? p + 1 : behind_odd_string(p, escaped);
  }
  const char* behind_string(const char* p) noexcept {
    bool escaped = false;
    return behind_string(p, escaped);
  }
  const char* behind_key(const char* p) noexcept {
    const Token quote = next(p);
    if (quote.byte != '"') return bad(quote.place, ScanError::syntax);
    p = behind_string(quote.place + 1);
    return p != nullptr ? behind_colon(p) : nullptr;
  }
  const char* behind_colon(const char* p) noexcept {
    const Token colon = next(p);
    return colon.byte == ':' ? colon.place + 1 : bad(colon.place, ScanError::syntax);
  }
  const char* behind_odd_string(const char* p, bool& escaped) noexcept;
  const char* behind_escape(const char* p) noexcept;
  const char* behind_bare(const char* p) noexcept;  // numbers, true, false, null
  const char* behind_number(const char* p) noexcept;
  const char* behind_word(const char* p, std::string_view word) noexcept;

  char at(const char* p) const noexcept { return p != end_ ? *p : '\0'; }
  Token next(const char* p) const noexcept {
    if (p != end_ && *p > ' ') return {p, *p};
    return next_behind_white(p);  // there is hardly ever any
  }
  Token next_behind_white(const char* p) const noexcept;
  bool go_to(const char* p) noexcept {
    if (p == nullptr) return false;
    p_ = p;
    return true;
  }
  bool fail_at(const char* p, ScanError error) noexcept {
    p_ = p;
    return fail(error);
  }
  const char* bad(const char* p, ScanError error) noexcept {
    fail_at(p, error);
    return nullptr;
  }

  const char* begin_;
  const char* p_;
  const char* end_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
  ScanError error_ = ScanError::none;
};

template <class Member>
bool JsonCursor::read_object(Member member) {
  if (depth_ == max_depth_) return fail(ScanError::depth);
  ++depth_;
  ++p_;
  if (peek() != '}') {
    for (;; ++p_) {
      if (peek() != '"') return fail(ScanError::syntax);
      const char* const text = p_ + 1;
      bool escaped = false;
      const char* const end = behind_string(text, escaped);
      if (end == nullptr || !go_to(behind_colon(end))) return false;
      const JsonString key{std::string_view(text, static_cast<std::size_t>(end - text) - 1), escaped};
      if (!member(key)) return false;
      const char next = peek();
      if (next == '}') break;
      if (next != ',') return fail(ScanError::syntax);
    }
  }
  ++p_;
  --depth_;
  return true;
}

template <class Element>
bool JsonCursor::read_array(Element element) {
  if (depth_ == max_depth_) return fail(ScanError::depth);
  ++depth_;
  ++p_;
  if (peek() != ']') {
    for (;; ++p_) {
      if (!element()) return false;
      const char next = peek();
      if (next == ']') break;
      if (next != ',') return fail(ScanError::syntax);
    }
  }
  ++p_;
  --depth_;
  return true;
}

}  // namespace signalr::detail::protocol
