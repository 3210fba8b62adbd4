// What the envelope scanner refuses, and that nothing a server sends costs it more than time linear in its length.
#include <doctest/doctest.h>

#include <string>

#include "protocol/envelope.hpp"

using namespace signalr::detail::protocol;
using std::string_literals::operator""s;

namespace {

constexpr std::size_t kDepth = 128;

struct Rejection {
  ScanError error;
  std::size_t offset;
};

Rejection scan(std::string_view text) {
  EnvelopeScanner scanner(kDepth);
  const ScanError error = scanner.scan(text);
  return {error, scanner.error_offset()};
}

void check_rejected(std::string_view text, ScanError error, std::size_t offset) {
  CAPTURE(text);
  const Rejection rejection = scan(text);
  CHECK(rejection.error == error);
  CHECK(rejection.offset == offset);
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

}  // namespace

TEST_CASE("P#117 every beginning of a frame is refused") {
  const std::string text = R"({"C":"d-1\u0041\ud83d\ude00","M":[{"H":"é","A":[1.5e+3,true,null]},[],{}],"x":-0})";
  REQUIRE(scan(text).error == ScanError::none);
  for (std::size_t size = 1; size < text.size(); ++size) {
    CAPTURE(size);
    const Rejection rejection = scan(text.substr(0, size));
    CHECK(rejection.error != ScanError::none);
    CHECK(rejection.offset <= size);
  }
}

TEST_CASE("P#118 what isn't JSON is refused, with the place") {
  check_rejected("hello", ScanError::syntax, 0);
  check_rejected("{\"C\":\"d-1", ScanError::syntax, 9);
  check_rejected("{'C':1}", ScanError::syntax, 1);
  check_rejected("{\"C\" 1}", ScanError::syntax, 5);
  check_rejected("{\"C\":1,}", ScanError::syntax, 7);
  check_rejected("{,}", ScanError::syntax, 1);
  check_rejected("{\"M\":[1,]}", ScanError::syntax, 8);
  check_rejected("{\"M\":[1 2]}", ScanError::syntax, 8);
  check_rejected("{\"x\":[1}}", ScanError::syntax, 7);
  check_rejected("{\"x\":{\"y\":1]}", ScanError::syntax, 11);
  check_rejected("{\"x\":tru}", ScanError::syntax, 8);
  check_rejected("{\"x\":nULL}", ScanError::syntax, 6);
  check_rejected("{\"x\":NaN}", ScanError::syntax, 5);
  check_rejected("{\"x\":\"\\x\"}", ScanError::syntax, 7);
  check_rejected("{\"x\":\"a\nb\"}", ScanError::syntax, 7);
  check_rejected("{/**/}", ScanError::syntax, 1);
  check_rejected("\f{}", ScanError::syntax, 0);
}

TEST_CASE("numbers are those of RFC 8259") {
  for (const char* number : {"0", "-0", "10", "1.0", "0.10", "1e5", "1E+05", "1e-0", "-1.5e400"}) {
    CAPTURE(number);
    CHECK(scan("[" + std::string(number) + "]").error == ScanError::none);
  }
  for (const char* number : {"01", "-", "-a", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x1", "00", "--1", "1_0"}) {
    CAPTURE(number);
    CHECK(scan("[" + std::string(number) + "]").error == ScanError::syntax);
  }
}

TEST_CASE("P#120 bytes behind the value are refused") {
  check_rejected("{} {}", ScanError::trailing, 3);
  check_rejected("{\"C\":\"d\"}]", ScanError::trailing, 9);
  check_rejected("1 2", ScanError::trailing, 2);
  check_rejected("{}\0"s, ScanError::trailing, 2);
}

TEST_CASE("P#121 P#123 invalid UTF-8 is told apart from bad grammar, wherever it is") {
  check_rejected("{\"C\":\"a\xFF\"}", ScanError::utf8, 7);
  check_rejected("{\"C\":\"\xC0\x80\"}", ScanError::utf8, 6);          // overlong NUL
  check_rejected("{\"C\":\"\xE0\x9F\xBF\"}", ScanError::utf8, 6);      // overlong
  check_rejected("{\"C\":\"\xED\xA0\x80\"}", ScanError::utf8, 6);      // surrogate
  check_rejected("{\"C\":\"\xF4\x90\x80\x80\"}", ScanError::utf8, 6);  // over U+10FFFF
  check_rejected("{\"C\":\"\xF0\x8F\xBF\xBF\"}", ScanError::utf8, 6);  // overlong
  check_rejected("{\"C\":\"\xE2\x82\"}", ScanError::utf8, 6);
  check_rejected("{\"C\":\"\x80\"}", ScanError::utf8, 6);
  check_rejected("{\"\xFE\":1}", ScanError::utf8, 2);
  check_rejected("hello \xFF", ScanError::utf8, 6);
  check_rejected("{} \xFF", ScanError::utf8, 3);
  check_rejected("\xEF\xBB\xBF{}", ScanError::syntax, 0);  // a byte order mark is for the HTTP layer to strip
}

TEST_CASE("valid UTF-8 of all lengths is accepted in every place of a string") {
  for (const char* character :
       {"\u00a0", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"}) {
    for (std::size_t before = 0; before < 40; ++before) {
      const std::string text = "{\"C\":\"" + std::string(before, 'x') + character + character + "yy\"}";
      CAPTURE(text);
      CHECK(scan(text).error == ScanError::none);
    }
  }
}

TEST_CASE("P#123 embedded NULs and what is no escape are refused") {
  check_rejected("{\"C\":\"a\0b\"}"s, ScanError::syntax, 7);
  check_rejected("{\"C\":\0\"a\"}"s, ScanError::syntax, 5);
  CHECK(scan("{\"C\":\"\\u0000\"}").error == ScanError::none);
  for (const char* escape : {"\\ud83d\\ude0", "\\ud83", "\\ud83d\\u", "\\u12g4", "\\u", "\\U0041"}) {
    CAPTURE(escape);
    CHECK(scan("{\"C\":\"" + std::string(escape) + "\"}").error == ScanError::syntax);
  }
}

TEST_CASE("a byte that isn't plain is found in every place of a string, and before its end") {
  for (std::size_t size = 0; size < 70; ++size) {
    CAPTURE(size);
    check_rejected("[\"" + std::string(size, '~') + "\x1f" + std::string(40, 'x') + "\"]", ScanError::syntax, size + 2);
    check_rejected("[\"" + std::string(size, ' '), ScanError::syntax, size + 2);
    CHECK(scan("[\"" + std::string(size, '#') + "\\\\\",\"" + std::string(size, ']') + "\"]").error == ScanError::none);
  }
}

TEST_CASE("P#124 nesting is bounded, without recursion") {
  const auto nested = [](std::size_t levels) { return repeated("[", levels) + repeated("]", levels); };
  CHECK(scan(nested(kDepth)).error == ScanError::none);
  check_rejected(nested(kDepth + 1), ScanError::depth, kDepth);
  check_rejected(repeated("[", 100000), ScanError::depth, kDepth);
  check_rejected(repeated("{\"M\":[", 100000), ScanError::depth, kDepth / 2 * 6);
  check_rejected(repeated("{\"a\":", 100000), ScanError::depth, kDepth * 5);

  // The levels of the envelope count like all others: {M:[{A:[ are four.
  const auto argument = [&](std::size_t levels) { return R"({"M":[{"A":[)" + nested(levels) + "]}]}"; };
  CHECK(scan(argument(kDepth - 4)).error == ScanError::none);
  CHECK(scan(argument(kDepth - 3)).error == ScanError::depth);
  const auto progress = [&](std::size_t levels) { return R"({"M":[{"P":{"D":)" + nested(levels) + "}}]}"; };
  CHECK(scan(progress(kDepth - 4)).error == ScanError::none);
  CHECK(scan(progress(kDepth - 3)).error == ScanError::depth);

  EnvelopeScanner deep(200000);
  CHECK(deep.scan(repeated("[{\"a\":", 50000) + "1" + repeated("}]", 50000)) == ScanError::none);
  CHECK(deep.scan(repeated("[{\"a\":", 50000) + "1" + repeated("]}", 50000)) == ScanError::syntax);
  CHECK(EnvelopeScanner(0).scan("{}") == ScanError::depth);
}

TEST_CASE("P#126 a million elements, strings and numbers of 16 MiB take linear time") {
  constexpr std::size_t kMany = 1000000;
  EnvelopeScanner scanner(kDepth, kMany);
  const std::string numbers = "{\"M\":[" + repeated("0,", kMany - 1) + "0]}";
  REQUIRE(scanner.scan(numbers) == ScanError::none);
  CHECK(scanner.frame().elements.size() == kMany);
  const std::string arguments = "{\"M\":[{\"A\":[" + repeated("0,", kMany - 1) + "0]}]}";
  REQUIRE(scanner.scan(arguments) == ScanError::none);
  CHECK(scanner.frame().arguments.size() == kMany);
  const std::string duplicates = "{" + repeated("\"M\":[1,{\"A\":[1]}],", kMany) + "\"M\":[]}";
  REQUIRE(scanner.scan(duplicates) == ScanError::none);
  CHECK(scanner.frame().elements.empty());
  const std::string same_arguments = "{\"M\":[{" + repeated("\"A\":[1,2],", kMany) + "\"A\":[]}]}";
  REQUIRE(scanner.scan(same_arguments) == ScanError::none);
  CHECK(scanner.frame().arguments.empty());

  constexpr std::size_t kBig = 16 << 20;
  CHECK(scan("{\"C\":\"" + std::string(kBig, 'x') + "\"}").error == ScanError::none);
  CHECK(scan("{\"C\":\"" + repeated("\\u0041", kBig / 6) + "\"}").error == ScanError::none);
  CHECK(scan("{\"C\":\"" + repeated("é", kBig / 2) + "\"}").error == ScanError::none);
  CHECK(scan("{\"L\":" + std::string(kBig, '9') + "}").error == ScanError::none);
  CHECK(scan("{\"S\":1." + std::string(kBig, '0') + "}").error == ScanError::none);
  CHECK(scan(std::string(kBig, ' ') + "{}").error == ScanError::none);
  CHECK(scan("{\"M\":[" + std::string(kBig, '\n') + "]}").error == ScanError::none);
}

TEST_CASE("P#126 the number of elements and arguments is bounded") {
  EnvelopeScanner scanner(kDepth, 3);
  CHECK(scanner.scan("{\"M\":[1,2,3]}") == ScanError::none);
  CHECK(scanner.scan("{\"M\":[1,2,3,4]}") == ScanError::parts);
  CHECK(scanner.error_offset() == 12);
  CHECK(scanner.scan(R"({"M":[{"A":[1,2]},{"A":[3]}]})") == ScanError::none);
  CHECK(scanner.scan(R"({"M":[{"A":[1,2]},{"A":[3,4]}]})") == ScanError::parts);
  CHECK(scanner.scan(R"({"M":[[1,2,3,4,5]]})") == ScanError::none);
}

TEST_CASE("one huge frame doesn't cost its memory for good") {
  EnvelopeScanner scanner(kDepth);
  const std::string huge = "{\"M\":[" + repeated("0,", 60000) + "0]}";
  REQUIRE(scanner.scan(huge) == ScanError::none);
  REQUIRE(scanner.scan("{\"M\":[1]}") == ScanError::none);
  REQUIRE(scanner.scan("{\"M\":[1]}") == ScanError::none);
  CHECK(scanner.frame().elements.capacity() < 10000);
}
