#include "hub_user.hpp"

#include <set>
#include <utility>

namespace wire {

using Kind = HubEvent::Kind;
using signalr::Client;
using signalr::HubCallView;

void HubUser::begin(signalr::Conn& conn) {
  for (const std::string& hub : script_.hubs) {
    const auto [client, added] = clients_.emplace(lower(hub), Client(hub, conn));
    if (added) listen(client->second);
  }
}

// A handler for each method that the server calls, as the recorded user had them, and one that sees all calls.
void HubUser::listen(Client& client) {
  subscriptions_.push_back(client.on_any([this](const HubCallView& call) { on_call(call); }));
  subscriptions_.push_back(
      client.on_result([this](const signalr::Message& result) { seen_.hub_results.push_back(result); }));
  std::set<std::string> methods;
  for (const HubEvent& event : script_.events) {
    const bool ours = event.kind == Kind::call && event.hub == lower(client.hub()) && !event.method.empty();
    if (!ours || !methods.insert(lower(event.method)).second) continue;
    subscriptions_.push_back(
        client.on(event.method, [this, method = event.method](const HubCallView& call) { on_handled(method, call); }));
  }
}

bool HubUser::may_send(std::size_t n) const {
  return n >= script_.calls.size() || ends_ >= script_.calls[n].ends_before;
}

void HubUser::send(signalr::Conn&, std::size_t n, std::string_view) {
  const ScriptedCall& call = script_.calls[n];
  Client& client = clients_.at(lower(call.hub));
  for (const auto& [name, value] : call.sets) client.set_state(name, signalr::RawJson::parse(value));
  client.invoke_encoded(call.method, call.args, {})
      .on_progress([this, n](signalr::RawJsonView report) {
        HubEvent event = event_of_call(Kind::progress, n);
        event.value = report.text();
        add(std::move(event));
      })
      .then([this, n](signalr::Result<signalr::RawJson> answer) { on_answer(n, answer); });
}

void HubUser::on_call(const HubCallView& call) {
  HubEvent event;
  event.hub = lower(call.hub);
  event.method = call.method;
  event.value = call.json.text();
  for (const auto& arg : call) event.args.emplace_back(arg.text());
  add(std::move(event));
}

// on_any has told the call already: the method's handler gets the same one, once.
void HubUser::on_handled(const std::string& method, const HubCallView& call) {
  const bool same = !seen_.hub_events.empty() && seen_.hub_events.back().kind == Kind::call &&
                    seen_.hub_events.back().value == call.json.text() && same_name(method, call.method);
  if (same) {
    ++seen_.handled_calls;
  } else {
    on_call(call);
  }
}

void HubUser::on_answer(std::size_t n, const signalr::Result<signalr::RawJson>& answer) {
  ++ends_;
  if (answer.ok()) {
    HubEvent event = event_of_call(Kind::result, n);
    event.value = answer.value().text();
    return add(std::move(event));
  }
  const auto* failure = dynamic_cast<const signalr::InvocationError*>(&answer.error());
  if (failure == nullptr) {
    seen_.not_sent.push_back(answer.error_ptr());
    return;
  }
  HubEvent event = event_of_call(failure->cause() == nullptr ? Kind::failure : Kind::lost, n);
  event.value = failure->server_text();
  event.hub_error = failure->hub_error();
  if (failure->data()) event.data = failure->data()->text();
  add(std::move(event));
}

HubEvent HubUser::event_of_call(Kind kind, std::size_t n) const {
  HubEvent event;
  event.kind = kind;
  event.call = n;
  event.hub = lower(script_.calls[n].hub);
  return event;
}

void HubUser::add(HubEvent event) {
  event.state = state_of(event.hub);
  seen_.hub_events.push_back(std::move(event));
}

std::string HubUser::state_of(const std::string& hub) const {
  HubState state;
  const auto names = script_.state_names.find(hub);
  if (names == script_.state_names.end()) return {};
  for (const std::string& name : names->second) {
    if (const auto value = clients_.at(hub).state(name)) state.emplace(name, value->text());
  }
  return state_text(state);
}

}  // namespace wire
