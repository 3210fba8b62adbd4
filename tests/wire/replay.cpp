#include "replay.hpp"

#include <algorithm>
#include <vector>

#include "contradictions.hpp"
#include "equivalence.hpp"
#include "judge.hpp"
#include "lived.hpp"
#include "mutations.hpp"
#include "plan.hpp"
#include "run.hpp"
#include "trace.hpp"
#include "user_part.hpp"

namespace wire {
namespace {

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

Report report_of(const Verdict& verdict) {
  Report report;
  report.judgements = verdict.judgements;
  if (verdict.judgements == 0) return {Report::Kind::fail, "nothing in it could be judged", {}, 0};
  if (verdict.failures.empty()) return report;
  report.kind = Report::Kind::fail;
  report.failures = verdict.failures;
  report.reason = one_line(verdict.failures.front());
  if (verdict.failures.size() > 1) report.reason += " (and " + std::to_string(verdict.failures.size() - 1) + " more)";
  return report;
}

/// An episode lived through one part of our API, and what came of it.
struct Play {
  std::size_t episode = 0;
  Transcript seen;
};

/// What the user saw besides events, one line each.
void print_sights(std::ostream& out, const Transcript& seen) {
  using tracing::text_of;
  for (const auto& message : seen.messages) out << "message " << text_of(message) << '\n';
  for (const auto& message : seen.hub_results) out << "hub result " << text_of(message) << '\n';
  for (const std::string& text : seen.received) out << "received " << text << '\n';
  for (const HubEvent& event : seen.hub_events) {
    out << "hub event " << static_cast<int>(event.kind) << ' ' << event.hub << '.' << event.method << ' ' << event.call;
    for (const std::string& arg : event.args) out << ' ' << arg;
    out << ' ' << event.value << ' ' << event.hub_error << ' ' << event.data << ' ' << event.state << '\n';
  }
  for (const auto& error : seen.not_sent) out << "not sent: " << text_of(*error) << '\n';
  for (const auto& error : {seen.dial_error, seen.read_end}) out << "ended with " << text_of(error.get()) << '\n';
}

/// Plays and judges all.
std::vector<Play> play(const Recording& recording, const Plan& plan, Verdict& verdict, std::ostream* traces = nullptr) {
  std::vector<Play> plays;
  for (const std::string& contradiction : contradictions_in(recording, plan)) verdict.check(contradiction);
  for (std::size_t index = 0; index < plan.episodes.size(); ++index) {
    const Episode episode = realize(plan.episodes[index], recording);
    for (const Api api : kApis) {
      if (!can_play(api, episode)) continue;
      if (traces != nullptr) *traces << "== " << recording.name << '/' << index << '/' << to_string(api) << '\n';
      plays.push_back({index, run(episode, api, traces)});
      if (traces != nullptr) print_sights(*traces, plays.back().seen);
      judge(episode, plays.back().seen, verdict);
    }
  }
  return plays;
}

/// Whether the judge sees what `mutation` breaks. `plays` are of the true recording.
bool is_caught(const Recording& recording, const Plan& plan, const std::vector<Play>& plays, const Mutation& mutation) {
  Recording broken = recording;
  mutation.apply(broken);
  const Outline& outline = plan.episodes[mutation.episode];
  const Episode changed = realize(outline, broken);
  Verdict verdict;
  if (mutation.played) {
    if (changed.steps.empty() || !can_play(mutation.api, changed)) return true;
    judge(realize(outline, recording), run(changed, mutation.api), verdict);
  } else {
    const auto play = std::find_if(plays.begin(), plays.end(), [&](const Play& candidate) {
      return candidate.episode == mutation.episode && candidate.seen.api == mutation.api;
    });
    judge(changed, play->seen, verdict);
  }
  return !verdict.failures.empty();
}

std::vector<std::string> order_of(const Episode& episode) {
  std::vector<std::string> texts;
  for (Said& said : episode.said_by_server()) texts.push_back(std::move(said.text));
  return texts;
}

/// Judged in itself, and as another order of the recorded one.
Permuted live(const Recording& recording, const Plan& plan, const Mutation& permutation) {
  Recording permuted = recording;
  permutation.apply(permuted);
  const Outline& outline = plan.episodes[permutation.episode];
  const Episode episode = realize(outline, permuted);
  const Transcript seen = run(episode, permutation.api);
  const Episode recorded = realize(outline, recording);
  Verdict verdict;
  judge(episode, seen, verdict);
  judge(recorded, seen, verdict);
  return {verdict.failures, order_of(with_times_of(seen.run, recorded)) == order_of(episode)};
}

}  // namespace

Report permute(const Recording& recording, Permute which,
               const std::function<void(const std::string&, const Permuted&)>& report) {
  const Plan plan = make_plan(recording);
  if (!plan.needs.empty()) return {Report::Kind::skip, "needs " + plan.needs, {}, 0};
  Report result;
  for (const Mutation& permutation : permutations_of(recording, plan, which)) {
    report(permutation.what, live(recording, plan, permutation));
    ++result.judgements;
  }
  return result;
}

Report replay(const Recording& recording, std::ostream* traces) {
  const Plan plan = make_plan(recording);
  if (!plan.needs.empty()) return {Report::Kind::skip, "needs " + plan.needs, {}, 0};
  Verdict verdict;
  play(recording, plan, verdict, traces);
  return report_of(verdict);
}

Report mutate(const Recording& recording, const std::function<void(const std::string&, bool)>& report) {
  const Plan plan = make_plan(recording);
  if (!plan.needs.empty()) return {Report::Kind::skip, "needs " + plan.needs, {}, 0};
  Verdict verdict;
  const std::vector<Play> plays = play(recording, plan, verdict);
  Report result = report_of(verdict);
  if (result.kind == Report::Kind::fail) return result;
  std::size_t count = 0;
  for (const Mutation& mutation : mutations_of(recording, plan)) {
    report(one_line(shortened(mutation.what)), is_caught(recording, plan, plays, mutation));
    ++count;
  }
  if (count < kFewestMutations) report("only " + std::to_string(count) + " ways to break it", false);
  result.judgements = count;
  return result;
}

}  // namespace wire
