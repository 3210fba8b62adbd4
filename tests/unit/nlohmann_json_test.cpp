// The opt-in header for nlohmann::json. A program of its own, as the header may not be installed.
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <signalr/nlohmann_json.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "json_tools.hpp"

using namespace signalr;
using namespace signalr::test;

namespace warehouse {

struct Order {
  std::string name;
  int count = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, name, count)

}  // namespace warehouse

TEST_CASE("nlohmann::json there and back") {
  const auto value = decode<nlohmann::json>(R"({"a":[1,2.5,null],"b":"\u00e9","big":18446744073709551615})");
  CHECK(value.at("a").at(1) == 2.5);
  CHECK(value.at("big") == 18446744073709551615U);
  CHECK(encode(value) == "{\"a\":[1,2.5,null],\"b\":\"\u00e9\",\"big\":18446744073709551615}");
  CHECK(encode(decode<nlohmann::ordered_json>(R"({"b":1,"a":2})")) == R"({"b":1,"a":2})");
}

TEST_CASE("P#123 a lone surrogate escape, which nlohmann::json refuses, is U+FFFD") {
  CHECK(decode<nlohmann::json>(R"(["\ud83d","\ud83d\ude00\ude00"])") == nlohmann::json{"\uFFFD", "\U0001F600\uFFFD"});
  CHECK(decode<nlohmann::json>(R"({"\udc00":"\\ud83d"})").at("\uFFFD") == "\\ud83d");
}

TEST_CASE("inside of other types") {
  const auto both = decode<std::tuple<int, nlohmann::json>>(R"([1,{"x":[true]}])");
  CHECK(std::get<1>(both).at("x").at(0) == true);
  CHECK(encode(both) == R"([1,{"x":[true]}])");
  CHECK(encode(std::vector<nlohmann::json>{1, "a", nullptr}) == R"([1,"a",null])");
}

TEST_CASE("what nlohmann::json can't hold") {
  CHECK(complaint<nlohmann::json>("1e400") ==
        "can't decode the JSON value: expected JSON that nlohmann::json can hold, but got the number 1e400");
  CHECK_THROWS_AS(decode<nlohmann::json>("[1"), DecodeError);
  CHECK(encode(nlohmann::json(std::numeric_limits<double>::quiet_NaN())) == "null");
  CHECK(encode(nlohmann::json("\xFF")) == "\"\xEF\xBF\xBD\"");
}

TEST_CASE("types that nlohmann::json knows") {
  using Via = ViaNlohmann<warehouse::Order>;
  const auto orders = decode<std::vector<Via>>(R"([{"name":"a","count":2}])");
  CHECK(orders.at(0).value.name == "a");
  CHECK(orders.at(0).value.count == 2);
  CHECK(encode(Via{{"b", 3}}) == R"({"count":3,"name":"b"})");
  CHECK(place<std::vector<Via>>(R"([{"name":"a","count":2},{"name":5,"count":2}])") == "[1]");
}
