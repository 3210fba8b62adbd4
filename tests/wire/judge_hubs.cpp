// What the handlers of our user's hubs got to see, next to what the judge reads in the recorded frames; and what a raw
// connection's user received.
#include <algorithm>
#include <string>

#include "equivalence.hpp"
#include "hub_script.hpp"
#include "json.hpp"
#include "json_slices.hpp"
#include "judge.hpp"

namespace wire {
namespace {

using Kind = HubEvent::Kind;

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::call:
      return "the call ";
    case Kind::progress:
      return "the progress ";
    case Kind::result:
      return "the result ";
    case Kind::failure:
      return "the failure ";
    case Kind::lost:
      return "a loss";
  }
  return "";
}

std::string text_of(const HubEvent& event) {
  std::string text = name_of(event.kind) + shortened(event.value);
  if (event.kind != Kind::call) text += " of call " + std::to_string(event.call);
  return text;
}

std::string difference(const HubEvent& wanted, const HubEvent& got) {
  const bool same = wanted.kind == got.kind && wanted.call == got.call && wanted.method == got.method &&
                    wanted.args == got.args && (wanted.kind == Kind::lost || wanted.value == got.value);
  if (!same) return text_of(got) + " instead of " + text_of(wanted);
  if (wanted.hub != got.hub) return text_of(got) + " of hub " + got.hub + " instead of " + wanted.hub;
  if (wanted.hub_error != got.hub_error) return "another kind of failure: " + text_of(got);
  if (wanted.data != got.data) return "the failure's data " + got.data + " instead of " + wanted.data;
  if (wanted.state != got.state) {
    return "the state " + shortened(got.state) + " instead of " + shortened(wanted.state) + " after " + text_of(got);
  }
  return {};
}

/// Those that are told in one order: all of them, since one WebSocket brings them.
void judge_events(const std::vector<HubEvent>& wanted, const std::vector<HubEvent>& got, Verdict& verdict) {
  verdict.check(wanted.size() == got.size(), "our user's handlers were called " + std::to_string(got.size()) +
                                                 " times instead of " + std::to_string(wanted.size()));
  for (std::size_t i = 0; i < std::min(wanted.size(), got.size()); ++i) {
    const std::string differs = difference(wanted[i], got[i]);
    if (!verdict.check(differs.empty(), "our user's handler got " + differs))
      return;  // all later ones may follow from it
  }
}

/// The server's answers to calls that were under way.
std::vector<std::string> results_of(const Episode& episode, const HubScript& script) {
  std::vector<std::string> results;
  for (const Said& said : episode.said_by_server()) {
    const Json json = parse_json(said.text);
    if (json.HasParseError() || member(json, "I") == nullptr || episode.is_too_late(said.t_ms)) continue;
    results.push_back(said.text);
  }
  const auto answered = std::count_if(script.events.begin(), script.events.end(), [](const HubEvent& event) {
    return event.kind == Kind::result || event.kind == Kind::failure;
  });
  // Others, which nobody waits for, are for no handler; then there is no telling here which they are.
  if (static_cast<std::size_t>(answered) != results.size()) results.clear();
  return results;
}

void judge_results(const Episode& episode, const HubScript& script, const Transcript& seen, Verdict& verdict) {
  const auto results = results_of(episode, script);
  if (results.empty()) return;
  verdict.check(results.size() == seen.hub_results.size(), "on_result told " + std::to_string(seen.hub_results.size()) +
                                                               " results instead of " + std::to_string(results.size()));
  for (std::size_t i = 0; i < std::min(results.size(), seen.hub_results.size()); ++i) {
    const std::string differs = result_difference(results[i], seen.hub_results[i]);
    verdict.check(differs.empty(), "on_result told " + differs + " out of " + shortened(results[i]));
  }
}

}  // namespace

void judge_hubs(const Episode& episode, const Transcript& seen, Verdict& verdict) {
  const auto script = hub_script(episode);
  if (!verdict.check(script.has_value(), "the recorded client sent what no user of hubs can")) return;
  judge_events(script->events, seen.hub_events, verdict);
  const auto calls =
      static_cast<std::size_t>(std::count_if(script->events.begin(), script->events.end(), [](const HubEvent& event) {
        return event.kind == Kind::call && !event.method.empty();
      }));
  verdict.check(calls == seen.handled_calls, "the handlers of single methods were called " +
                                                 std::to_string(seen.handled_calls) + " times instead of " +
                                                 std::to_string(calls));
  judge_results(episode, *script, seen, verdict);
}

std::vector<std::string> received_by_raw_user(const Episode& episode) {
  std::vector<std::string> wanted;
  for (const Said& said : episode.said_by_server()) {
    if (!is_json(said.text) || episode.is_too_late(said.t_ms)) continue;
    if (member_slice(said.text, "I")) {
      wanted.push_back(said.text);
    } else if (const auto messages = member_slice(said.text, "M")) {
      for (const std::string_view message : element_slices(*messages)) wanted.emplace_back(message);
    }
  }
  return wanted;
}

void judge_received(const Episode& episode, const Transcript& seen, Verdict& verdict) {
  const auto wanted = received_by_raw_user(episode);
  verdict.check(wanted.size() == seen.received.size(), "on_received told " + std::to_string(seen.received.size()) +
                                                           " messages instead of " + std::to_string(wanted.size()));
  for (std::size_t i = 0; i < std::min(wanted.size(), seen.received.size()); ++i) {
    verdict.check(wanted[i] == seen.received[i],
                  "on_received told " + shortened(seen.received[i]) + " instead of " + shortened(wanted[i]));
  }
}

}  // namespace wire
