// Changes of state in one form, "connected -> reconnecting", whoever printed them.
#pragma once

#include <string>
#include <vector>

#include "transcript.hpp"

namespace wire {

using States = std::vector<std::string>;

States states_of(const Transcript& seen);

/// For a server that closes each reconnect at once: how often a client reconnects until it stays connected is its own
/// affair, and it is chance in which of the two states the user closes the connection.
States collapsed_flapping(States states);

/// For a server that ends the transport just when the user closes the connection: it is chance whether the client sees
/// that before it closes.
States without_last_moment(States states);

/// Separated by commas; "none".
std::string text_of(const States& states);

extern const char* const kReconnecting;
extern const char* const kReconnected;

}  // namespace wire
