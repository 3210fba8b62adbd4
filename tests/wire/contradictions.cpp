#include "contradictions.hpp"

#include <algorithm>
#include <array>
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

bool needs_token(const std::string& command) {
  constexpr std::array kCommands = {"connect", "reconnect", "poll", "send", "start", "abort"};
  return std::find(kCommands.begin(), kCommands.end(), command) != kCommands.end();
}

/// Servers take no token but those that they gave; and what isn't answered isn't taken.
void check_tokens(const Recording& recording, std::vector<std::string>& found) {
  const auto tokens = tokens_given_in(recording);
  for (const RecordedExchange& exchange : recording.exchanges) {
    if (!exchange.request || !exchange.response) continue;
    const bool taken = exchange.response->status == (exchange.request->upgrade() ? 101 : 200);
    if (!taken || !needs_token(exchange.request->command())) continue;
    const std::string token = exchange.request->parameter("connectionToken");
    found.push_back(!token.empty() && tokens.count(token) != 0
                        ? ""
                        : "a token that the server never gave was taken in " + at(exchange));
  }
}

bool tells(const Recording& recording, const Outline& outline, const char* change) {
  const auto line = recording.client_saw.begin();
  return std::any_of(line + static_cast<std::ptrdiff_t>(outline.saw_begin),
                     line + static_cast<std::ptrdiff_t>(outline.saw_end),
                     [&](const std::string& text) { return lower(text).rfind(change, 0) == 0; });
}

/// Who saw that it was connected has opened a transport and started; who closed the connection has told the server.
void check_sights(const Recording& recording, const Outline& outline, std::vector<std::string>& found) {
  if (!tells(recording, outline, "  state connecting -> connected")) return;
  const std::string when = " of the session at " +
                           std::to_string(static_cast<long>(recording.exchanges[outline.exchanges.front()].t_ms)) +
                           " ms isn't recorded, though its user saw it ";
  found.push_back(outline.usual_connect ? "connect" + when + "connected" : "");
  found.push_back(outline.usual_start ? "start" + when + "connected" : "");
  const bool closed = tells(recording, outline, "  state connected -> disconnected");
  found.push_back(closed && outline.usual_abort && !outline.silent ? "abort" + when + "closed" : "");
}

/// With the token of a session whose user's sights we have, a client of Microsoft's sends nothing that ours doesn't,
/// but for attempts to reconnect that abort overtook.
void check_strays(const Recording& recording, const Plan& plan, const Outline& session,
                  std::vector<std::string>& found) {
  std::set<std::string> tokens;
  for (const std::size_t index : session.exchanges) {
    const RecordedExchange& exchange = recording.exchanges[index];
    if (exchange.request->command() != "negotiate") tokens.insert(exchange.request->parameter("connectionToken"));
  }
  for (const Outline& outline : plan.episodes) {
    const RecordedExchange& exchange = recording.exchanges[outline.exchanges.front()];
    if (!outline.fed || !needs_token(exchange.request->command()) || exchange.t_ms > session.end_ms) continue;
    const bool stray = tokens.count(exchange.request->parameter("connectionToken")) != 0;
    found.push_back(stray ? "no client of ours would send " + at(exchange) : "");
  }
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
    if (outline.fed || outline.saw_begin == outline.saw_end) continue;
    check_sights(recording, outline, found);
    check_strays(recording, plan, outline, found);
  }
  return found;
}

}  // namespace wire
