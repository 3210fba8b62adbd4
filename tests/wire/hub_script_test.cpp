// How the judge reads what a user of hubs called, set and saw.
#include <doctest/doctest.h>

#include "call_ids.hpp"
#include "hub_script.hpp"
#include "json_slices.hpp"
#include "plan.hpp"
#include "sample.hpp"

using namespace wire;

namespace {

using Kind = HubEvent::Kind;

/// plain_session() with other frames after the init frame.
Episode episode_with(const std::vector<RecordedFrame>& frames) {
  Recording recording = plain_session();
  auto& talk = recording.exchanges[1].frames;
  const RecordedFrame end = talk.back();
  talk.resize(1);
  talk.insert(talk.end(), frames.begin(), frames.end());
  talk.push_back(end);
  return realize(make_plan(recording).episodes.front(), recording);
}

}  // namespace

TEST_CASE("calls, progress, results and failures come in their order, as they were written") {
  const Episode episode = episode_with({
      frame(30, false, R"({"I":"0","H":"chat","M":"Add","A":[1,2.50]})"),
      frame(31, true, R"({"C":"d-1","M":[{"H":"Chat","M":"said","A":["hi", 1.50]},{"I":"P|0","P":{"I":"0","D":9}}]})"),
      frame(32, true, R"({"I":"0","R":3.0})"),
      frame(33, false, R"({"I":"1","H":"CHAT","M":"Fail","A":[]})"),
      frame(34, true, R"({"I":"1","E":"no\n","H":true,"D":{"a":1}})"),
  });
  const auto script = hub_script(episode);
  REQUIRE(script);
  REQUIRE(script->calls.size() == 2);
  CHECK(script->calls[0].args == "1,2.50");
  CHECK(script->calls[1].ends_before == 1);
  REQUIRE(script->events.size() == 4);
  CHECK(script->events[0].value == R"({"H":"Chat","M":"said","A":["hi", 1.50]})");
  CHECK(script->events[0].args == std::vector<std::string>{"\"hi\"", "1.50"});
  CHECK(script->events[1].kind == Kind::progress);
  CHECK(script->events[1].value == "9");
  CHECK(script->events[2].value == "3.0");
  CHECK(script->events[3].kind == Kind::failure);
  CHECK(script->events[3].value == "no\n");
  CHECK(script->events[3].hub_error);
  CHECK(script->events[3].data == R"({"a":1})");
}

TEST_CASE("state that the server didn't set was set by the user") {
  const Episode episode = episode_with({
      frame(30, false, R"({"I":"0","H":"chat","M":"X","A":[],"S":{"mood":"happy","n":1}})"),
      frame(31, true, R"({"I":"0","S":{"Mood":"sad"}})"),
      frame(40, false, R"({"I":"1","H":"chat","M":"X","A":[],"S":{"mood":"sad","n":2}})"),
  });
  const auto script = hub_script(episode);
  REQUIRE(script);
  CHECK(script->calls[0].sets.size() == 2);
  REQUIRE(script->calls[1].sets.size() == 1);
  CHECK(script->calls[1].sets[0].second == "2");
  CHECK(script->events[0].state == R"({"mood":"sad","n":1})");
  CHECK(script->events[1].kind == Kind::lost);  // the user closed
}

TEST_CASE("an answer in the same millisecond was there before the next call") {
  const Episode episode = episode_with({
      frame(30, false, R"({"I":"0","H":"chat","M":"X","A":[]})"),
      frame(31, false, R"({"I":"1","H":"chat","M":"X","A":[]})"),
      frame(31, true, R"({"I":"0"})"),
      frame(31, true, R"({"I":"1"})"),
  });
  const auto script = hub_script(episode);
  REQUIRE(script);
  CHECK(script->calls[1].ends_before == 1);
  CHECK(script->events.size() == 2);
}

TEST_CASE("what Client can't say is not for a user of hubs") {
  CHECK_FALSE(hub_script(episode_with({frame(30, false, "not json")})));
  CHECK_FALSE(hub_script(episode_with({frame(30, false, R"({"I":"0","H":"other","M":"X","A":[]})")})));
  CHECK_FALSE(hub_script(episode_with({frame(30, false, R"({"H":"chat","M":"X","A":[]})")})));
  CHECK_FALSE(hub_script(episode_with({frame(30, false, R"({"I":"0","H":"chat","M":"X","A":[],"S":{"a":1}})"),
                                       frame(31, false, R"({"I":"1","H":"chat","M":"X","A":[]})")})));
}

TEST_CASE("recorded ids become those of our calls") {
  CallIds ids;
  ids.note(R"({"I":0,"H":"chat"})", R"({"H":"chat","I":"1"})");
  CHECK(ids.translated(R"({"M":[{"I":"P|0","P":{"I":"0","D":"I"}}]})") ==
        R"({"M":[{"I":"P|1","P":{"I":"1","D":"I"}}]})");
  CHECK(ids.translated(R"({"R":{"I":"0"},"I":"0"})") == R"({"R":{"I":"0"},"I":"1"})");
  ids.note(R"({"I":0})", R"({"I":"2"})");  // the JavaScript client begins again after a reconnect
  CHECK(ids.translated(R"({"I":"0"})") == R"({"I":"2"})");
  CHECK(ids.translated(R"({"I":"2"})") == R"({"I":"nobody's 2"})");
  CHECK(ids.translated("no json \"I\"") == "no json \"I\"");
}

TEST_CASE("slices are what is written") {
  const std::string_view text = R"( { "a" : [ 1 , {"b":"]}\""} ] ,"c":-1.50e3})";
  CHECK(member_slice(text, "c") == "-1.50e3");
  const auto elements = element_slices(*member_slice(text, "a"));
  REQUIRE(elements.size() == 2);
  CHECK(elements[0] == "1");
  CHECK(elements[1] == R"({"b":"]}\""})");
  CHECK_FALSE(member_slice(text, "b"));
  CHECK_FALSE(member_slice("[1]", "a"));
  CHECK(element_slices("{}").empty());
  CHECK(element_slices("[ ]").empty());
}
