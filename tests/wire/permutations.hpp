// The same recording with what came on different ways at the same time in another order: no client can tell which of
// these orders is the recorded one, so the judge must take them all.
#pragma once

#include <vector>

#include "mutations.hpp"

namespace wire {

enum class Permute {
  neighbours,  ///< each two that followed each other
  all,         ///< each one before each that it could have come before
};

std::vector<Mutation> permutations_of(const Recording& recording, const Plan& plan, Permute which);

}  // namespace wire
