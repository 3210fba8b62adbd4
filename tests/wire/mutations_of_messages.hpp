// Messages that are changed, lost or out of order.
#pragma once

#include "mutations.hpp"
#include "outcome.hpp"

namespace wire {

/// Those that a user of that part of our API, or the server, gets to see.
void add_mutations_of_messages(const Recording& recording, const Outline& outline, const Outcome& outcome, Api api,
                               std::size_t index, std::vector<Mutation>& found);

/// Whether it matters how this was answered: not so for each of many attempts to reconnect, nor after the end.
bool is_needed(const Episode& episode, const RecordedExchange& step);

/// `body`, an object, with a member's text replaced or added.
std::string with_member(const std::string& body, const char* name, const char* value);

}  // namespace wire
