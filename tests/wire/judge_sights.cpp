// What our user saw, next to what the recorded client's program printed.
#include <algorithm>
#include <utility>

#include "equivalence.hpp"
#include "json.hpp"
#include "judge.hpp"
#include "sights.hpp"
#include "states.hpp"
#include "user.hpp"

namespace wire {
namespace {

using signalr::Message;

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

void judge_states(const std::vector<Sight>& sights, const Transcript& seen, Verdict& verdict) {
  States theirs;
  for (const Sight& sight : of_kind(sights, SightKind::kState)) theirs.push_back(lower(sight.text));
  const bool flapping = std::count(theirs.begin(), theirs.end(), kReconnecting) > 1;
  const States wanted = collapsed(std::move(theirs));
  const States ours = flapping ? collapsed_flapping(states_of(seen)) : collapsed(states_of(seen));
  verdict.check(ours == wanted, "our user saw the states " + text_of(ours) + " instead of " + text_of(wanted));
}

/// "method arguments", with the hub's name before it where there are several.
bool prints_call(std::string_view printed, const signalr::ClientMsgView& call) {
  const std::size_t hub = call.hub.size();
  if (printed.size() > hub && same_name(printed.substr(0, hub), call.hub) &&
      (printed[hub] == ' ' || printed[hub] == '.')) {
    printed.remove_prefix(hub + 1);
  }
  const std::size_t method = call.method.size();
  if (printed.substr(0, method) != call.method || printed.substr(method, 1) != " ") return false;
  std::vector<std::string> args;
  for (const auto& arg : call) args.emplace_back(arg.text());
  return prints_arguments(printed.substr(method + 1), args);
}

void judge_received(const std::vector<Sight>& sights, const Transcript& seen, Verdict& verdict) {
  const auto theirs = of_kind(sights, SightKind::kReceived);
  std::vector<const signalr::ClientMsgView*> ours;
  for (const Message& message : seen.messages) {
    for (const auto& element : message.messages()) {
      if (element.progress_id.empty()) ours.push_back(&element);
    }
  }
  if (!check_count(ours.size(), theirs.size(), "messages", verdict)) return;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const signalr::ClientMsgView& element = *ours[i];
    const std::string& printed = theirs[i].text;
    const bool same =
        element.method.empty() ? prints_value(printed, element.json.text()) : prints_call(printed, element);
    verdict.check(same, "our user received " + shortened(element.json.text()) + " instead of " + shortened(printed));
  }
}

void judge_result(const Sight& sight, const Message& ours, Verdict& verdict) {
  if (sight.kind == SightKind::kResult) {
    const bool same = !ours.failed() && prints_value(sight.text, ours.result().text());
    verdict.check(same, "our user got " + shortened(ours.text()) + " instead of the result " + shortened(sight.text));
    return;
  }
  const PrintedFailure failure = read_failure(sight.text);
  verdict.check(ours.failed() && ours.error() == failure.message,
                "our user got " + shortened(ours.text()) + " instead of the error " + shortened(failure.message));
  verdict.check(ours.hub_error() == failure.hub_exception, "our user got another kind of error than " + sight.text);
  const std::string data(ours.error_detail().text());
  verdict.check(failure.has_data ? prints_value(failure.data, data) : data.empty(),
                "our user got the error data " + shortened(data) + " instead of " + shortened(failure.data));
}

/// `[method, arguments…]`: how calls are written in steps.
std::string as_array(const signalr::ClientMsg& call) {
  std::string all = "[" + json_text(JsonValue(rapidjson::StringRef(call.method.c_str())));
  for (const auto& arg : call.args) all += ',' + arg.text();
  return all + ']';
}

/// What the user asked for, next to the frames that our client sent for it.
void judge_steps(const std::vector<Sight>& sights, const Transcript& seen, Verdict& verdict) {
  std::vector<std::string> asked;
  for (const Sight& sight : of_kind(sights, SightKind::kStep)) {
    if (auto sent = sent_by(sight.text)) asked.push_back(std::move(*sent));
  }
  if (!check_count(seen.sent.size(), asked.size(), "calls of its own", verdict)) return;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto call = call_of(seen.sent[i]);
    const std::string ours = call ? as_array(*call) : seen.sent[i];
    verdict.check(asked[i] == ours || same_json(asked[i], ours),
                  "our client sent " + shortened(seen.sent[i]) + " for " + shortened(asked[i]));
  }
}

/// Lets `changes`, an object, overwrite what `state`, an object, holds.
std::string merged(std::string_view state, std::string_view changes) {
  Json result = parse_json(state.empty() ? "{}" : state);
  const Json other = parse_json(changes.empty() ? "{}" : changes);
  auto& allocator = result.GetAllocator();
  for (const auto& change : other.GetObject()) {
    result.RemoveMember(change.name);
    result.AddMember(JsonValue(change.name, allocator), JsonValue(change.value, allocator), allocator);
  }
  return json_text(result);
}

/// What a call got back.
struct Answer {
  const Message* result = nullptr;
  std::vector<std::string> progress;
};

/// One for each call that our user made, in their order. A client may use an id twice.
std::vector<Answer> answers_of(const std::vector<signalr::ClientMsg>& calls, const Transcript& seen) {
  std::vector<Answer> answers(calls.size());
  const auto open_call = [&](std::string_view id) -> Answer* {
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (calls[i].invocation_id == id && answers[i].result == nullptr) return &answers[i];
    }
    return nullptr;
  };
  for (const Message& message : seen.messages) {
    for (const auto& element : message.messages()) {
      Answer* answer = element.progress_id.empty() ? nullptr : open_call(element.progress_id);
      if (answer != nullptr) answer->progress.emplace_back(element.progress.text());
    }
    Answer* answer = message.is_result() ? open_call(message.invocation_id()) : nullptr;
    if (answer != nullptr) answer->result = &message;
  }
  return answers;
}

/// The client's own words for a call whose answer could not come any more (P§7.6).
bool is_given_up(const std::string& failure) {
  return failure.find("before invocation result was received") != failure.npos;
}

/// Results were printed in the order of the calls, progress before them, the hub's state after them.
void judge_results(const std::vector<Sight>& sights, const Transcript& seen, Verdict& verdict) {
  std::vector<signalr::ClientMsg> calls;
  for (const std::string& text : seen.sent) {
    if (auto call = call_of(text)) calls.push_back(std::move(*call));
  }
  const std::vector<Answer> answers = answers_of(calls, seen);
  std::size_t next = 0;
  std::size_t reported = 0;  // progress of the next one
  for (const Sight& sight : sights) {
    if (sight.kind == SightKind::kProgress) {
      const bool came = next < answers.size() && reported < answers[next].progress.size();
      verdict.check(came && prints_value(sight.text, answers[next].progress[reported]),
                    "our user got no progress " + sight.text);
      ++reported;
    } else if (sight.kind == SightKind::kResult || sight.kind == SightKind::kFailure) {
      if (!verdict.check(next < answers.size(), "our user got no answer to show as " + shortened(sight.text))) return;
      const Answer& answer = answers[next++];
      check_count(answer.progress.size(), std::exchange(reported, 0), "reports of progress", verdict);
      if (is_given_up(sight.text)) {
        verdict.check(answer.result == nullptr, "our user got an answer to a call whose connection was lost");
      } else if (verdict.check(answer.result != nullptr,
                               "our user got no answer to show as " + shortened(sight.text))) {
        judge_result(sight, *answer.result, verdict);
      }
    } else if (sight.kind == SightKind::kHubState && next > 0 && answers[next - 1].result != nullptr) {
      const auto& sent = calls[next - 1].state;
      const std::string state = merged(sent ? sent->text() : "", answers[next - 1].result->state().text());
      verdict.check(same_json(sight.text, state), "our user's state is " + state + " instead of " + sight.text);
    }
  }
  check_count(answers.size(), next, "answers", verdict);
}

}  // namespace

void judge_sights(const Episode& episode, const Transcript& seen, Verdict& verdict) {
  if (episode.saw.empty()) return;
  const auto sights = read_sights(episode.saw);
  judge_states(sights, seen, verdict);
  check_count(static_cast<std::size_t>(seen.closed), of_kind(sights, SightKind::kClosed).size(), "ends", verdict);
  if (!seen.connected) {
    const auto failures = of_kind(sights, SightKind::kFailure);
    check_count(seen.dial_error != nullptr ? 1 : 0, failures.size(), "failures", verdict);
    return;
  }
  judge_steps(sights, seen, verdict);
  judge_received(sights, seen, verdict);
  judge_results(sights, seen, verdict);
}

}  // namespace wire
