#include "contradictions.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "hub_script.hpp"
#include "json.hpp"
#include "negotiation.hpp"
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

/// From 1.4 on the application hears of a connection with its /start (P§1).
void check_starts_of_server(const Recording& recording, std::vector<std::string>& found) {
  std::set<std::string> started;  // tokens
  for (const RecordedExchange& exchange : recording.exchanges) {
    if (!exchange.request || exchange.request->command() != "start") continue;
    started.insert(exchange.request->parameter("connectionToken"));
  }
  for (const RecordedExchange& exchange : recording.exchanges) {
    if (!exchange.request || exchange.request->command() != "negotiate") continue;
    const Negotiation negotiation = read_negotiation(exchange);
    const auto& ids = recording.connected_ids;
    const bool connected = std::find(ids.begin(), ids.end(), negotiation.id) != ids.end();
    if (negotiation.id.empty() || !connected || !negotiation.needs_start()) continue;
    const bool recorded = started.count(negotiation.token) != 0;
    found.push_back(recorded ? ""
                             : "the server saw the connection of " + at(exchange) + " start, but no start is recorded");
  }
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

/// The clients whose sights we have call the hubs that they named.
void check_hubs(const Recording& recording, const Outline& session, std::vector<std::string>& found) {
  const auto hubs = hubs_in(recording.exchanges[session.exchanges.front()].request->parameter("connectionData"));
  if (hubs.empty()) return;
  for (const std::size_t index : session.exchanges) {
    for (const Said& said : said_in(recording.exchanges[index])) {
      if (said.from_server) continue;
      const Json json = parse_json(said.text);
      const std::string hub = json.HasParseError() ? std::string() : string_member(json, "H");
      const bool named =
          std::any_of(hubs.begin(), hubs.end(), [&](const std::string& name) { return same_name(name, hub); });
      found.push_back(named ? "" : "the client called hub \"" + hub + "\", which it had not named");
    }
  }
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
  check_starts_of_server(recording, found);
  check_tokens(recording, found);
  check_starts(recording, plan, found);
  for (const Outline& outline : plan.episodes) {
    if (outline.fed || outline.saw_begin == outline.saw_end) continue;
    check_sights(recording, outline, found);
    check_hubs(recording, outline, found);
    check_strays(recording, plan, outline, found);
  }
  return found;
}

}  // namespace wire
