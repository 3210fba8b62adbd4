// Plays one episode: our client on the in-memory network, against the recorded server, in virtual time.
#pragma once

#include <ostream>

#include "api.hpp"
#include "episode.hpp"
#include "transcript.hpp"

namespace wire {

/// Writes to `traces`, if there is one, what it looked like from outside.
Transcript run(const Episode& episode, Api api, std::ostream* traces = nullptr);

}  // namespace wire
