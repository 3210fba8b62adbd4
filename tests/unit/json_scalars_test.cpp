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

namespace {

enum class Level : std::uint8_t { low, high = 200 };
enum class Side { buy, sell, neither };
SIGNALR_ENUM(Side, buy, (sell, "Sell"));

}  // namespace

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

TEST_CASE("a number that is exactly an integer is one, however .NET writes it: doubles and decimals have a point") {
  CHECK(decode<int>("5.0") == 5);
  CHECK(decode<int>("-5.00") == -5);
  CHECK(decode<int>("-0.0") == 0);
  CHECK(decode<unsigned>("-0.0") == 0);
  CHECK(decode<int>("0e99999999999999999999") == 0);
  CHECK(decode<std::int64_t>("1E+16") == 10'000'000'000'000'000);
  CHECK(decode<int>("1.50e2") == 150);
  CHECK(decode<int>("1500e-1") == 150);
  CHECK(decode<int>("2147483647.000") == 2147483647);
  CHECK(decode<std::int64_t>("-9223372036854775808.0") == std::numeric_limits<std::int64_t>::min());
  CHECK(decode<std::uint64_t>("18446744073709551615.0") == 18446744073709551615U);
  CHECK(decode<int>("7" + std::string(400, '0') + "e-400") == 7);
  CHECK(decode<int>("0." + std::string(400, '0') + "7e401") == 7);
  CHECK(decode<int>("5." + std::string(400, '0')) == 5);
}

TEST_CASE("nothing is rounded to an integer") {
  for (const char* json :
       {"5.5", "5.0000000000000000000000000000001", "5e-1", "0.1", "1e-400", "2147483648.0", "1e10",
        "1e99999999999999999999", "1e-99999999999999999999", "1e20", "\"5\"", "true", "null", "[5]"}) {
    CAPTURE(json);
    CHECK_THROWS_AS(decode<int>(json), DecodeError);
  }
  CHECK_THROWS_AS(decode<std::uint64_t>("1e20"), DecodeError);
  CHECK_THROWS_AS(decode<std::uint64_t>("-1.0"), DecodeError);
  CHECK(decode<int>("-0") == 0);
  CHECK(complaint<std::uint8_t>("5.5") ==
        "can't decode the JSON value: expected an integer from 0 to 255, but got the number 5.5");
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

TEST_CASE_TEMPLATE("NaN and infinities are the strings that .NET writes and reads", T, float, double) {
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  CHECK(std::isnan(decode<T>(R"("NaN")")));
  CHECK(decode<T>(R"("Infinity")") == kInfinity);
  CHECK(decode<T>(R"("-Infinity")") == -kInfinity);
  CHECK(decode<T>(R"("\u002dInfinity")") == -kInfinity);
  CHECK(encode(std::numeric_limits<T>::quiet_NaN()) == R"("NaN")");
  CHECK(encode(std::vector<T>{1, kInfinity, -kInfinity, 2}) == R"([1,"Infinity","-Infinity",2])");
  CHECK(decode<std::vector<T>>(R"([1.5,"Infinity",2.0])") == std::vector<T>{1.5, kInfinity, 2});
  for (const char* json :
       {R"("nan")", R"("+Infinity")", R"("INF")", R"("")", R"("1.5")", R"("NaN ")", "null", "true"}) {
    CAPTURE(json);
    CHECK_THROWS_AS(decode<T>(json), DecodeError);
  }
  CHECK_THROWS_AS(decode<int>(R"("NaN")"), DecodeError);
}

TEST_CASE("what can't be encoded leaves nothing behind") {
  std::string out = "kept";
  CHECK_THROWS_AS(append_json(out, std::vector<Side>{Side::buy, Side::neither}), UsageError);
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

TEST_CASE("enumerations are numbers") {
  CHECK(decode<Level>("200") == Level::high);
  CHECK(encode(Level::high) == "200");
  CHECK_THROWS_AS(decode<Level>("256"), DecodeError);
  CHECK(decode<Level>("200.0") == Level::high);
  CHECK(
      complaint<Level>("\"high\"") ==
      "can't decode the JSON value: expected the number of an enumerator (SIGNALR_ENUM reads names), but got a string");
}

TEST_CASE("SIGNALR_ENUM makes them names; the numbers of those are read as well") {
  CHECK(decode<Side>("\"buy\"") == Side::buy);
  CHECK(decode<Side>(R"("\u0053ell")") == Side::sell);
  CHECK(encode(Side::sell) == "\"Sell\"");
  CHECK(complaint<Side>("\"sell\"") ==
        "can't decode the JSON value: expected one of \"buy\", \"Sell\", but got a string");
  CHECK(decode<Side>("0") == Side::buy);
  CHECK(decode<Side>("1") == Side::sell);
  for (const char* json : {"2", "3", "-1", "0.5", "1e30", "null"}) {
    CAPTURE(json);
    CHECK_THROWS_AS(decode<Side>(json), DecodeError);
  }
  CHECK_THROWS_AS(encode(Side::neither), UsageError);
}

TEST_CASE("text that was never checked is checked") {
  for (const char* json :
       {"5 5", "tru", "\"open", "+5", "05", ".5", "5.", "\"\\ud80\"", "\"\xFF\"", " ", "nul", "'a'"}) {
    CAPTURE(json);
    CHECK_THROWS_AS(decode<RawJson>(json), DecodeError);
    CHECK_THROWS_AS(decode<double>(json), DecodeError);
    CHECK_THROWS_AS(decode<std::string>(json), DecodeError);
  }
  CHECK_THROWS_AS(decode<std::string>(std::string("\"a\0b\"", 5)), DecodeError);
}
