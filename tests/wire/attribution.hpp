// Which of the lines that the recorded client's program printed belong to which session.
#pragma once

#include "plan.hpp"
#include "recording.hpp"

namespace wire {

/// Each "> start" begins with a session: the next one whose client sent what the user asked for, and which was started
/// if the user saw it connected; other sessions were somebody else's. Without any start all lines are the only
/// session's. When sessions overlap nothing can be told, and nobody gets any lines.
void attribute_sights(const Recording& recording, Plan& plan);

}  // namespace wire
