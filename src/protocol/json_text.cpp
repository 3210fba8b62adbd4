#include "protocol/json_text.hpp"

#include <algorithm>
#include <optional>

#include "protocol/json_bytes.hpp"
#include "protocol/json_cursor.hpp"

namespace signalr::detail::protocol {

namespace {

void append_utf8(std::string& out, unsigned code_point) {
  const auto put = [&out](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

unsigned hex4(const char* p) noexcept {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) value = value << 4 | static_cast<unsigned>(hex_value(p[i]));
  return value;
}

constexpr unsigned kReplacement = 0xFFFD;

constexpr bool is_surrogate(unsigned unit) noexcept { return unit >= 0xD800 && unit <= 0xDFFF; }
constexpr bool is_low_surrogate(unsigned unit) noexcept { return unit >= 0xDC00 && unit <= 0xDFFF; }

// `p` is behind "\u"; the number of bytes taken. The text was checked.
std::size_t append_unicode_escape(std::string& out, const char* p, const char* end) {
  const unsigned unit = hex4(p);
  const bool escape_follows = end - p > 4 && p[4] == '\\' && p[5] == 'u';
  const unsigned next = escape_follows ? hex4(p + 6) : 0;
  if (is_surrogate(unit) && !is_low_surrogate(unit) && is_low_surrogate(next)) {
    append_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00));
    return 10;
  }
  append_utf8(out, is_surrogate(unit) ? kReplacement : unit);  // P#123
  return 4;
}

// The UTF-16 unit that is escaped at `i`; nothing for all else.
std::optional<unsigned> escaped_unit(std::string_view text, std::size_t i) noexcept {
  if (text.size() < 6 || i > text.size() - 6 || text[i] != '\\' || text[i + 1] != 'u') return std::nullopt;
  for (std::size_t digit = i + 2; digit < i + 6; ++digit) {
    if (hex_value(text[digit]) < 0) return std::nullopt;
  }
  return hex4(text.data() + i + 2);
}

// How many bytes of a broken character one U+FFFD stands for: the part that could have been the beginning of one.
std::size_t broken_length(const char* p, const char* end) noexcept {
  char whole[4] = {*p, '\x80', '\x80', '\x80'};
  const std::size_t left = static_cast<std::size_t>(end - p);
  std::size_t length = 1;
  for (; length < 4 && length < left; ++length) {
    whole[length] = p[length];
    // Some second bytes are fine only with 0xA0 or 0x90 in them; those were just copied. The rest is any continuation.
    if (utf8_length(whole, whole + 4) <= length) break;
  }
  return length;
}

void append_escaped(std::string& out, char c) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += "\\u00";
      out.push_back(kHex[c >> 4 & 0xF]);
      out.push_back(kHex[c & 0xF]);
  }
}

}  // namespace

void JsonString::append_to(std::string& out) const {
  if (!escaped) {
    out.append(text);
    return;
  }
  const char* p = text.data();
  const char* const end = p + text.size();
  for (;;) {
    const void* const found = std::memchr(p, '\\', static_cast<std::size_t>(end - p));
    const char* const backslash = found != nullptr ? static_cast<const char*>(found) : end;
    out.append(p, backslash);
    if (backslash == end) return;
    p = backslash + 2;
    switch (const char c = backslash[1]) {
      case 'b':
        out.push_back('\b');
        break;
      case 'f':
        out.push_back('\f');
        break;
      case 'n':
        out.push_back('\n');
        break;
      case 'r':
        out.push_back('\r');
        break;
      case 't':
        out.push_back('\t');
        break;
      case 'u':
        p += append_unicode_escape(out, p, end);
        break;
      default:
        out.push_back(c);
    }
  }
}

std::string without_lone_surrogates(std::string_view text) {
  std::string out(text);
  for (std::size_t i = out.find('\\'); i != std::string::npos; i = out.find('\\', i)) {
    const std::optional<unsigned> unit = escaped_unit(out, i);
    if (!unit) {
      i += 2;  // another escape, or an error
    } else if (!is_surrogate(*unit)) {
      i += 6;
    } else if (!is_low_surrogate(*unit) && is_low_surrogate(escaped_unit(out, i + 6).value_or(0))) {
      i += 12;
    } else {
      out.replace(i, 6, "\\ufffd");
      i += 6;
    }
  }
  return out;
}

ScanError check_json(std::string_view text, std::size_t max_depth, std::size_t* error_offset) {
  JsonCursor cursor(text, max_depth);
  cursor.skip_value();
  return cursor.finish(error_offset);
}

void append_json_string(std::string& out, std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  const char* kept = p;  // from here on nothing is appended yet
  const auto flush = [&] { out.append(kept, p); };
  out.push_back('"');
  while ((p = skip_plain(p, end)) != end) {
    if (static_cast<unsigned char>(*p) < 0x80) {
      flush();
      append_escaped(out, *p++);
      kept = p;
      continue;
    }
    const std::size_t length = utf8_length(p, end);
    const std::string_view character(p, length);
    if (length != 0 && character != "\u2028" && character != "\u2029") {
      p += length;
      continue;
    }
    flush();
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      p += broken_length(p, end);
    } else {
      out += character == "\u2028" ? "\\u2028" : "\\u2029";
      p += length;
    }
    kept = p;
  }
  flush();
  out.push_back('"');
}

bool is_valid_utf8(std::string_view text) noexcept {
  const char* const end = text.data() + text.size();
  return skip_utf8(text.data(), end) == end;
}

std::string_view without_padding(std::string_view body) noexcept {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.substr(0, kByteOrderMark.size()) == kByteOrderMark) body.remove_prefix(kByteOrderMark.size());
  body.remove_prefix(std::min(body.size(), body.find_first_not_of(" \t\r\n")));
  return body;
}

}  // namespace signalr::detail::protocol
