// Arrays, tuples, maps, optional and variant.
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <signalr/json.hpp>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "json_tools.hpp"

using namespace signalr;
using namespace signalr::test;

namespace {

enum class Side { buy, sell };
SIGNALR_ENUM(Side, buy, sell);
enum class Level { high = 7 };

using Seconds = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;

}  // namespace

TEST_CASE("sequences and sets of any length") {
  CHECK(decode<std::vector<int>>(" [ 1 , 2,3 ] ") == std::vector<int>{1, 2, 3});
  CHECK(decode<std::vector<int>>("[]").empty());
  CHECK(decode<std::vector<bool>>("[true,false]") == std::vector<bool>{true, false});
  CHECK(decode<std::vector<std::vector<std::string>>>(R"([[],["a"],["b","c"]])") ==
        std::vector<std::vector<std::string>>{{}, {"a"}, {"b", "c"}});
  CHECK(decode<std::set<int>>("[3,1,3]") == std::set<int>{1, 3});
  CHECK(decode<std::unordered_set<std::string>>(R"(["a","a"])") == std::unordered_set<std::string>{"a"});

  CHECK(encode(std::vector<int>{1, 2}) == "[1,2]");
  CHECK(encode(std::vector<bool>{true, false}) == "[true,false]");
  CHECK(encode(std::vector<std::vector<int>>{{}, {1}, {}}) == "[[],[1],[]]");
  CHECK(encode(std::set<int>{2, 1}) == "[1,2]");

  CHECK(complaint<std::vector<int>>("{}") == "can't decode the JSON value: expected an array, but got an object");
  CHECK(complaint<std::set<int>>("null") == "can't decode the JSON value: expected an array, but got null");
}

TEST_CASE("arrays, pairs and tuples of exactly their length") {
  using Row = std::tuple<int, std::string, std::optional<double>>;
  CHECK(decode<std::array<int, 2>>("[1,2]") == std::array<int, 2>{1, 2});
  CHECK(decode<std::pair<int, bool>>("[1,true]") == std::pair(1, true));
  CHECK(decode<Row>(R"([1,"a",null])") == Row(1, "a", std::nullopt));
  CHECK(decode<std::tuple<>>("[]") == std::tuple<>());

  CHECK(encode(std::array<int, 2>{1, 2}) == "[1,2]");
  CHECK(encode(std::pair(1, "a")) == R"([1,"a"])");
  CHECK(encode(Row(1, "a", std::nullopt)) == R"([1,"a",null])");
  CHECK(encode(std::tuple<>()) == "[]");

  CHECK(complaint<std::pair<int, int>>("[1]") ==
        "can't decode the JSON value: expected an array of 2, but got an array of 1");
  CHECK(complaint<std::array<int, 1>>("[1,2]") ==
        "can't decode the JSON value: expected an array of 1, but got an array of 2");
  CHECK(place<Row>(R"([1,"a","b"])") == "[2]");
}

TEST_CASE("maps are objects with any members") {
  using Prices = std::map<std::string, double>;
  CHECK(decode<Prices>(R"({"a":1,"\u0062":2.5})") == Prices{{"a", 1}, {"b", 2.5}});
  CHECK(decode<std::unordered_map<std::string, int>>(R"({"a":1})").at("a") == 1);
  CHECK(encode(Prices{{"a", 1}, {"b", 2.5}}) == R"({"a":1,"b":2.5})");
  CHECK(encode(Prices{}) == "{}");
  CHECK(encode(std::map<std::string, Prices>{{"x\n", {}}, {"y", {{"a", 1}}}}) == R"({"x\n":{},"y":{"a":1}})");
  CHECK(place<std::map<std::string, std::vector<int>>>(R"({"a":[1],"b":[1,2,"3"]})") == "b[2]");
  CHECK(complaint<Prices>("[]") == "can't decode the JSON value: expected an object, but got an array of 0");
}

TEST_CASE("of members with the same name the last one counts") {
  CHECK(decode<std::map<std::string, int>>(R"({"a":1,"a":2})").at("a") == 2);
}

TEST_CASE("integers as names") {
  using Levels = std::map<int, std::string>;
  CHECK(decode<Levels>(R"({"-1":"a","20":"b"})") == Levels{{-1, "a"}, {20, "b"}});
  CHECK(encode(Levels{{-1, "a"}}) == R"({"-1":"a"})");
  const std::string wrong = complaint<std::map<std::uint8_t, int>>(R"({"1":1,"256":2})");
  CHECK(wrong == "can't decode 256: expected an integer from 0 to 255 as a name, but got a string");
}

TEST_CASE("what else .NET makes names of: the text of numbers, enumerators, times and durations") {
  using Book = std::map<double, double>;
  const Book book = {{0.1, 5}, {101.5, 2}, {1e16, 1}};
  CHECK(decode<Book>(R"({"0.1":5.0,"101.50":2.0,"1E+16":1.0})") == book);
  CHECK(decode<Book>(encode(book)) == book);
  CHECK(decode<std::map<float, int>>(R"({"Infinity":1})").begin()->first == std::numeric_limits<float>::infinity());
  CHECK(encode(std::map<double, int>{{-std::numeric_limits<double>::infinity(), 1}}) == R"({"-Infinity":1})");
  CHECK(decode<std::map<int, int>>(R"({"5.0":1})") == std::map<int, int>{{5, 1}});

  using Sides = std::map<Side, int>;
  CHECK(decode<Sides>(R"({"buy":1,"sell":2})") == Sides{{Side::buy, 1}, {Side::sell, 2}});
  CHECK(encode(Sides{{Side::sell, 2}}) == R"({"sell":2})");
  CHECK_THROWS_AS(decode<Sides>(R"({"hold":1})"), DecodeError);
  CHECK(encode(std::map<Level, int>{{Level::high, 1}}) == R"({"7":1})");
  CHECK(decode<std::map<Level, int>>(R"({"7":1})").count(Level::high) == 1);

  using Days = std::map<Seconds, int>;
  CHECK(decode<Days>(R"({"2000-02-29T00:00:00Z":1})") == Days{{Seconds(std::chrono::seconds(951782400)), 1}});
  CHECK(encode(Days{{Seconds(std::chrono::seconds(951782400)), 1}}) == R"({"2000-02-29T00:00:00Z":1})");
  using Spans = std::map<std::chrono::seconds, int>;
  CHECK(encode(decode<Spans>(R"({"-1.00:00:00":1})")) == R"({"-1.00:00:00":1})");

  for (const char* json : {R"({"x":1})", R"({"":1})", R"({"null":1})", R"({"[1]":1})", R"({"0x5":1})"}) {
    CAPTURE(json);
    CHECK_THROWS_AS(decode<Book>(json), DecodeError);
    CHECK_THROWS_AS((decode<std::map<int, int>>(json)), DecodeError);
  }
  CHECK(complaint<Book>(R"({"x":1})") == "can't decode x: expected a number as a name, but got a string");
}

TEST_CASE("bytes are base64, as .NET writes a byte[], or an array; they are written as one, which it takes for both") {
  using Bytes = std::vector<std::uint8_t>;
  CHECK(decode<Bytes>(R"("AQL/")") == Bytes{1, 2, 255});
  CHECK(decode<Bytes>(R"("AQI=")") == Bytes{1, 2});
  CHECK(decode<Bytes>(R"("AQ==")") == Bytes{1});
  CHECK(decode<Bytes>(R"("")").empty());
  CHECK(decode<Bytes>(R"("AQ\u003d\u003d")") == Bytes{1});
  CHECK(decode<Bytes>("[1,2,255]") == Bytes{1, 2, 255});
  CHECK(decode<std::vector<std::byte>>(R"("AP8=")") == std::vector<std::byte>{std::byte{0}, std::byte{255}});
  CHECK(encode(Bytes{1, 2, 255}) == "[1,2,255]");
  for (const char* json :
       {R"("A")", R"("AQ=")", R"("A*==")", R"("AQ== ")", R"("AR==")", R"("AQ==AQ==")", "{}", "null"}) {
    CAPTURE(json);
    CHECK_THROWS_AS(decode<Bytes>(json), DecodeError);
  }
  CHECK(complaint<Bytes>(R"("A*==")") ==
        "can't decode the JSON value: expected an array, or bytes as base64, but got a string");
  CHECK_THROWS_AS(decode<std::vector<int>>(R"("AQ==")"), DecodeError);
}

TEST_CASE("tuples and pairs as .NET writes Tuple, ValueTuple and KeyValuePair") {
  using Row = std::tuple<int, std::string, std::optional<double>>;
  CHECK(decode<Row>(R"({"Item1":1,"Item2":"a","Item3":null})") == Row(1, "a", std::nullopt));
  CHECK(decode<std::pair<int, bool>>(R"({"Item2":true,"Item1":1})") == std::pair(1, true));
  CHECK(decode<std::pair<std::string, double>>(R"({"Key":"a","Value":"NaN"})").first == "a");
  CHECK(place<Row>(R"({"Item1":1,"Item2":2})") == "Item2");
  CHECK(complaint<std::pair<int, int>>(R"({"Item1":1})") ==
        "can't decode the JSON value: expected a member \"Item2\", but got an object without it");
}

TEST_CASE("null is an empty optional") {
  CHECK(decode<std::optional<int>>("5") == 5);
  CHECK_FALSE(decode<std::optional<int>>("null").has_value());
  CHECK(decode<std::vector<std::optional<int>>>("[1,null]") == std::vector<std::optional<int>>{1, std::nullopt});
  CHECK(encode(std::optional<int>(5)) == "5");
  CHECK(encode(std::optional<int>()) == "null");
  CHECK_THROWS_AS(decode<std::optional<int>>("\"5\""), DecodeError);
  CHECK_FALSE(decode_json<std::optional<int>>(RawJsonView()).has_value());
}

TEST_CASE("a variant takes the alternative whose kind of JSON came") {
  using Any = std::variant<std::monostate, bool, double, std::string, std::vector<int>, std::map<std::string, int>>;
  CHECK(decode<Any>("null").index() == 0);
  CHECK(std::get<1>(decode<Any>("true")));
  CHECK(std::get<2>(decode<Any>("5")) == 5);
  CHECK(std::get<3>(decode<Any>("\"a\"")) == "a");
  CHECK(std::get<4>(decode<Any>("[1]")) == std::vector<int>{1});
  CHECK(std::get<5>(decode<Any>(R"({"a":1})")).at("a") == 1);
  for (const char* json : {"null", "true", "5", "\"a\"", "[1]", R"({"a":1})"}) CHECK(encode(decode<Any>(json)) == json);

  using Either = std::variant<int, Side>;
  CHECK(std::get<Side>(decode<Either>("\"sell\"")) == Side::sell);
  CHECK(complaint<Either>("[]") == "can't decode the JSON value: expected a number or a string, but got an array of 0");
  CHECK(complaint<Either>("1.5").find("expected an integer") != std::string::npos);
  static_assert(!detail::distinct_kinds<int, double>());
  static_assert(!detail::distinct_kinds<Side, std::string>());
  static_assert(detail::distinct_kinds<Side, int>());
}

TEST_CASE(
    "what .NET writes in another kind of JSON goes to the alternative that it is for, unless there is one of that "
    "kind") {
  using Text = std::variant<double, std::string>;
  CHECK(std::get<std::string>(decode<Text>(R"("NaN")")) == "NaN");
  using Flag = std::variant<bool, double>;
  CHECK(std::isnan(std::get<double>(decode<Flag>(R"("NaN")"))));
  CHECK(complaint<Flag>(R"("nothing")") ==
        "can't decode the JSON value: expected true or false or a number, but got a string");
  using Named = std::variant<std::monostate, Side>;
  CHECK(std::get<Side>(decode<Named>("1")) == Side::sell);
  using Counted = std::variant<Side, int>;
  CHECK(std::get<int>(decode<Counted>("1")) == 1);
  using Bytes = std::variant<std::vector<std::uint8_t>, double>;
  CHECK(std::get<0>(decode<Bytes>(R"("AQ==")")) == std::vector<std::uint8_t>{1});
  using Item = std::variant<int, std::pair<std::string, int>>;
  CHECK(std::get<1>(decode<Item>(R"({"Key":"a","Value":1})")) == std::pair<std::string, int>("a", 1));
}
