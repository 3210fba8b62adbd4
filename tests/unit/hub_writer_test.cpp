// How calls to hubs are written.
#include "protocol/hub_writer.hpp"

#include <doctest/doctest.h>

#include <string>

#include "protocol/json_text.hpp"

using namespace signalr;

namespace {

std::string written(const ClientMsg& message) {
  std::string out;
  detail::protocol::append_client_message(out, message);
  CHECK(detail::protocol::check_json(out, 128) == detail::protocol::ScanError::none);
  return out;
}

ClientMsg call(std::vector<RawJson> args) {
  ClientMsg message;
  message.invocation_id = "0";
  message.hub = "chat";
  message.method = "Send";
  message.args = std::move(args);
  return message;
}

}  // namespace

TEST_CASE("P#78 a call has H, M, A and I, in that order") {
  CHECK(written(call({RawJson::parse("1"), RawJson::parse("\"x\""), RawJson()})) ==
        R"({"H":"chat","M":"Send","A":[1,"x",null],"I":"0"})");
  CHECK(written(call({})) == R"({"H":"chat","M":"Send","A":[],"I":"0"})");
}

TEST_CASE("P#78 state is written when there is some") {
  ClientMsg message = call({});
  message.state = RawJson::parse(R"({"name":"x"})");
  CHECK(written(message) == R"({"H":"chat","M":"Send","A":[],"I":"0","S":{"name":"x"}})");
  for (const char* nothing : {"{}", "{ }", "null", "[]"}) {
    CAPTURE(nothing);
    message.state = RawJson::parse(nothing);
    CHECK(written(message) == R"({"H":"chat","M":"Send","A":[],"I":"0"})");
  }
}

TEST_CASE("P#79 names may hold anything") {
  ClientMsg message = call({RawJson::parse("\"\\u2028 \xF0\x9F\x98\x80\"")});
  message.hub = "a\"b\\c\n";
  message.method = "m\xFF\u2028";
  message.invocation_id = "1\t";
  CHECK(written(message) ==
        "{\"H\":\"a\\\"b\\\\c\\n\",\"M\":\"m\uFFFD\\u2028\",\"A\":[\"\\u2028 \U0001F600\"],"
        "\"I\":\"1\\t\"}");
}

TEST_CASE("calls are appended to what is there") {
  std::string out = "data=";
  detail::protocol::append_client_message(out, call({}));
  CHECK(out == R"(data={"H":"chat","M":"Send","A":[],"I":"0"})");
}
