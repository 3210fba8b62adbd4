#include "outcome.hpp"

#include <algorithm>

#include "json.hpp"

namespace wire {
namespace {

bool opens(const RecordedExchange& connect, const Negotiation& negotiation) {
  if (!connect.response || (!connect.is_websocket() && connect.response->status != 200)) return false;
  if (connect.is_websocket() != connect.request->upgrade()) return false;
  if (!negotiation.has_init()) return true;
  const auto said = said_in(connect);
  return std::any_of(said.begin(), said.end(),
                     [](const Said& message) { return message.from_server && is_init(message.text); });
}

/// Whether /start was answered as it must be; otherwise says how not.
bool starts(const RecordedExchange& start, Outcome& outcome) {
  if (!start.response || !start.response->complete) return false;
  if (start.response->status != 200) {
    outcome.status = start.response->status;
    outcome.server_text = start.response->body;
    return false;
  }
  const Json json = parse_json(start.response->body);
  const JsonValue* response = json.HasParseError() ? nullptr : member(json, "Response");
  if (response != nullptr && string_of(*response) == "started") return true;
  outcome.actual = response != nullptr ? json_text(*response) : start.response->body;
  return false;
}

void append(Outcome& outcome, const Episode& episode, const char* command) {
  for (const RecordedExchange* step : episode.all(command)) outcome.steps.push_back(step);
}

}  // namespace

const char* to_string(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::connected:
      return "a connection";
    case Outcome::Kind::negotiate_error:
      return "NegotiateError";
    case Outcome::Kind::connect_error:
      return "ConnectError";
    case Outcome::Kind::start_error:
      return "StartError";
  }
  return "nothing";
}

Outcome expected_outcome(const Episode& episode) {
  Outcome outcome;
  for (const RecordedExchange* negotiate : episode.all("negotiate")) {
    outcome.steps.push_back(negotiate);
    outcome.negotiation = read_negotiation(*negotiate);
    if (outcome.negotiation.kind != Negotiation::Kind::redirect) break;
  }
  if (outcome.steps.empty()) return outcome;
  outcome.limit = outcome.negotiation.kind == Negotiation::Kind::redirect;
  outcome.status = outcome.negotiation.status;
  outcome.server_text = outcome.negotiation.server_text;
  if (outcome.negotiation.kind != Negotiation::Kind::token) return outcome;

  outcome.kind = Outcome::Kind::connect_error;
  const auto connects = episode.all("connect");
  if (connects.empty()) return outcome;
  if (!outcome.negotiation.try_websockets && connects.front()->request->parameter("transport") == "webSockets") {
    return outcome;
  }
  append(outcome, episode, "connect");
  const RecordedExchange& transport = *connects.back();
  if (transport.response && !transport.is_websocket()) {
    outcome.status = transport.response->status;
    outcome.server_text = transport.response->body;
  }
  const bool silent = !transport.request->upgrade() && outcome.status == 200;
  if (!opens(transport, outcome.negotiation)) {
    if (silent) outcome.status = 0;  // it was the init frame that didn't come
    if (silent) outcome.server_text.clear();
    return outcome;
  }
  outcome.status = 0;
  outcome.server_text.clear();

  const auto start = episode.all("start");
  if (outcome.negotiation.needs_start()) {
    append(outcome, episode, "start");
    if (start.empty() || !starts(*start.back(), outcome)) {
      outcome.kind = Outcome::Kind::start_error;
      append(outcome, episode, "poll");  // goes out beside /start (P§4.1)
      append(outcome, episode, "abort");
      return outcome;
    }
  }
  outcome.kind = Outcome::Kind::connected;
  for (const char* command : {"send", "poll", "reconnect", "abort"}) append(outcome, episode, command);
  return outcome;
}

}  // namespace wire
