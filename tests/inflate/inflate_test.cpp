// inflate_base64 against texts that Python's zlib and base64 made.
#include <doctest/doctest.h>

#include <signalr/inflate.hpp>
#include <string>

using namespace signalr;
using Reason = InflateError::Reason;

namespace {

const char* const kTrade = "q1byVbJScgpx1g0NdlHSUfJTsjLUUYpSsoquVgpRsjLQUQoCihgY6pnqKAUqWRnVxtYCAA==";

// 64 KiB of zeros.
const char* const kZeros =
    "7cEBAQAAAICQ/q/uCAoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABq";

/// Why the text is refused; the sentence is checked on the way.
Reason reason(std::string_view text, std::size_t max_size = 1024) {
  try {
    inflate_base64(text, max_size);
  } catch (const InflateError& error) {
    CHECK(std::string_view(error.what()).substr(0, 24) == "can't inflate: expected ");
    return error.reason();
  }
  FAIL("no error for " << text);
  return Reason::data;
}

}  // namespace

TEST_CASE("base64 of raw deflate") {
  CHECK(inflate_base64("AwA=").empty());
  CHECK(inflate_base64("SwQA") == "a");
  CHECK(inflate_base64("y0jNyckHAA==") == "hello");
  CHECK(inflate_base64("AQUA+v9oZWxsbw==") == "hello");  // stored, not compressed
  CHECK(inflate_base64(kTrade) == R"({"M":"BTC-USD","N":1,"Z":[{"T":0,"R":101.5,"Q":2}]})");
}

TEST_CASE("with padding or without") {
  CHECK(inflate_base64("AwA").empty());
  CHECK(inflate_base64("y0jNyckHAA") == "hello");
}

TEST_CASE("what isn't base64") {
  for (const char* text :
       {"y0jN yckHAA==", "y0jNyckHAA==\n", "y0jNyckHAA=", "y0jNyckHAA===", "y0jNyckHA",
        "y0jN-ckHAA==", "y0jN_ckHAA==", "y0=NyckHAA==", "=", "====", "A", "y0jNyckHAB==", "AwB=", "\xFF\xFF\xFF\xFF"}) {
    CAPTURE(text);
    CHECK(reason(text) == Reason::base64);
  }
  CHECK(reason(std::string_view("y0jN\0ckHAA==", 12)) == Reason::base64);
}

TEST_CASE("other formats, and spoilt data") {
  CHECK(reason("eJzLSM3JyQcABiwCFQ==") == Reason::data);                  // zlib
  CHECK(reason("H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA==") == Reason::data);  // gzip
  CHECK(reason("BwAA") == Reason::data);                                  // a block of a type that doesn't exist
}

TEST_CASE("every beginning of the data but all of it is truncated") {
  CHECK(reason("") == Reason::truncated);
  const std::string text = kTrade;
  for (std::size_t size = 4; size < text.size() - 4; size += 4) {
    CAPTURE(size);
    CHECK(reason(text.substr(0, size)) == Reason::truncated);
  }
}

TEST_CASE("something behind the end") {
  CHECK(reason("y0jNyckHAHg=") == Reason::trailing);
  CHECK(reason("AwAA") == Reason::trailing);
  // Behind the first piece that is decoded.
  CHECK(reason("AwAA" + std::string(40'000, 'A')) == Reason::trailing);
}

TEST_CASE("the result is capped, to the byte") {
  CHECK(inflate_base64("y0jNyckHAA==", 5) == "hello");
  CHECK(reason("y0jNyckHAA==", 4) == Reason::too_large);
  CHECK(inflate_base64("AwA=", 0).empty());
  CHECK(reason("SwQA", 0) == Reason::too_large);

  CHECK(inflate_base64(kZeros, 65536) == std::string(65536, '\0'));
  CHECK(reason(kZeros, 65535) == Reason::too_large);
  CHECK(reason(kZeros, 10) == Reason::too_large);
}

TEST_CASE("payloads of many pieces") {
  // Stored blocks: what goes in comes out.
  std::string blocks;
  std::string expected;
  for (int n = 0; n < 20; ++n) {
    const std::string data(9'999, static_cast<char>('a' + n));
    const bool last = n == 19;
    blocks += last ? '\1' : '\0';
    blocks += "\x0F\x27";  // 9999, and its complement
    blocks += "\xF0\xD8";
    blocks += data;
    expected += data;
  }
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  unsigned bits = 0;
  int count = 0;
  for (const char c : blocks) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += kAlphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kAlphabet[bits << (6 - count) & 63];
  CHECK(inflate_base64(text) == expected);
  CHECK(reason(text, expected.size() - 1) == Reason::too_large);
  CHECK(reason(text.substr(0, text.size() / 8 * 4), 1'000'000) == Reason::truncated);
}
