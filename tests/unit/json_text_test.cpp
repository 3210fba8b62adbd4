// Checking JSON, writing strings, UTF-8.
#include "protocol/json_text.hpp"

#include <doctest/doctest.h>

#include <signalr/errors.hpp>
#include <signalr/raw_json.hpp>
#include <string>

using namespace signalr;
using namespace signalr::detail::protocol;
using std::string_view_literals::operator""sv;

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string usage_error(std::string text) {
  try {
    RawJson::parse(std::move(text));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "(none)";
}

}  // namespace

TEST_CASE("check_json takes exactly one value") {
  std::size_t offset = 99;
  CHECK(check_json(" {\"a\":[1]} ", 2) == ScanError::none);
  CHECK(check_json("\"x\"", 0) == ScanError::none);
  CHECK(check_json("", 9, &offset) == ScanError::syntax);
  CHECK(offset == 0);
  CHECK(check_json("  ", 9) == ScanError::syntax);
  CHECK(check_json("1 2", 9, &offset) == ScanError::trailing);
  CHECK(offset == 2);
  CHECK(check_json("[[1]]", 1, &offset) == ScanError::depth);
  CHECK(offset == 1);
  CHECK(check_json("[\"\xFF\"]", 1, &offset) == ScanError::utf8);
  CHECK(offset == 2);
}

TEST_CASE("P#123 lone surrogate escapes are made into such that every parser takes, in place") {
  CHECK(without_lone_surrogates(R"(["\uD83D","\ud83d\ude00",{"\ude00":"\ud83d\ud83d\uDE00"}])") ==
        R"(["\ufffd","\ud83d\ude00",{"\ufffd":"\ufffd\ud83d\uDE00"}])");
  for (const char* kept : {"", R"("\\ud83d")", R"("\\\\ud83d\\ude00")", R"("\u00e9\ue000\ud7ff")", R"("\ud83)",
                           R"("\ud83x")", "\\", R"(\)", R"("\u)"}) {
    CAPTURE(kept);
    CHECK(without_lone_surrogates(kept) == kept);
  }
  CHECK(without_lone_surrogates(R"("\ud83d\u12)") == R"("\ufffd\u12)");
}

TEST_CASE("P#79 strings are written so that every parser reads them back") {
  CHECK(quoted("") == "\"\"");
  CHECK(quoted("plain text, longer than sixteen bytes / with a slash") ==
        "\"plain text, longer than sixteen bytes / with a slash\"");
  CHECK(quoted("\"\\\b\f\n\r\t") == R"("\"\\\b\f\n\r\t")");
  CHECK(quoted("\0\x01\x1f\x7f"sv) == "\"\\u0000\\u0001\\u001f\x7f\"");
  CHECK(quoted("\u00e9\u20ac\U0001F600") == "\"\u00e9\u20ac\U0001F600\"");
  CHECK(quoted("a\u2028b\u2029c\u2027\u202a") == "\"a\\u2028b\\u2029c\u2027\u202a\"");
}

TEST_CASE("P#123 what is written is always valid UTF-8") {
  CHECK(quoted("a\xFF"
               "b") == "\"a\uFFFDb\"");
  CHECK(quoted("\xC0\x80") == "\"\uFFFD\uFFFD\"");
  CHECK(quoted("\xE2\x82") == "\"\uFFFD\"");  // the beginning of a character: one replacement
  CHECK(quoted("\xE2\x82x") == "\"\uFFFDx\"");
  CHECK(quoted("\xF0\x9F\x98\xE2\x82\xAC") == "\"\uFFFD\u20AC\"");
  CHECK(quoted("\xED\xA0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");  // a surrogate: no beginning of anything
  CHECK(quoted("\xF4\x90\x80\x80") == "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
  CHECK(quoted("\xE0\x80\x80") == "\"\uFFFD\uFFFD\uFFFD\"");
  CHECK(quoted("\x80") == "\"\uFFFD\"");
}

TEST_CASE("what is written is read back") {
  for (unsigned code = 0; code < 0x10000; ++code) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    std::string escape = "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) escape += "0123456789ABCDEF"[code >> shift & 15];
    std::string decoded;
    JsonString{escape, true}.append_to(decoded);
    const std::string json = quoted(decoded);
    std::string again;
    const std::string_view text = std::string_view(json).substr(1, json.size() - 2);
    JsonString{text, text.find('\\') != std::string_view::npos}.append_to(again);
    if (!is_valid_utf8(decoded) || again != decoded || check_json(json, 0) != ScanError::none) FAIL_CHECK(code);
  }
}

TEST_CASE("UTF-8: every two bytes, and every lead with a bad continuation") {
  CHECK(is_valid_utf8(""));
  CHECK(is_valid_utf8(std::string(100, 'a') + "\U0010FFFF"));
  CHECK_FALSE(is_valid_utf8(std::string(100, 'a') + "\xF0"));
  for (unsigned lead = 0x80; lead < 0x100; ++lead) {
    for (unsigned next = 0; next < 0x100; ++next) {
      const std::string text{static_cast<char>(lead), static_cast<char>(next)};
      if (is_valid_utf8(text) != (lead >= 0xC2 && lead < 0xE0 && next >= 0x80 && next < 0xC0)) FAIL_CHECK(lead, next);
      const std::string longer = text + "\x80\x80";
      const bool three = lead >= 0xE0 && lead < 0xF0 && next >= (lead == 0xE0 ? 0xA0u : 0x80u) &&
                         next < (lead == 0xED ? 0xA0u : 0xC0u);
      if (is_valid_utf8(longer.substr(0, 3)) != three) FAIL_CHECK(lead, next);
      const bool four = lead >= 0xF0 && lead < 0xF5 && next >= (lead == 0xF0 ? 0x90u : 0x80u) &&
                        next < (lead == 0xF4 ? 0x90u : 0xC0u);
      if (is_valid_utf8(longer) != four) FAIL_CHECK(lead, next);
    }
  }
}

TEST_CASE("RawJson::parse keeps checked text") {
  CHECK(RawJson::parse(" [1, 2]\n").text() == "[1, 2]");
  CHECK(RawJson::parse(" null ").is_null());
  CHECK(RawJson().is_null());
  CHECK(RawJson(RawJsonView()).text() == "null");
  CHECK(
      usage_error("{\"a\":}") ==
      "RawJson::parse expects the text of one JSON value (RFC 8259), but found a syntax error at byte 5; strings need "
      "their quotes");
  CHECK(usage_error("hello").find("a syntax error at byte 0") != std::string::npos);
  CHECK(usage_error("").find("a syntax error at byte 0") != std::string::npos);
  CHECK(usage_error("1,2").find("something behind the value at byte 1") != std::string::npos);
  CHECK(usage_error("\"\xFF\"").find("invalid UTF-8 at byte 1") != std::string::npos);
  CHECK(usage_error(std::string(129, '[')).find("deeper than 128 levels at byte 128") != std::string::npos);
}
