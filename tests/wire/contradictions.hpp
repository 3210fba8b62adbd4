// Recordings that can't be true, whatever our client does: something of a session was taken out of them, or changed.
#pragma once

#include <string>
#include <vector>

#include "plan.hpp"
#include "recording.hpp"

namespace wire {

/// What is contradictory, in words; one for each thing that was looked at, empty where all is well.
std::vector<std::string> contradictions_in(const Recording& recording, const Plan& plan);

}  // namespace wire
