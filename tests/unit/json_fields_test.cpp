// SIGNALR_JSON and types of one's own.
#include <doctest/doctest.h>

#include <optional>
#include <signalr/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "../support/cost.hpp"
#include "json_tools.hpp"

namespace shop {

struct Price {
  double amount = 0;
  std::string currency;
};
SIGNALR_JSON(Price, amount, currency);

struct Order {
  int id = 0;
  Price price;
  int count = 1;
  std::string note = "none";
  std::optional<std::string> client;
};
SIGNALR_JSON(Order, (id, "Id"), (price, "Price"), (count, optional), (note, "Note", optional), client);

struct Node {
  std::vector<Node> children;
};
SIGNALR_JSON(Node, children);

// Written by hand.
struct Point {
  int x = 0;
  int y = 0;
};
constexpr signalr::JsonKind json_kind(const Point*) { return signalr::JsonKind::object; }
void from_json(const signalr::JsonValue& json, Point& point) {
  point.x = json.get<int>("x");
  point.y = json.get<std::optional<int>>("y").value_or(7);
}
void to_json(signalr::JsonWriter& json, const Point& point) {
  json.begin_object();
  json.member("x", point.x);
  json.member("y", point.y);
  json.end_object();
}

// 64 fields are possible.
struct Wide {
  int a1 = 1, a2 = 2, a3 = 3, a4 = 4, a5 = 5, a6 = 6, a7 = 7, a8 = 8, b1 = 1, b2 = 2, b3 = 3, b4 = 4, b5 = 5, b6 = 6,
      b7 = 7, b8 = 8, c1 = 1, c2 = 2, c3 = 3, c4 = 4, c5 = 5, c6 = 6, c7 = 7, c8 = 8, d1 = 1, d2 = 2, d3 = 3, d4 = 4,
      d5 = 5, d6 = 6, d7 = 7, d8 = 8, e1 = 1, e2 = 2, e3 = 3, e4 = 4, e5 = 5, e6 = 6, e7 = 7, e8 = 8, f1 = 1, f2 = 2,
      f3 = 3, f4 = 4, f5 = 5, f6 = 6, f7 = 7, f8 = 8, g1 = 1, g2 = 2, g3 = 3, g4 = 4, g5 = 5, g6 = 6, g7 = 7, g8 = 8,
      h1 = 1, h2 = 2, h3 = 3, h4 = 4, h5 = 5, h6 = 6, h7 = 7, h8 = 8;
};
SIGNALR_JSON(Wide, a1, a2, a3, a4, a5, a6, a7, a8, b1, b2, b3, b4, b5, b6, b7, b8, c1, c2, c3, c4, c5, c6, c7, c8, d1,
             d2, d3, d4, d5, d6, d7, d8, e1, e2, e3, e4, e5, e6, e7, e8, f1, f2, f3, f4, f5, f6, f7, f8, g1, g2, g3, g4,
             g5, g6, g7, g8, h1, h2, h3, h4, h5, h6, h7, h8);

}  // namespace shop

using namespace signalr;
using namespace signalr::test;
using namespace shop;

TEST_CASE("a struct is an object") {
  const auto order = decode<Order>(
      R"({"Id":7,"Price":{"amount":1.25,"currency":"EUR"},"count":3,"Note":"quick","client":"me","unknown":[{}]})");
  CHECK(order.id == 7);
  CHECK(order.price.amount == 1.25);
  CHECK(order.price.currency == "EUR");
  CHECK(order.count == 3);
  CHECK(order.note == "quick");
  CHECK(order.client == "me");
  CHECK(encode(order) == R"({"Id":7,"Price":{"amount":1.25,"currency":"EUR"},"count":3,"Note":"quick","client":"me"})");
}

TEST_CASE("optional members may be absent or null; others may not") {
  const auto sparse = decode<Order>(R"({"Id":7,"Price":{"amount":1,"currency":"EUR"},"Note":null,"client":null})");
  CHECK(sparse.count == 1);
  CHECK(sparse.note == "none");
  CHECK_FALSE(sparse.client.has_value());
  CHECK(encode(sparse) == R"({"Id":7,"Price":{"amount":1,"currency":"EUR"},"count":1,"Note":"none"})");

  CHECK(complaint<Order>(R"({"Price":{"amount":1,"currency":"EUR"}})") ==
        "can't decode the JSON value: expected a member \"Id\", but got an object without it");
  CHECK(complaint<Order>(R"({"Id":1,"Price":{"amount":1}})") ==
        "can't decode Price: expected a member \"currency\", but got an object without it");
  CHECK(complaint<Order>(R"({"Id":null,"Price":{"amount":1,"currency":"EUR"}})").find("can't decode Id: ") == 0);
  CHECK(complaint<Order>(R"({"Id":1,"Price":[],"count":1})") ==
        "can't decode Price: expected an object, but got an array of 0");
}

TEST_CASE("names match exactly, however they are written") {
  CHECK_THROWS_AS(decode<Price>(R"({"Amount":1,"currency":"EUR"})"), DecodeError);
  CHECK(decode<Price>(R"({"currency":"EUR","\u0061mount":2})").amount == 2);
}

TEST_CASE("of members with the same name the last one counts, and the others don't even have to fit") {
  CHECK(decode<Price>(R"({"amount":"x","currency":"a","amount":2,"currency":"b"})").currency == "b");
  CHECK_THROWS_AS(decode<Price>(R"({"amount":2,"currency":"a","amount":"x"})"), DecodeError);
}

TEST_CASE("errors say where, and keep the server's words apart") {
  try {
    (void)decode<std::vector<Order>>(R"([{"Id":1,"Price":{"amount":"a secret","currency":"EUR"}}])");
    FAIL("no error");
  } catch (const DecodeError& error) {
    CHECK(error.where() == "[0].Price.amount");
    CHECK(error.expected() == "a number in the range of a double");
    CHECK(error.got() == "a string");
    CHECK(error.server_text() == "\"a secret\"");
    CHECK(std::string(error.what()).find("secret") == std::string::npos);
  }
}

TEST_CASE("types of one's own") {
  CHECK(decode<Point>(R"({"x":3})").y == 7);
  CHECK(encode(std::vector<Point>{{1, 2}, {3, 4}}) == R"([{"x":1,"y":2},{"x":3,"y":4}])");
  CHECK(place<std::vector<Point>>(R"([{"x":1},{"x":"1"}])") == "[1].x");
  CHECK(complaint<Point>("{}") == "can't decode the JSON value: expected a member \"x\", but got an object without it");
  using Either = std::variant<std::string, Point>;
  CHECK(std::get<Point>(decode<Either>(R"({"x":5})")).x == 5);
}

TEST_CASE("types may contain themselves, as deep as JSON may be") {
  // Each level is an object and an array.
  std::string json = "{\"children\":[]}";
  for (int level = 1; level < 64; ++level) json = "{\"children\":[" + json + "]}";
  CHECK(encode(decode<Node>(json)) == json);
  CHECK_THROWS_AS(decode<Node>("{\"children\":[" + json + "]}"), DecodeError);
}

TEST_CASE("64 members") {
  Wide wide;
  wide.h8 = 99;
  const auto back = decode<Wide>(encode(wide));
  CHECK(back.a1 == 1);
  CHECK(back.h7 == 7);
  CHECK(back.h8 == 99);
}

namespace shop {
struct Letters {
  std::optional<int> a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z;
};
SIGNALR_JSON(Letters, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z);
}  // namespace shop

// It was decoded once for each of the type's fields.
TEST_CASE("P#126 a long name with escapes is not decoded for each field that it might be") {
  std::string json = "{\"";
  for (int i = 0; i < 200'000; ++i) json += "\\u0041";
  json += "\":1,\"\\u0061\":2}";
  const signalr::RawJsonView view(json);
  CHECK(signalr::JsonDocument(view).root().get<shop::Letters>().a == 2);
  const double ratio = signalr::test::cost_ratio([&] { signalr::JsonDocument document(view); },
                                                 [&] { signalr::JsonDocument(view).root().get<shop::Letters>(); });
  CHECK(ratio < 3);
}
