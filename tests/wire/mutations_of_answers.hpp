// Mutations of what the server said, and of what was said over WebSockets in both directions.
#pragma once

#include <cstddef>
#include <vector>

#include "episode.hpp"
#include "mutations.hpp"
#include "outcome.hpp"

namespace wire {

void add_mutations_of_answers(const Episode& episode, const Outcome& outcome, std::size_t index,
                              std::vector<Mutation>& found);

/// For an answer to /send, which is fed to our client as a frame.
void add_mutations_of_fed_result(const RecordedExchange& recorded, std::size_t index, std::vector<Mutation>& found);

}  // namespace wire
