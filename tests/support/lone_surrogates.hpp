// JSON text for RapidJSON, which refuses an escaped high surrogate without a low one behind it, and makes invalid UTF-8
// of a low one without a high one before it. Both are JSON (RFC 8259 §8.2), and read as U+FFFD (P#123).
#pragma once

#include <charconv>
#include <string>
#include <string_view>

namespace signalr::test {

inline std::string with_lone_surrogates_replaced(std::string_view text) {
  std::string out(text);
  const auto replace = [&out](std::size_t at) { out.replace(at, 6, "\\ufffd"); };
  std::size_t waiting = std::string::npos;  // a high one, for the low one right behind it
  for (std::size_t i = 0; i < out.size();) {
    unsigned unit = 0;
    const char* const digits = out.data() + i + 2;
    const bool is_unit = out.compare(i, 2, "\\u") == 0 && i + 6 <= out.size() &&
                         std::from_chars(digits, digits + 4, unit, 16).ptr == digits + 4;
    const bool low = is_unit && unit >= 0xDC00 && unit <= 0xDFFF;
    if (low && waiting != std::string::npos) {
      waiting = std::string::npos;
    } else {
      if (waiting != std::string::npos) replace(waiting);
      if (low) replace(i);
      waiting = is_unit && unit >= 0xD800 && unit <= 0xDBFF ? i : std::string::npos;
    }
    i += is_unit ? 6 : out[i] == '\\' ? 2 : 1;
  }
  if (waiting != std::string::npos) replace(waiting);
  return out;
}

}  // namespace signalr::test
