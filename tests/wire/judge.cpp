#include "judge.hpp"

#include "lived.hpp"

namespace wire {
namespace {

void judge_talk(const Episode& episode, const Transcript& seen, Verdict& verdict) {
  judge_sent(episode, seen, verdict);
  judge_last_tokens(episode, seen, verdict);
  switch (seen.api) {
    case Api::messages:
      return judge_messages(episode, seen, verdict);
    case Api::hubs:
      return judge_hubs(episode, seen, verdict);
    case Api::raw:
      return judge_received(episode, seen, verdict);
  }
}

}  // namespace

void judge(const Episode& recorded, const Transcript& seen, Verdict& verdict) {
  if (recorded.steps.empty()) {
    verdict.check(false, "there is nothing to judge by");
    return;
  }
  const Episode episode = with_times_of(seen.run, recorded);
  Verdict own;
  const Outcome outcome = expected_outcome(episode);
  own.check(seen.finished, "our user could not do all that the recorded one did");
  judge_outcome(episode, outcome, seen, own);
  judge_requests(episode, outcome, seen, own);
  if (outcome.kind == Outcome::Kind::connected && seen.connected) judge_talk(episode, seen, own);
  judge_end(episode, outcome, seen, own);
  judge_sights(recorded, seen, own);
  verdict.judgements += own.judgements;
  const std::string where =
      episode.what + (seen.api == Api::messages ? ": " : std::string(", as ") + to_string(seen.api) + ": ");
  for (const std::string& failure : own.failures) verdict.failures.push_back(where + failure);
}

}  // namespace wire
