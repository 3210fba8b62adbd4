// What counts in a request and in a frame, and what doesn't.
#include <doctest/doctest.h>

#include "equivalence.hpp"
#include "json.hpp"

using namespace wire;

namespace {

RecordedRequest connect() {
  RecordedRequest request;
  request.method = "GET";
  request.path = "/signalr/connect";
  request.query = {{"transport", "webSockets"}, {"connectionToken", "a+b"}, {"connectionData", R"([{"Name":"Chat"}])"}};
  request.headers = {{"Upgrade", "websocket"}, {"Cookie", "a=1; b=2"}, {"Host", "x"}};
  return request;
}

std::string differs(const RecordedRequest& other) { return difference(essence_of(connect()), essence_of(other)); }

}  // namespace

TEST_CASE("order, hub names' case, tid, _ and browsers' headers don't count") {
  RecordedRequest other = connect();
  other.query = {{"_", "123"},
                 {"tid", "4"},
                 {"connectionData", R"([ {"name":"CHAT"} ])"},
                 {"connectionToken", "a+b"},
                 {"Transport", "webSockets"}};
  other.headers = {{"Cookie", "b=2"}, {"Cookie", "a=1"}, {"Origin", "http://x"}, {"upgrade", "WebSocket"}};
  CHECK(differs(other).empty());
}

TEST_CASE("method, path, parameters and headers that matter count") {
  RecordedRequest other = connect();
  SUBCASE("method") { other.method = "POST"; }
  SUBCASE("path") { other.path = "/signalr/Connect"; }
  SUBCASE("a value") { other.query[1].second = "a b"; }
  SUBCASE("a missing parameter") { other.query.pop_back(); }
  SUBCASE("one more") { other.query.emplace_back("messageId", "d-1"); }
  SUBCASE("another hub") { other.query[2].second = R"([{"name":"news"}])"; }
  SUBCASE("no upgrade") { other.headers[0].second = "h2c"; }
  SUBCASE("a cookie less") { other.headers[1].second = "a=1"; }
  SUBCASE("a header more") { other.headers.emplace_back("Authorization", "Bearer x"); }
  CHECK_FALSE(differs(other).empty());
}

TEST_CASE("a browser's access_token is an Authorization header") {
  RecordedRequest browser = connect();
  browser.query.emplace_back("access_token", "t");
  RecordedRequest native = connect();
  native.headers.emplace_back("Authorization", "Bearer t");
  CHECK(difference(essence_of(browser), essence_of(native)).empty());
  native.headers.back().second = "Bearer other";
  CHECK_FALSE(difference(essence_of(browser), essence_of(native)).empty());
}

TEST_CASE("polls may be GET or POST, with the cursor in the URL or in the body") {
  RecordedRequest get;
  get.method = "GET";
  get.path = "/signalr/poll";
  get.query = {{"transport", "longPolling"}, {"messageId", "d-1"}};
  RecordedRequest post = get;
  post.method = "POST";
  post.query.pop_back();
  post.form = {{"messageId", "d-1"}};
  CHECK(difference(essence_of(get), essence_of(post)).empty());
  post.form[0].second = "d-2";
  CHECK_FALSE(difference(essence_of(get), essence_of(post)).empty());
}

TEST_CASE("our own requests are read like recorded ones") {
  signalr::server::Request ours;
  ours.method = "GET";
  ours.url = *signalr::Url::parse(
      "http://x/signalr/"
      "connect?connectionData=%5B%7B%22name%22%3A%22chat%22%7D%5D&connectionToken=a%2Bb&transport=webSockets");
  ours.headers = {{"Cookie", "a=1; b=2"}};
  ours.upgrade = true;
  CHECK(difference(essence_of(connect()), essence_of(ours)).empty());
}

TEST_CASE("in a call all but its id and its hub's case counts") {
  const std::string call = R"({"I":"0","H":"Chat","M":"Add","A":[1,2.50],"S":{"a":1}})";
  CHECK(frame_difference(call, R"({"H":"chat","M":"Add","A":[1,2.5],"S":{"a":1},"I":7})").empty());
  CHECK_FALSE(frame_difference(call, R"({"I":"0","H":"News","M":"Add","A":[1,2.5],"S":{"a":1}})").empty());
  CHECK_FALSE(frame_difference(call, R"({"I":"0","H":"Chat","M":"add","A":[1,2.5],"S":{"a":1}})").empty());
  CHECK_FALSE(frame_difference(call, R"({"I":"0","H":"Chat","M":"Add","A":[2.5,1],"S":{"a":1}})").empty());
  CHECK_FALSE(frame_difference(call, R"({"I":"0","H":"Chat","M":"Add","A":[1,2.5]})").empty());
}

TEST_CASE("raw texts are compared as they are") {
  CHECK(frame_difference("text", "text").empty());
  CHECK_FALSE(frame_difference(R"({"a":1})", R"({"a": 1})").empty());
}

TEST_CASE("a changed value is JSON still, and another one") {
  for (const char* text :
       {R"({"I":"9"})", R"({"M":[{"A":["x\u2028"]}]})", R"({"a":{"b":12},"c":true})", R"(["a","\n"])"}) {
    const std::string changed = with_last_value_changed(text);
    CAPTURE(changed);
    CHECK(is_json(changed));
    CHECK_FALSE(same_json(text, changed));
  }
  CHECK(with_last_value_changed("{}") == "{}");
  CHECK(with_last_value_changed("not json") == "not jsox");
}
