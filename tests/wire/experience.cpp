#include "experience.hpp"

#include <utility>

#include "client_call.hpp"
#include "json.hpp"

namespace wire {
namespace {

using Answer = Experience::Answer;
using Received = Experience::Received;
using signalr::ClientMsg;
using signalr::Message;

/// Lets `changes`, an object, overwrite what `state`, an object, holds.
std::string merged(std::string_view state, std::string_view changes) {
  Json result = parse_json(state.empty() ? "{}" : state);
  const Json other = parse_json(changes.empty() ? "{}" : changes);
  if (!result.IsObject() || !other.IsObject()) return std::string(state);
  auto& allocator = result.GetAllocator();
  for (const auto& change : other.GetObject()) {
    result.RemoveMember(change.name);
    result.AddMember(JsonValue(change.name, allocator), JsonValue(change.value, allocator), allocator);
  }
  return json_text(result);
}

void take_result(Answer& answer, const ClientMsg& call, const Message& message) {
  answer.came = true;
  answer.failed = message.failed();
  answer.value = message.failed() ? message.error() : message.result().text();
  answer.hub_error = message.hub_error();
  answer.data = message.error_detail().text();
  answer.state = merged(call.state ? call.state->text() : "", message.state().text());
}

/// Of one that reads messages: it tells itself whose answer is whose. A client may use an id twice.
Experience of_messages(const Transcript& seen, const std::vector<ClientMsg>& calls) {
  Experience experience;
  experience.answers.resize(calls.size());
  const auto open_call = [&](std::string_view id) {
    std::size_t i = 0;
    while (i < calls.size() && (calls[i].invocation_id != id || experience.answers[i].came)) ++i;
    return i;
  };
  for (const Message& message : seen.messages) {
    for (const auto& element : message.messages()) {
      if (element.progress_id.empty()) {
        Received received{std::string(element.hub), std::string(element.method), {}, std::string(element.json.text())};
        for (const auto& arg : element) received.args.emplace_back(arg.text());
        experience.received.push_back(std::move(received));
      } else if (const std::size_t call = open_call(element.progress_id); call < calls.size()) {
        experience.answers[call].progress.emplace_back(element.progress.text());
      }
    }
    if (!message.is_result()) continue;
    const std::size_t call = open_call(message.invocation_id());
    if (call < calls.size()) take_result(experience.answers[call], calls[call], message);
  }
  return experience;
}

Experience of_hubs(const Transcript& seen, std::size_t calls) {
  Experience experience;
  experience.answers.resize(calls);
  for (const HubEvent& event : seen.hub_events) {
    if (event.kind == HubEvent::Kind::call) {
      experience.received.push_back({event.hub, event.method, event.args, event.value});
      continue;
    }
    if (event.call >= calls) continue;
    Answer& answer = experience.answers[event.call];
    if (event.kind == HubEvent::Kind::progress) answer.progress.push_back(event.value);
    if (event.kind != HubEvent::Kind::result && event.kind != HubEvent::Kind::failure) continue;
    answer.came = true;
    answer.failed = event.kind == HubEvent::Kind::failure;
    answer.value = event.value;
    answer.hub_error = event.hub_error;
    answer.data = event.data;
    answer.state = event.state;
  }
  return experience;
}

}  // namespace

Experience experience_of(const Transcript& seen) {
  std::vector<ClientMsg> calls;
  for (const std::string& text : seen.sent) {
    if (auto call = call_of(text)) calls.push_back(std::move(*call));
  }
  if (seen.api == Api::messages) return of_messages(seen, calls);
  if (seen.api == Api::hubs) return of_hubs(seen, calls.size());
  Experience experience;
  experience.answers.resize(calls.size());
  for (const std::string& json : seen.received) experience.received.push_back({{}, {}, {}, json});
  return experience;
}

}  // namespace wire
