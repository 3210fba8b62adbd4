// Compares what our client did and saw with what the recording holds. Each comparison is counted: a verdict without any
// is worth nothing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "episode.hpp"
#include "outcome.hpp"
#include "transcript.hpp"

namespace wire {

struct Verdict {
  std::size_t judgements = 0;
  std::vector<std::string> failures;

  /// Counts one judgement; `failure` says what is wrong unless `good`.
  bool check(bool good, const std::string& failure) {
    ++judgements;
    if (!good) failures.push_back(failure);
    return good;
  }
  /// `failure` is empty when all is well.
  bool check(const std::string& failure) { return check(failure.empty(), failure); }
};

/// All of the below, with `episode.what` before each failure.
void judge(const Episode& episode, const Transcript& seen, Verdict& verdict);

/// Our requests are the recorded client's, no more, no less, in their order.
void judge_requests(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict);
/// The dial came to what the answers make of it; errors tell what they must and no secret.
void judge_outcome(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict);
/// What the user sent arrived, and each of the server's frames reached the user, read rightly.
void judge_frames(const Episode& episode, const Transcript& seen, Verdict& verdict);
/// States and the end of the connection (P§1, P§9).
void judge_end(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict);
/// What the recorded client's user saw.
void judge_sights(const Episode& episode, const Transcript& seen, Verdict& verdict);

}  // namespace wire
