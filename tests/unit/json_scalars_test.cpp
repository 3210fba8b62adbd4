// Booleans, numbers, strings, enumerations: exact, or an error that says why not.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <signalr/errors.hpp>
#include <signalr/json.hpp>
#include <string>

#include "json_tools.hpp"

using namespace signalr;
using namespace signalr::test;

TEST_CASE("booleans") {
  CHECK(decode<bool>("true"));
  CHECK_FALSE(decode<bool>(" false "));
  CHECK(complaint<bool>("1") == "can't decode the JSON value: expected true or false, but got the number 1");
  CHECK(encode(true) == "true");
  CHECK(encode(false) == "false");
}

TEST_CASE_TEMPLATE("integers of every size keep their limits", T, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                   std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, long, unsigned long, long long,
                   unsigned long long) {
  constexpr T kMin = std::numeric_limits<T>::min();
  constexpr T kMax = std::numeric_limits<T>::max();
  CHECK(decode<T>(std::to_string(kMin)) == kMin);
  CHECK(decode<T>(std::to_string(kMax)) == kMax);
  CHECK(decode<T>(encode(kMin)) == kMin);
  CHECK(decode<T>(encode(kMax)) == kMax);
  CHECK(encode(kMax) == std::to_string(kMax));

  // One more than fits: the last digit of each maximum is 5 or 7.
  std::string beyond = std::to_string(kMax);
  ++beyond.back();
  const std::string expected = "an integer from " + std::to_string(kMin) + " to " + std::to_string(kMax);
  CHECK(complaint<T>(beyond) == "can't decode the JSON value: expected " + expected + ", but got the number " + beyond);
  CHECK_THROWS_AS(decode<T>("-99999999999999999999"), DecodeError);
  CHECK_THROWS_AS(decode<T>("99999999999999999999999"), DecodeError);
}

TEST_CASE("P#81 2^53+1 survives, and so does every other integer of 64 bits") {
  CHECK(decode<std::int64_t>("9007199254740993") == 9007199254740993);
  CHECK(decode<std::uint64_t>("18446744073709551615") == 18446744073709551615U);
  CHECK(encode(std::int64_t{-9007199254740993}) == "-9007199254740993");
}

TEST_CASE("an integer is written as one: nothing is rounded, not even when nothing would be lost") {
  for (const char* json : {"5.0", "5e0", "5E0", "0.0", "1e2", "5.5", "\"5\"", "true", "null", "[5]"}) {
    CAPTURE(json);
    CHECK_THROWS_AS(decode<int>(json), DecodeError);
  }
  CHECK(decode<int>("-0") == 0);
  CHECK(complaint<std::uint8_t>("5.0") ==
        "can't decode the JSON value: expected an integer from 0 to 255, but got the number 5.0");
}

TEST_CASE("floating point takes the nearest number there is") {
  CHECK(decode<double>("0.1") == 0.1);
  CHECK(decode<double>("12345678901234567890123456789") == 12345678901234567890123456789.0);
  CHECK(decode<double>("5") == 5.0);
  CHECK(decode<float>("0.1") == 0.1F);
  CHECK(decode<double>("1.7976931348623157e308") == std::numeric_limits<double>::max());
  CHECK(decode<double>("4.9e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(std::signbit(decode<double>("-0")));
}

TEST_CASE("what is too small for floating point is 0, what is too large is an error") {
  for (const char* json :
       {"1e-400", "0.1e-399", "123e-99999999999999999999999", "0e99999999999999999999", "0.0e9999"}) {
    CAPTURE(json);
    CHECK(decode<double>(json) == 0.0);
  }
  CHECK(decode<double>("0." + std::string(400, '0') + "1") == 0.0);
  CHECK(std::signbit(decode<double>("-1e-400")));
  CHECK(decode<double>("1" + std::string(400, '0') + "e-400") == 1.0);
  CHECK(decode<double>("0." + std::string(400, '0') + "1e401") == 1.0);
  CHECK(decode<float>("1e-50") == 0.0F);

  for (const char* json : {"1e400", "-1e400", "0.1e999", "1e99999999999999999999999", "2e308"}) {
    CAPTURE(json);
    CHECK_THROWS_AS(decode<double>(json), DecodeError);
  }
  CHECK_THROWS_AS(decode<double>("1" + std::string(400, '0')), DecodeError);
  CHECK_THROWS_AS(decode<float>("1e39"), DecodeError);
  CHECK(complaint<double>("1e400") ==
        "can't decode the JSON value: expected a number in the range of a double, but got the number 1e400");
}

TEST_CASE("floating point is written with the digits that it takes to read the same") {
  CHECK(encode(0.1) == "0.1");
  CHECK(encode(0.1F) == "0.1");
  CHECK(encode(100.0) == "100");
  CHECK(encode(1e300) == "1e+300");
  for (const double value : {1.0 / 3, 5e-324, 1.7976931348623157e308, -2.5e-10}) {
    CHECK(decode<double>(encode(value)) == value);
  }
}

TEST_CASE("NaN and infinities are refused, and nothing of them is written") {
  std::string out = "kept";
  CHECK_THROWS_AS(append_json(out, std::numeric_limits<double>::quiet_NaN()), UsageError);
  CHECK_THROWS_AS(append_json(out, std::vector<float>{1, std::numeric_limits<float>::infinity()}), UsageError);
  CHECK(out == "kept");
}

TEST_CASE("P#79 strings, with and without escapes, there and back") {
  CHECK(decode<std::string>(R"("plain")") == "plain");
  CHECK(decode<std::string>(R"("a\"b\\\/\n\u00e9\ud83d\ude00")") == "a\"b\\/\n\u00e9\U0001F600");
  CHECK(decode<std::string>(R"("\u0000")") == std::string(1, '\0'));
  for (const std::string text : {"", "plain", "\x01\x1f\"\\/", "\u2028\u2029", "\U0001F600 \u00e9"}) {
    CHECK(decode<std::string>(encode(text)) == text);
  }
  CHECK(encode("literal") == R"("literal")");
  CHECK(encode(std::string_view("view")) == R"("view")");
  CHECK(encode("\xFF") == "\"\xEF\xBF\xBD\"");
  CHECK(encode(nullptr) == "null");
  CHECK(complaint<std::string>("null") == "can't decode the JSON value: expected a string, but got null");
}

TEST_CASE("a view is of the text itself, which takes a string without escapes") {
  const RawJson json = RawJson::parse(R"("no escapes")");
  const auto view = decode_json<std::string_view>(json);
  CHECK(view == "no escapes");
  CHECK(view.data() == json.text().data() + 1);
  CHECK(decode_json<RawJsonView>(RawJsonView("[1]")).text() == "[1]");

  const char* const expected =
      "can't decode the JSON value: expected a string without escapes, as a view (take std::string), but got a string";
  CHECK(complaint<std::string_view>(R"("\u0041")") == expected);
}

TEST_CASE("P#81 RawJson takes anything as it is written") {
  for (const char* json : {"null", "1e400", "0.12345678901234567890123456789", "[1, 2 ]", R"({"a":"\u0041"})"}) {
    CHECK(decode<RawJson>(json).text() == json);
    CHECK(encode(RawJson::parse(json)) == json);
    CHECK(encode(RawJsonView(json)) == json);
  }
  CHECK(decode<std::vector<RawJson>>("[ 1.50 ,{}]")[0].text() == "1.50");
  CHECK(encode(RawJsonView()) == "null");
}

namespace {

enum class Level : std::uint8_t { low, high = 200 };
enum class Side { buy, sell, neither };
SIGNALR_ENUM(Side, buy, (sell, "Sell"));

}  // namespace

TEST_CASE("enumerations are numbers") {
  CHECK(decode<Level>("200") == Level::high);
  CHECK(encode(Level::high) == "200");
  CHECK_THROWS_AS(decode<Level>("256"), DecodeError);
  CHECK_THROWS_AS(decode<Level>("\"high\""), DecodeError);
}

TEST_CASE("SIGNALR_ENUM makes them names") {
  CHECK(decode<Side>("\"buy\"") == Side::buy);
  CHECK(decode<Side>(R"("\u0053ell")") == Side::sell);
  CHECK(encode(Side::sell) == "\"Sell\"");
  CHECK(complaint<Side>("\"sell\"") ==
        "can't decode the JSON value: expected one of \"buy\", \"Sell\", but got a string");
  CHECK_THROWS_AS(decode<Side>("0"), DecodeError);
  CHECK_THROWS_AS(encode(Side::neither), UsageError);
}

TEST_CASE("text that was never checked is checked") {
  for (const char* json :
       {"5 5", "tru", "\"open", "+5", "05", ".5", "5.", "\"\\ud800\"", "\"\xFF\"", " ", "nul", "'a'"}) {
    CAPTURE(json);
    CHECK_THROWS_AS(decode<RawJson>(json), DecodeError);
    CHECK_THROWS_AS(decode<double>(json), DecodeError);
    CHECK_THROWS_AS(decode<std::string>(json), DecodeError);
  }
  CHECK_THROWS_AS(decode<std::string>(std::string("\"a\0b\"", 5)), DecodeError);
}
