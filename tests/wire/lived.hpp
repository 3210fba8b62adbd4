// When things happened in our run. What comes on different ways at the same time may come in any order: the judge takes
// it in the order in which our client got it, and so all times of a run are those of the run.
#pragma once

#include "episode.hpp"
#include "timeline.hpp"

namespace wire {

struct Lived {
  Episode played;  ///< with the recorded times
  Episode lived;   ///< with those of the run, in its milliseconds
};

/// The same, with nothing that has happened yet.
Episode before_it_happens(const Episode& episode);

/// Gives what never happened the time at which it would have.
void complete_times(Lived& run, const Timeline& timeline);

/// `episode` with the times of a run of it, or of one that was changed a little.
Episode with_times_of(const Lived& run, Episode episode);

}  // namespace wire
