// What our user saw, next to what the recorded client's program printed.
#include <algorithm>
#include <cmath>
#include <utility>

#include "client_call.hpp"
#include "equivalence.hpp"
#include "experience.hpp"
#include "hub_script.hpp"
#include "json.hpp"
#include "json_slices.hpp"
#include "judge.hpp"
#include "session_shape.hpp"
#include "sights.hpp"
#include "states.hpp"

namespace wire {
namespace {

std::vector<Sight> of_kind(const std::vector<Sight>& sights, SightKind kind) {
  std::vector<Sight> found;
  std::copy_if(sights.begin(), sights.end(), std::back_inserter(found),
               [kind](const Sight& sight) { return sight.kind == kind; });
  return found;
}

bool check_count(std::size_t ours, std::size_t theirs, const char* what, Verdict& verdict) {
  return verdict.check(ours == theirs, "our user saw " + std::to_string(ours) + " " + what + ", the recorded one " +
                                           std::to_string(theirs));
}

/// Whether the server ended the last transport when the user was about to close the connection: the recorded client may
/// have seen that first, and ours not, or the other way round.
bool ends_while_closing(const Episode& episode) {
  constexpr double kMoment = 20;  // on the way to the one that recorded it
  if (episode.ending != Ending::close) return false;
  auto transports = episode.transports();
  while (!transports.empty() && transports.back()->optional) transports.pop_back();  // ours, afterwards
  return !transports.empty() && ended_by_server(*transports.back()) &&
         std::abs(transports.back()->lost_ms() - episode.end_ms) <= kMoment;
}

void judge_states(const Episode& episode, const std::vector<Sight>& sights, const Transcript& seen, Verdict& verdict) {
  States theirs;
  for (const Sight& sight : of_kind(sights, SightKind::state)) theirs.push_back(lower(sight.text));
  const bool flapping = std::count(theirs.begin(), theirs.end(), kReconnecting) > 1;
  States wanted = flapping ? collapsed_flapping(std::move(theirs)) : theirs;
  States ours = flapping ? collapsed_flapping(states_of(seen)) : states_of(seen);
  if (ends_while_closing(episode)) {
    wanted = without_last_moment(std::move(wanted));
    ours = without_last_moment(std::move(ours));
  }
  verdict.check(ours == wanted, "our user saw the states " + text_of(ours) + " instead of " + text_of(wanted));
}

/// "method arguments", with the hub's name before it where there are several.
bool prints_call(std::string_view printed, const Experience::Received& call) {
  const std::size_t hub = call.hub.size();
  if (printed.size() > hub && same_name(printed.substr(0, hub), call.hub) &&
      (printed[hub] == ' ' || printed[hub] == '.')) {
    printed.remove_prefix(hub + 1);
  }
  const std::size_t method = call.method.size();
  if (printed.substr(0, method) != call.method || printed.substr(method, 1) != " ") return false;
  return prints_arguments(printed.substr(method + 1), call.args);
}

void judge_received(const std::vector<Sight>& sights, const Experience& ours, Verdict& verdict) {
  const auto theirs = of_kind(sights, SightKind::received);
  if (!check_count(ours.received.size(), theirs.size(), "messages", verdict)) return;
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    const Experience::Received& received = ours.received[i];
    const std::string& printed = theirs[i].text;
    const bool same = received.method.empty() ? prints_value(printed, received.json) : prints_call(printed, received);
    verdict.check(same, "our user received " + shortened(received.json) + " instead of " + shortened(printed));
  }
}

void judge_result(const Sight& sight, const Experience::Answer& ours, Verdict& verdict) {
  const std::string what = shortened((ours.failed ? "the error " : "") + ours.value);
  if (sight.kind == SightKind::result) {
    const bool same = !ours.failed && prints_value(sight.text, ours.value);
    verdict.check(same, "our user got " + what + " instead of the result " + shortened(sight.text));
    return;
  }
  const PrintedFailure failure = read_failure(sight.text);
  verdict.check(ours.failed && ours.value == failure.message,
                "our user got " + what + " instead of the error " + shortened(failure.message));
  verdict.check(ours.hub_error == failure.hub_exception, "our user got another kind of error than " + sight.text);
  verdict.check(failure.has_data ? prints_value(failure.data, ours.data) : ours.data.empty(),
                "our user got the error data " + shortened(ours.data) + " instead of " + shortened(failure.data));
}

/// What the user asked for, next to the frames that our client sent for it.
void judge_steps(const std::vector<Sight>& sights, const Transcript& seen, Verdict& verdict) {
  std::vector<std::string> asked;
  for (const Sight& sight : of_kind(sights, SightKind::step)) {
    if (auto sent = sent_by(sight.text)) asked.push_back(std::move(*sent));
  }
  if (!check_count(seen.sent.size(), asked.size(), "calls of its own", verdict)) return;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    verdict.check(is_sent_for(asked[i], seen.sent[i]),
                  "our client sent " + shortened(seen.sent[i]) + " for " + shortened(asked[i]));
  }
}

/// State that the server didn't set was set by a step, where the program printed these.
void judge_state_steps(const std::vector<Sight>& sights, const Episode& episode, Verdict& verdict) {
  std::vector<std::pair<std::string, std::string>> printed;
  for (const Sight& sight : of_kind(sights, SightKind::step)) {
    if (auto set = set_by(sight.text)) printed.push_back(std::move(*set));
  }
  const auto script = printed.empty() ? std::nullopt : hub_script(episode);
  if (!script) return;
  for (const ScriptedCall& call : script->calls) {
    for (const auto& [name, value] : call.sets) {
      const bool found = std::any_of(printed.begin(), printed.end(), [&, n = name, v = value](const auto& set) {
        return same_name(set.first, n) && prints_value(set.second, v);
      });
      verdict.check(found, "the recorded client sent " + name + "=" + shortened(value) + ", which nobody had set");
    }
  }
}

/// The client's own words for a call whose answer could not come any more (P§7.6).
bool is_given_up(const std::string& failure) {
  return failure.find("before invocation result was received") != failure.npos;
}

/// Names of values have no case (P§6.6).
std::string with_lower_names(const std::string& object) {
  HubState state;
  for (const auto& [name, value] : member_slices(object)) state[lower(name)] = value;
  return state_text(state);
}

/// Results were printed in the order of the calls, progress before them, the hub's state after them.
void judge_results(const std::vector<Sight>& sights, const Experience& ours, Verdict& verdict) {
  const auto& answers = ours.answers;
  std::size_t next = 0;
  std::size_t reported = 0;  // progress of the next one
  for (const Sight& sight : sights) {
    if (sight.kind == SightKind::progress) {
      const bool came = next < answers.size() && reported < answers[next].progress.size();
      verdict.check(came && prints_value(sight.text, answers[next].progress[reported]),
                    "our user got no progress " + sight.text);
      ++reported;
    } else if (sight.kind == SightKind::result || sight.kind == SightKind::failure) {
      if (!verdict.check(next < answers.size(), "our user got no answer to show as " + shortened(sight.text))) return;
      const Experience::Answer& answer = answers[next++];
      check_count(answer.progress.size(), std::exchange(reported, 0), "reports of progress", verdict);
      if (is_given_up(sight.text)) {
        verdict.check(!answer.came, "our user got an answer to a call whose connection was lost");
      } else if (verdict.check(answer.came, "our user got no answer to show as " + shortened(sight.text))) {
        judge_result(sight, answer, verdict);
      }
    } else if (sight.kind == SightKind::hub_state && next > 0 && answers[next - 1].came) {
      const std::string& state = answers[next - 1].state;
      verdict.check(same_json(with_lower_names(sight.text), with_lower_names(state)),
                    "our user's state is " + state + " instead of " + sight.text);
    }
  }
  check_count(answers.size(), next, "answers", verdict);
}

}  // namespace

void judge_sights(const Episode& episode, const Transcript& seen, Verdict& verdict) {
  if (episode.saw.empty()) return;
  const auto sights = read_sights(episode.saw);
  judge_states(episode, sights, seen, verdict);
  check_count(static_cast<std::size_t>(seen.closed), of_kind(sights, SightKind::closed).size(), "ends", verdict);
  if (!seen.connected) {
    const auto failures = of_kind(sights, SightKind::failure);
    check_count(seen.dial_error != nullptr ? 1 : 0, failures.size(), "failures", verdict);
    return;
  }
  judge_steps(sights, seen, verdict);
  judge_state_steps(sights, episode, verdict);
  const Experience ours = experience_of(seen);
  judge_received(sights, ours, verdict);
  judge_results(sights, ours, verdict);
}

}  // namespace wire
