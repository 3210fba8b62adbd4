#include <doctest/doctest.h>
#include <signalr/headers.hpp>

using signalr::Headers;

TEST_CASE("header fields keep their order and their repetitions") {
  Headers headers{{"A", "1"}, {"b", "2"}};
  headers.add("a", "3");
  std::string all;
  for (const auto& field : headers) all += field.name + '=' + field.value + ' ';
  CHECK(all == "A=1 b=2 a=3 ");
  CHECK(headers.size() == 3);
  CHECK_FALSE(headers.empty());
}

TEST_CASE("header names are looked up without regard to case, the first one wins") {
  const Headers headers{{"Set-Cookie", "a"}, {"SET-COOKIE", "b"}};
  REQUIRE(headers.find("set-cookie") != nullptr);
  CHECK(*headers.find("set-cookie") == "a");
  CHECK(headers.find("set-cooki") == nullptr);
  CHECK(headers.find("") == nullptr);
}

TEST_CASE("set replaces all fields of a name") {
  Headers headers{{"X", "1"}, {"Y", "2"}, {"x", "3"}};
  headers.set("x", "4");
  CHECK(headers.size() == 2);
  CHECK(*headers.find("X") == "4");
  CHECK(*headers.find("y") == "2");
}

TEST_CASE("remove takes all fields of a name, and nothing when there is none") {
  Headers headers{{"X", "1"}, {"Y", "2"}, {"x", "3"}};
  headers.remove("Z");
  CHECK(headers.size() == 3);
  headers.remove("X");
  CHECK(headers.size() == 1);
  headers.remove(headers.begin()->name);  // a view into the list itself
  CHECK(headers.empty());
}
