#include "contradictions.hpp"

#include <algorithm>
#include <set>

#include "json.hpp"
#include "said.hpp"

namespace wire {
namespace {

std::string at(const RecordedExchange& exchange) {
  return exchange.request->command() + " at " + std::to_string(static_cast<long>(exchange.t_ms)) + " ms";
}

std::set<std::string> tokens_given_in(const Recording& recording) {
  std::set<std::string> tokens;
  for (const RecordedExchange& exchange : recording.exchanges) {
    if (!exchange.response) continue;
    const Json json = parse_json(payload_of(exchange.response->body));
    if (!json.HasParseError()) tokens.insert(string_member(json, "ConnectionToken"));
  }
  return tokens;
}

/// Servers take no token but those that they gave; and what isn't answered isn't taken.
void check_tokens(const Recording& recording, std::vector<std::string>& found) {
  const auto tokens = tokens_given_in(recording);
  for (const RecordedExchange& exchange : recording.exchanges) {
    if (!exchange.request || !exchange.response) continue;
    const std::string token = exchange.request->parameter("connectionToken");
    const bool taken = exchange.response->status == (exchange.request->upgrade() ? 101 : 200);
    if (token.empty() || !taken || exchange.request->command() == "negotiate") continue;
    found.push_back(tokens.count(token) != 0 ? "" : "a token that the server never gave was taken in " + at(exchange));
  }
}

/// Who saw that it was connected has opened a transport and started.
void check_sights(const Recording& recording, const Outline& outline, std::vector<std::string>& found) {
  const auto line = recording.client_saw.begin();
  const bool connected = std::any_of(
      line + static_cast<std::ptrdiff_t>(outline.saw_begin), line + static_cast<std::ptrdiff_t>(outline.saw_end),
      [](const std::string& text) { return lower(text).rfind("  state connecting -> connected", 0) == 0; });
  if (!connected) return;
  const std::string when = " of the session at " +
                           std::to_string(static_cast<long>(recording.exchanges[outline.exchanges.front()].t_ms)) +
                           " ms isn't recorded, though its user saw it connected";
  found.push_back(outline.usual_connect ? "connect" + when : "");
  found.push_back(outline.usual_start ? "start" + when : "");
}

/// Each start that the user saw is a session.
void check_starts(const Recording& recording, const Plan& plan, std::vector<std::string>& found) {
  const auto is_start = [](const std::string& line) { return line.rfind("> start", 0) == 0; };
  const auto starts = std::count_if(recording.client_saw.begin(), recording.client_saw.end(), is_start);
  const auto sessions =
      std::count_if(plan.episodes.begin(), plan.episodes.end(), [](const Outline& outline) { return !outline.fed; });
  if (starts == 0) return;
  found.push_back(starts <= sessions ? ""
                                     : "the user saw " + std::to_string(starts) + " starts, recorded are " +
                                           std::to_string(sessions) + " sessions");
}

}  // namespace

std::vector<std::string> contradictions_in(const Recording& recording, const Plan& plan) {
  std::vector<std::string> found;
  check_tokens(recording, found);
  check_starts(recording, plan, found);
  for (const Outline& outline : plan.episodes) {
    if (!outline.fed) check_sights(recording, outline, found);
  }
  return found;
}

}  // namespace wire
