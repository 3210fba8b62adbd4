// What the recorded client's user saw, read from the lines that the client program printed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wire {

enum class SightKind {
  step,       ///< "> …": what the user did
  state,      ///< "  state Connected -> Disconnected"
  received,   ///< "  recv …": a call from the server, or a raw message
  result,     ///< "  = …"
  failure,    ///< "  ! …": the call, or the start, failed
  progress,   ///< "  progress …"
  hub_state,  ///< "  state {…}"
  closed,     ///< "  closed", "  disconnected"
  other,      ///< remarks of the program; errors whose text is the client's own
};

struct Sight {
  SightKind kind = SightKind::other;
  std::string text;      ///< without the word that tells the kind; several lines joined by '\n'
  std::size_t line = 0;  ///< where it begins
};

std::vector<Sight> read_sights(const std::vector<std::string>& lines);

/// What the user sent by a step: "invoke [method, arguments…]" with any verb and hub before the array, "send text",
/// "sendjson value". Nothing for all other steps.
std::optional<std::string> sent_by(std::string_view step);

/// The hub's state that the user set by a step, name and value: "state name=value". Nothing for all other steps.
std::optional<std::pair<std::string, std::string>> set_by(std::string_view step);

/// A value as both clients print it: .NET as JSON (plain for progress methods and raw strings), JavaScript with
/// "undefined" for nothing. `json` is the value's text, empty when there is none.
bool prints_value(std::string_view printed, std::string_view json);

/// The arguments of a call: ".NET: JSON values with commas", "JavaScript: strings as they are with spaces".
bool prints_arguments(std::string_view printed, const std::vector<std::string>& args);

struct PrintedFailure {
  std::string message;
  bool hub_exception = false;
  bool has_data = false;
  std::string data;
};

/// Both forms: ".NET: HubException: text data=…" and "JavaScript: text data=… source=HubException".
PrintedFailure read_failure(std::string_view printed);

}  // namespace wire
