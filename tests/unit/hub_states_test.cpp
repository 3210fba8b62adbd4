#include <doctest/doctest.h>

#include <string>

#include "../support/cost.hpp"
#include "hub/hub_states.hpp"

using signalr::RawJson;
using signalr::detail::hub::HubStates;
using signalr::test::cost_ratio;

TEST_CASE("P#88 a hub's state takes over what the server changes, names compared without regard to case") {
  HubStates states(1000);
  CHECK(states.json("chat").empty());
  CHECK(states.merge("Chat", R"({"Name":"a","n":1})"));
  CHECK(states.merge("CHAT", R"({"name":2})"));
  states.set("chat", "N", RawJson::parse("[3]"));
  CHECK(states.json("chat") == R"({"N":[3],"name":2})");
  CHECK(states.get("Chat", "NAME")->text() == "2");
  CHECK_FALSE(states.get("other", "name"));
  CHECK(states.merge("chat", "null"));
}

TEST_CASE("P#126 what doesn't fit into the states of hubs leaves no trace") {
  HubStates states(20);
  CHECK_FALSE(states.merge(std::string(100, 'h'), R"({"a":1,"b":2})"));
  CHECK(states.json(std::string(100, 'h')).empty());
  CHECK(states.merge("h", R"({"a":1})"));
  CHECK_FALSE(states.merge("h", R"({"a":"a value that is long","b":2})"));
  CHECK(states.json("h") == R"({"a":1,"b":2})");
}

// The name was folded anew for each member: one frame could hold the loop up for hours.
TEST_CASE("P#126 a hub's long name isn't gone through for each of many values") {
  const std::string hub(4'000'000, 'H');
  std::string few = R"({"a":1)", many = few;
  for (int i = 0; i < 1000; ++i) many += R"(,"a":1)";
  HubStates states(1000);
  CHECK(cost_ratio([&] { states.merge(hub, few + '}'); }, [&] { states.merge(hub, many + '}'); }) < 20);
}
