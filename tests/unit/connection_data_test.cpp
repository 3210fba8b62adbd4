#include <doctest/doctest.h>
#include <signalr/errors.hpp>

#include "protocol/connection_data.hpp"

using namespace signalr;
using detail::protocol::make_connection_data;

TEST_CASE("connectionData lists the hubs in the order given") {
  CHECK(make_connection_data({"chat"}).value() == R"([{"name":"chat"}])");
  CHECK(make_connection_data({"b", "A"}).value() == R"([{"name":"b"},{"name":"A"}])");
  CHECK(make_connection_data({}).value() == "[]");
}

TEST_CASE("P#14 a hub's name comes once, in its first spelling") {
  CHECK(make_connection_data({"Chat", "chat", "other", "CHAT"}).value() == R"([{"name":"Chat"},{"name":"other"}])");
}

TEST_CASE("P#134 hub names are escaped; empty ones, control characters and broken UTF-8 are refused") {
  CHECK(make_connection_data({"a\"\\&\xC3\xA4"}).value() == "[{\"name\":\"a\\\"\\\\&\xC3\xA4\"}]");
  for (const char* name : {"", "a\r\nb", "\t", "\x7f", "\xC3", "\xED\xA0\x80"}) {
    CHECK_THROWS_AS(make_connection_data({"ok", name}).value(), UsageError);
  }
  CHECK_THROWS_AS(make_connection_data({std::string("a\0b", 3)}).value(), UsageError);
}
