#include "judge.hpp"

namespace wire {

void judge(const Episode& episode, const Transcript& seen, Verdict& verdict) {
  if (episode.steps.empty()) {
    verdict.check(false, "there is nothing to judge by");
    return;
  }
  Verdict own;
  const Outcome outcome = expected_outcome(episode);
  own.check(seen.finished, "our user could not do all that the recorded one did");
  judge_outcome(episode, outcome, seen, own);
  judge_requests(episode, outcome, seen, own);
  if (outcome.kind == Outcome::Kind::kConnected && seen.connected) judge_frames(episode, seen, own);
  judge_end(episode, outcome, seen, own);
  judge_sights(episode, seen, own);
  verdict.judgements += own.judgements;
  for (const std::string& failure : own.failures) verdict.failures.push_back(episode.what + ": " + failure);
}

}  // namespace wire
