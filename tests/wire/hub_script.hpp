// A recorded connection as a user of hubs lived it: what it called and set, and what it got to see. This is the judge's
// own reading of P§6, made with RapidJSON.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "episode.hpp"
#include "hub_event.hpp"

namespace wire {

/// A hub's state: values by name in lower case.
using HubState = std::map<std::string, std::string>;

/// As one text: an object, its names in order; empty when there are no values.
std::string state_text(const HubState& state);

struct ScriptedCall {
  double t_ms = 0;
  std::string id;
  std::string hub;
  std::string method;
  std::string args;                                       ///< with commas between them
  std::vector<std::pair<std::string, std::string>> sets;  ///< state that the user set before it
  std::size_t ends_before = 0;                            ///< how many of its calls had ended by then
};

struct HubScript {
  std::vector<std::string> hubs;  ///< as the client spelled them
  std::vector<ScriptedCall> calls;
  std::vector<HubEvent> events;
  std::map<std::string, std::vector<std::string>> state_names;  ///< by hub, all in lower case
};

/// The hubs' names in connectionData, in either spelling (P§6.1).
std::vector<std::string> hubs_in(const std::string& connection_data);

/// Nothing when the connection isn't for hubs, or when its client sent what can't be said with Client.
std::optional<HubScript> hub_script(const Episode& episode);

}  // namespace wire
