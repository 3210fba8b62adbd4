#include "states.hpp"

#include "recording.hpp"

namespace wire {
namespace {

/// Repetitions look the same as one.
States collapsed(States states) {
  States result;
  for (std::string& state : states) {
    const std::size_t size = result.size();
    const bool again =
        size >= 2 && state == kReconnecting && result[size - 1] == kReconnected && result[size - 2] == kReconnecting;
    if (again) {
      result.resize(size - 1);  // goes on as the first time
    } else {
      result.push_back(std::move(state));
    }
  }
  return result;
}

}  // namespace

const char* const kReconnecting = "connected -> reconnecting";
const char* const kReconnected = "reconnecting -> connected";

States states_of(const Transcript& seen) {
  States states;
  for (const auto& [from, to] : seen.transitions) {
    states.push_back(lower(to_string(from)) + " -> " + lower(to_string(to)));
  }
  return states;
}

States collapsed_flapping(States states) {
  const std::string closed = "reconnecting -> disconnected";
  if (!states.empty() && states.back() == closed) {
    states.back() = kReconnected;
    states.emplace_back("connected -> disconnected");
  }
  return collapsed(std::move(states));
}

States without_last_moment(States states) {
  const std::size_t size = states.size();
  if (size < 2 || states[size - 2] != kReconnecting || states[size - 1] != "reconnecting -> disconnected")
    return states;
  states.resize(size - 2);
  states.emplace_back("connected -> disconnected");
  return states;
}

std::string text_of(const States& states) {
  std::string text;
  for (const std::string& state : states) text += (text.empty() ? "" : ", ") + state;
  return text.empty() ? "none" : text;
}

}  // namespace wire
