// Plays one episode: our client on the in-memory network, against the recorded server, in virtual time.
#pragma once

#include "api.hpp"
#include "episode.hpp"
#include "transcript.hpp"

namespace wire {

Transcript run(const Episode& episode, Api api);

}  // namespace wire
