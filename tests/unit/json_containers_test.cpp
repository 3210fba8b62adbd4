// Arrays, tuples, maps, optional and variant.
#include <doctest/doctest.h>

#include <array>
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

TEST_CASE("null is an empty optional") {
  CHECK(decode<std::optional<int>>("5") == 5);
  CHECK_FALSE(decode<std::optional<int>>("null").has_value());
  CHECK(decode<std::vector<std::optional<int>>>("[1,null]") == std::vector<std::optional<int>>{1, std::nullopt});
  CHECK(encode(std::optional<int>(5)) == "5");
  CHECK(encode(std::optional<int>()) == "null");
  CHECK_THROWS_AS(decode<std::optional<int>>("\"5\""), DecodeError);
  CHECK_FALSE(decode_json<std::optional<int>>(RawJsonView()).has_value());
}

namespace {

enum class Side { buy, sell };
SIGNALR_ENUM(Side, buy, sell);

}  // namespace

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
