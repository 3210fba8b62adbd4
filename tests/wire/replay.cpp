#include "replay.hpp"

#include <algorithm>
#include <vector>

#include "equivalence.hpp"
#include "judge.hpp"
#include "mutations.hpp"
#include "plan.hpp"
#include "run.hpp"

namespace wire {
namespace {

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

Report report_of(const Verdict& verdict) {
  Report report;
  report.judgements = verdict.judgements;
  if (verdict.judgements == 0) return {Report::Kind::kFail, "nothing in it could be judged", {}, 0};
  if (verdict.failures.empty()) return report;
  report.kind = Report::Kind::kFail;
  report.failures = verdict.failures;
  report.reason = one_line(verdict.failures.front());
  if (verdict.failures.size() > 1) report.reason += " (and " + std::to_string(verdict.failures.size() - 1) + " more)";
  return report;
}

/// Whether the judge sees what `mutation` breaks. `seen` is what came of playing the true recording.
bool is_caught(const Recording& recording, const Plan& plan, const std::vector<Transcript>& seen,
               const Mutation& mutation) {
  Recording broken = recording;
  mutation.apply(broken);
  const Outline& outline = plan.episodes[mutation.episode];
  Verdict verdict;
  if (mutation.played) {
    const Episode truth = realize(outline, recording);
    judge(truth, run(realize(outline, broken)), verdict);
  } else {
    judge(realize(outline, broken), seen[mutation.episode], verdict);
  }
  return !verdict.failures.empty();
}

}  // namespace

Report replay(const Recording& recording) {
  const Plan plan = make_plan(recording, kOurAbilities);
  if (!plan.needs.empty()) return {Report::Kind::kSkip, "needs " + plan.needs, {}, 0};
  Verdict verdict;
  for (const Outline& outline : plan.episodes) {
    const Episode episode = realize(outline, recording);
    judge(episode, run(episode), verdict);
  }
  return report_of(verdict);
}

Report mutate(const Recording& recording, const std::function<void(const std::string&, bool)>& report) {
  const Plan plan = make_plan(recording, kOurAbilities);
  if (!plan.needs.empty()) return {Report::Kind::kSkip, "needs " + plan.needs, {}, 0};
  std::vector<Transcript> seen;
  Verdict verdict;
  for (const Outline& outline : plan.episodes) {
    const Episode episode = realize(outline, recording);
    seen.push_back(run(episode));
    judge(episode, seen.back(), verdict);
  }
  Report result = report_of(verdict);
  if (result.kind == Report::Kind::kFail) return result;
  std::size_t count = 0;
  for (const Mutation& mutation : mutations_of(recording, plan)) {
    report(one_line(shortened(mutation.what)), is_caught(recording, plan, seen, mutation));
    ++count;
  }
  if (count < kFewestMutations) report("only " + std::to_string(count) + " ways to break it", false);
  result.judgements = count;
  return result;
}

}  // namespace wire
