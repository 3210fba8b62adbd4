// What dialing came to: the connection and its identity, or the error and what it tells.
#include <algorithm>
#include <set>

#include "equivalence.hpp"
#include "json.hpp"
#include "judge.hpp"
#include "secrets.hpp"

namespace wire {
namespace {

using signalr::ErrorPtr;

bool is_kind(const signalr::Error& error, Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::negotiate_error:
      return dynamic_cast<const signalr::NegotiateError*>(&error) != nullptr;
    case Outcome::Kind::connect_error:
      return dynamic_cast<const signalr::ConnectError*>(&error) != nullptr;
    case Outcome::Kind::start_error:
      return dynamic_cast<const signalr::StartError*>(&error) != nullptr;
    case Outcome::Kind::connected:
      return false;
  }
  return false;
}

/// `text` is what an error kept of `whole`: a long one may be cut.
bool is_beginning(const std::string& text, const std::string& whole) {
  return !text.empty() && whole.compare(0, text.size(), text) == 0;
}

void judge_error(const Outcome& outcome, const signalr::Error& error, Verdict& verdict) {
  const std::string what = shortened(error.what());
  if (!verdict.check(is_kind(error, outcome.kind),
                     std::string("dialing failed with \"") + what + "\" instead of with " + to_string(outcome.kind))) {
    return;
  }
  const int status = dynamic_cast<const signalr::StepError&>(error).status();
  const bool told = status == outcome.status || (outcome.status == 0 && status == 200);
  verdict.check(told, "the error tells status " + std::to_string(status) + " instead of " +
                          std::to_string(outcome.status) + ": " + what);
  if (!outcome.server_text.empty()) {
    verdict.check(is_beginning(error.server_text(), outcome.server_text),
                  "the error tells as the server's words \"" + shortened(error.server_text()) + "\" instead of \"" +
                      shortened(outcome.server_text) + "\"");
  } else if (outcome.status != 0) {
    verdict.check(error.server_text().empty(), "the error tells words that the server didn't say");
  }
  if (outcome.limit) {
    verdict.check(signalr::find_cause<signalr::LimitError>(error) != nullptr, "no LimitError says why: " + what);
  }
  if (!outcome.actual.empty()) {
    const auto* start = signalr::find_cause<signalr::InvalidStartResponseError>(error);
    verdict.check(start != nullptr && is_beginning(start->actual(), outcome.actual),
                  "the error doesn't tell that /start was answered with " + shortened(outcome.actual) + ": " + what);
  }
}

/// Cursors that our client may have when it has just connected: of the frames before the user's first one.
std::set<std::string> first_cursors(const Episode& episode) {
  std::set<std::string> cursors;
  for (const RecordedExchange* connect : episode.all("connect")) {
    for (const Said& said : said_in(*connect)) {
      if (!said.from_server && !cursors.empty()) break;
      const Json json = parse_json(said.text);
      if (!json.HasParseError() && member(json, "C") != nullptr) cursors.insert(string_member(json, "C"));
    }
  }
  return cursors;
}

void judge_state(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict) {
  const signalr::State& state = seen.at_connect;
  verdict.check(state.connection_token == outcome.negotiation.token, "state() tells another connection token");
  verdict.check(state.connection_id == outcome.negotiation.id, "state() tells another connection id");
  verdict.check(state.protocol == outcome.negotiation.version,
                "state() tells protocol " + state.protocol + " instead of " + outcome.negotiation.version);
  verdict.check(state.connection_data == episode.steps.front().request->parameter("connectionData"),
                "state() tells other connection data: " + state.connection_data);
  const bool too_early = !outcome.negotiation.has_init() && state.message_id.empty();
  verdict.check(too_early || first_cursors(episode).count(state.message_id) > 0,
                "state() tells message id " + state.message_id + ", which the server had not sent");
}

void judge_secrecy(const Episode& episode, const Transcript& seen, Verdict& verdict) {
  const auto secrets = secrets_of(episode);
  std::vector<ErrorPtr> errors = seen.errors;
  errors.insert(errors.end(), seen.not_sent.begin(), seen.not_sent.end());
  errors.insert(errors.end(), {seen.dial_error, seen.closed_reason, seen.read_end});
  for (const auto& [transport, reason] : seen.given_up) errors.push_back(reason);
  for (const ErrorPtr& error : errors) {
    if (error != nullptr) verdict.check(leak_in(error, secrets));
  }
  for (const std::string& line : seen.log) {
    if (const std::string leak = leak_in(line, secrets); !leak.empty()) verdict.check("log: " + leak);
  }
}

/// The transports that our client had to give up before the one that it has, and why (P§4.3).
void judge_given_up(const Outcome& outcome, const Transcript& seen, Verdict& verdict) {
  std::vector<std::pair<std::string, int>> wanted;
  std::vector<const RecordedExchange*> connects;
  for (const RecordedExchange* step : outcome.steps) {
    if (step->request->command() == "connect") connects.push_back(step);
  }
  const bool connected = outcome.kind == Outcome::Kind::connected || outcome.kind == Outcome::Kind::start_error;
  if (!outcome.negotiation.try_websockets) wanted.emplace_back("webSockets", 0);
  if (connected) connects.pop_back();
  for (const RecordedExchange* connect : connects) {
    const int status = connect->response ? connect->response->status : 0;
    wanted.emplace_back(connect->request->transport(), status);
  }
  if (!verdict.check(wanted.size() == seen.given_up.size(), std::to_string(seen.given_up.size()) +
                                                                " transports were given up instead of " +
                                                                std::to_string(wanted.size()))) {
    return;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& [transport, reason] = seen.given_up[i];
    verdict.check(to_string(transport) == wanted[i].first,
                  std::string(to_string(transport)) + " was given up instead of " + wanted[i].first);
    const auto* http = signalr::find_cause<signalr::HttpStatusError>(*reason);
    const auto* dial = signalr::find_cause<signalr::DialError>(*reason);
    const int status = http != nullptr ? http->status() : dial != nullptr ? dial->status() : 0;
    verdict.check(status == wanted[i].second || (status == 0 && wanted[i].second == 200),
                  "the reason to give up tells status " + std::to_string(status) + " instead of " +
                      std::to_string(wanted[i].second) + ": " + shortened(reason->what()));
  }
}

}  // namespace

void judge_outcome(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict) {
  judge_secrecy(episode, seen, verdict);
  if (outcome.kind != Outcome::Kind::negotiate_error) judge_given_up(outcome, seen, verdict);
  if (outcome.kind != Outcome::Kind::connected) {
    if (verdict.check(seen.dial_error != nullptr,
                      std::string("dialing did not fail with ") + to_string(outcome.kind))) {
      judge_error(outcome, *seen.dial_error, verdict);
    }
    return;
  }
  const std::string failure = seen.dial_error != nullptr ? seen.dial_error->what() : "the dial never ended";
  if (verdict.check(seen.connected, "dialing failed: " + shortened(failure))) {
    judge_state(episode, outcome, seen, verdict);
  }
}

}  // namespace wire
