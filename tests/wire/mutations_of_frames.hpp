// Messages over WebSockets that are changed, lost or out of order.
#pragma once

#include "mutations.hpp"
#include "outcome.hpp"

namespace wire {

/// Those that a user of that part of our API, or the server, gets to see.
void add_mutations_of_frames(const Recording& recording, const Outline& outline, const Outcome& outcome, Api api,
                             std::size_t index, std::vector<Mutation>& found);

/// Whether anybody but the client itself gets to see this frame.
bool is_visible(const Episode& episode, const RecordedFrame& frame);

/// `body`, an object, with a member's text replaced or added.
std::string with_member(const std::string& body, const char* name, const char* value);

}  // namespace wire
