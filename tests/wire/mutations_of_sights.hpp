// Mutations of what the recorded client's user saw.
#pragma once

#include <cstddef>
#include <vector>

#include "mutations.hpp"
#include "outcome.hpp"

namespace wire {

void add_mutations_of_sights(const Recording& recording, const Outline& outline, const Outcome& outcome, Api api,
                             std::size_t index, std::vector<Mutation>& found);

}  // namespace wire
