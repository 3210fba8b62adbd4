// Answers to requests that no client of ours sends, each in a connection of its own: our client meets them in the
// nearest place, with the usual answers around them.
#pragma once

#include "episode.hpp"

namespace wire {

/// Makes the connection's steps. `episode` holds when the recorded answer was over.
void feed(const RecordedExchange& recorded, Episode& episode);

}  // namespace wire
