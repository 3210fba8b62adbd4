// How the recorded clients' print-outs are read.
#include <doctest/doctest.h>

#include "sights.hpp"

using namespace wire;

TEST_CASE("each line has its kind, others belong to the line before") {
  const auto sights = read_sights({"> start", "  state Disconnected -> Connecting", "  recv {", "  \"a\": 1", "}",
                                   "  state {\"mood\":\"sad\"}", "", "  = 5", "passed 0 failed 0"});
  REQUIRE(sights.size() == 6);
  CHECK(sights[0].kind == SightKind::step);
  CHECK(sights[1].kind == SightKind::state);
  CHECK(sights[1].text == "Disconnected -> Connecting");
  CHECK(sights[2].text == "{\n  \"a\": 1\n}");
  CHECK(sights[3].kind == SightKind::hub_state);
  CHECK(sights[3].text == "{\"mood\":\"sad\"}");
  CHECK(sights[4].text == "5");
  CHECK(sights[4].line == 7);
  CHECK(sights[5].kind == SightKind::other);
}

TEST_CASE("values as the clients print them") {
  CHECK(prints_value("{\"a\": 1.50}", "{\"a\":1.5}"));
  CHECK(prints_value("done 4", "\"done 4\""));
  CHECK(prints_value("null", ""));
  CHECK(prints_value("undefined", "null"));
  CHECK_FALSE(prints_value("null", "0"));
  CHECK_FALSE(prints_value("done 5", "\"done 4\""));
  CHECK_FALSE(prints_value("0", ""));
}

TEST_CASE("the same moment in another time zone is the same value") {
  CHECK(prints_value(R"({"When":"2020-01-02T03:04:05-07:00"})", R"({"When":"2020-01-02T10:04:05+00:00"})"));
  CHECK(prints_value(R"("2020-03-01T00:30:00.50+01:00")", R"("2020-02-29T23:30:00.5Z")"));
  CHECK_FALSE(prints_value(R"("2020-01-02T03:04:05-07:00")", R"("2020-01-02T03:04:05Z")"));
  CHECK_FALSE(prints_value(R"("2020-01-02T03:04:05.1Z")", R"("2020-01-02T03:04:05Z")"));
  CHECK_FALSE(prints_value(R"("2020-01-02T03:04:05")", R"("2020-01-02T03:04:05Z")"));
}

TEST_CASE("arguments as the clients print them") {
  CHECK(prints_arguments("\"g1\",{\"a\":1}", {"\"g1\"", "{\"a\":1}"}));  // .NET
  CHECK(prints_arguments("g1 hi", {"\"g1\"", "\"hi\""}));                // JavaScript
  CHECK(prints_arguments("", {}));
  CHECK_FALSE(prints_arguments("g1", {"\"g1\"", "\"hi\""}));
  CHECK_FALSE(prints_arguments("", {"1"}));
}

TEST_CASE("steps tell what was sent") {
  CHECK(sent_by("invoke [\"Add\",1]") == "[\"Add\",1]");
  CHECK(sent_by("invoke chat [\"Add\",1]") == "[\"Add\",1]");
  CHECK(sent_by("send raw text") == "raw text");
  CHECK(sent_by("sendjson {\"a\":[1]}") == "{\"a\":[1]}");
  CHECK_FALSE(sent_by("start"));
  CHECK_FALSE(sent_by("start {\"transport\":[\"webSockets\"]}"));
  CHECK_FALSE(sent_by("state list=[1]"));
  CHECK_FALSE(sent_by("sleep 200"));
}

TEST_CASE("steps tell what state was set") {
  CHECK(set_by("state mood=\"happy\"") == std::pair<std::string, std::string>("mood", "\"happy\""));
  CHECK(set_by("state chat n=1")->first == "n");
  CHECK_FALSE(set_by("start"));
  CHECK_FALSE(set_by("invoke [\"a=b\"]"));
}

TEST_CASE("failures as the clients print them") {
  const auto dotnet = read_failure("HubException: Known problem data={\n \"Code\": 42}");
  CHECK(dotnet.message == "Known problem");
  CHECK(dotnet.hub_exception);
  CHECK(dotnet.data == "{\n \"Code\": 42}");
  const auto plain = read_failure("InvalidOperationException: There was an error: really");
  CHECK(plain.message == "There was an error: really");
  CHECK_FALSE(plain.hub_exception);
  CHECK_FALSE(plain.has_data);
  const auto javascript = read_failure("Known problem data=1 source=HubException");
  CHECK(javascript.message == "Known problem");
  CHECK(javascript.hub_exception);
  CHECK(javascript.data == "1");
  CHECK_FALSE(read_failure("There was an error. source=Exception").hub_exception);
}
