#include "hub_script.hpp"

#include <algorithm>

#include "happenings.hpp"
#include "json.hpp"
#include "json_slices.hpp"

namespace wire {
namespace {

using Kind = HubEvent::Kind;

std::string slice(std::string_view object, std::string_view name) {
  return std::string(member_slice(object, name).value_or(std::string_view()));
}

/// Goes through what was said, in order, as a client would.
class Reader {
 public:
  Reader(const Episode& episode, std::vector<std::string> hubs)
      : happenings_(happenings_of(episode)), taken_(happenings_.size()), closes_(episode.ending == Ending::close) {
    script_.hubs = std::move(hubs);
  }

  std::optional<HubScript> read() {
    for (std::size_t i = 0; i < happenings_.size(); ++i) {
      if (happenings_[i].kind == Happening::Kind::client_said) catch_up(i);
      if (!take(i)) return std::nullopt;
    }
    if (closes_) lose_open_calls();
    for (auto& [hub, names] : script_.state_names) {
      std::sort(names.begin(), names.end());
      names.erase(std::unique(names.begin(), names.end()), names.end());
    }
    return std::move(script_);
  }

 private:
  /// Answers to earlier calls that were recorded in the same millisecond: clients call again when they have one.
  void catch_up(std::size_t client) {
    for (std::size_t i = client + 1; i < happenings_.size() && happenings_[i].t_ms == happenings_[client].t_ms; ++i) {
      if (happenings_[i].kind != Happening::Kind::server_said || taken_[i]) continue;
      const Json json = parse_json(happenings_[i].text);
      if (json.HasParseError() || member(json, "I") == nullptr) continue;
      if (open_call(id_of(json)) != nullptr) take(i);
    }
  }

  bool take(std::size_t i) {
    if (taken_[i]) return true;
    taken_[i] = true;
    const Happening& happening = happenings_[i];
    switch (happening.kind) {
      case Happening::Kind::client_said:
        return take_call(happening);
      case Happening::Kind::server_said:
        take_frame(happening.text);
        break;
      case Happening::Kind::no_answer:
      case Happening::Kind::refused:
        take_end(happening);
        break;
      case Happening::Kind::lost:
        lose_open_calls();
    }
    return true;
  }

  bool take_call(const Happening& said) {
    const Json json = parse_json(said.text);
    const std::string_view args = slice_of(said.text, "A");
    if (!is_call(json) || args.empty()) return false;
    ScriptedCall call;
    call.t_ms = said.t_ms;
    call.id = id_of(json);
    call.hub = string_member(json, "H");
    call.method = string_member(json, "M");
    const auto named = [&](const std::string& hub) { return same_name(hub, call.hub); };
    if (std::none_of(script_.hubs.begin(), script_.hubs.end(), named)) return false;
    call.args = args.substr(1, args.size() - 2);
    call.ends_before = ends_;
    if (!take_state_of_user(call, member_slice(said.text, "S").value_or("{}"))) return false;
    open_.push_back({script_.calls.size(), call.id});
    script_.calls.push_back(std::move(call));
    return true;
  }

  static bool is_call(const Json& json) {
    if (json.HasParseError() || !json.IsObject()) return false;
    const JsonValue* id = member(json, "I");
    const JsonValue* args = member(json, "A");
    const JsonValue* state = member(json, "S");
    return id != nullptr && (id->IsString() || id->IsNumber()) && args != nullptr && args->IsArray() &&
           !string_member(json, "H").empty() && !string_member(json, "M").empty() &&
           (state == nullptr || state->IsObject()) && json.MemberCount() == (state != nullptr ? 5U : 4U);
  }

  /// What the server didn't set was the user. Nobody can take a value away.
  bool take_state_of_user(ScriptedCall& call, std::string_view sent) {
    HubState& state = states_[lower(call.hub)];
    const auto members = member_slices(sent);
    if (members.size() < state.size()) return false;
    for (const auto& [name, value] : members) {
      note_name(call.hub, name);
      std::string& known = state[lower(name)];
      if (known == value || (!known.empty() && same_json(known, value))) continue;
      known = value;
      call.sets.emplace_back(name, value);
    }
    return state.size() == members.size();
  }

  void take_frame(std::string_view text) {
    const Json json = parse_json(text);
    if (json.HasParseError() || !json.IsObject()) return;
    if (member(json, "I") != nullptr) return take_result(json, text);
    for (const std::string_view element : element_slices(slice_of(text, "M"))) take_element(element);
  }

  void take_element(std::string_view element) {
    const Json json = parse_json(element);
    if (const JsonValue* progress = member(json, "P"); progress != nullptr && progress->IsObject()) {
      return take_progress(*progress, slice_of(element, "P"), slice_of(element, "S"));
    }
    const JsonValue* args = member(json, "A");
    const bool malformed = args != nullptr && !args->IsArray() && !args->IsNull();
    if (!json.IsObject() || string_member(json, "M").empty() || malformed) return;
    HubEvent event;
    event.hub = lower(string_member(json, "H"));
    event.method = string_member(json, "M");
    event.value = element;
    for (const std::string_view arg : element_slices(slice_of(element, "A"))) event.args.emplace_back(arg);
    merge(event.hub, slice_of(element, "S"));
    const auto named = [&](const std::string& hub) { return same_name(hub, event.hub); };
    if (std::any_of(script_.hubs.begin(), script_.hubs.end(), named)) add(std::move(event));
  }

  void take_progress(const JsonValue& progress, std::string_view text, std::string_view state) {
    const OpenCall* call = open_call(id_of(progress));
    if (call == nullptr) return;
    HubEvent event;
    event.kind = Kind::progress;
    event.call = call->number;
    event.hub = lower(script_.calls[call->number].hub);
    const std::string value = slice(text, "D");
    event.value = value.empty() ? "null" : value;
    merge(event.hub, state);
    add(std::move(event));
  }

  // P first, then E, then R (P§6.3).
  void take_result(const Json& json, std::string_view text) {
    if (const JsonValue* progress = member(json, "P"); progress != nullptr && progress->IsObject()) {
      return take_progress(*progress, slice_of(text, "P"), slice_of(text, "S"));
    }
    const OpenCall* call = open_call(id_of(json));
    if (call == nullptr) return;
    HubEvent event;
    event.call = call->number;
    event.hub = lower(script_.calls[call->number].hub);
    const JsonValue* error = member(json, "E");
    if (error == nullptr || error->IsNull()) {
      event.kind = Kind::result;
      event.value = slice(text, "R");
      if (event.value.empty()) event.value = "null";
      merge(event.hub, slice_of(text, "S"));
    } else {
      event.kind = Kind::failure;
      event.value = error->IsString() ? std::string(string_of(*error)) : json_text(*error);
      const JsonValue* hub_error = member(json, "H");
      event.hub_error = hub_error != nullptr && hub_error->IsTrue();
      if (event.hub_error) event.data = slice(text, "D");
    }
    close(event.call);
    add(std::move(event));
  }

  /// A call whose /send brought no result: a failure without the server's words, or, when it was refused, an error of
  /// sending, which is no event.
  void take_end(const Happening& end) {
    const Json json = parse_json(end.text);
    const OpenCall* call = json.HasParseError() ? nullptr : open_call(id_of(json));
    if (call == nullptr) return;
    HubEvent event;
    event.kind = Kind::failure;
    event.call = call->number;
    event.hub = lower(script_.calls[event.call].hub);
    close(event.call);
    if (end.kind == Happening::Kind::no_answer) add(std::move(event));
  }

  void lose_open_calls() {
    while (!open_.empty()) {
      HubEvent event;
      event.kind = Kind::lost;
      event.call = open_.front().number;
      event.hub = lower(script_.calls[event.call].hub);
      close(event.call);
      add(std::move(event));
    }
  }

  struct OpenCall {
    std::size_t number = 0;
    std::string id;
  };

  const OpenCall* open_call(const std::string& id) const {
    const auto found =
        std::find_if(open_.begin(), open_.end(), [&](const OpenCall& call) { return !id.empty() && call.id == id; });
    return found == open_.end() ? nullptr : &*found;
  }

  void close(std::size_t number) {
    open_.erase(std::find_if(open_.begin(), open_.end(), [&](const OpenCall& call) { return call.number == number; }));
    ++ends_;
  }

  void add(HubEvent event) {
    event.state = state_text(states_[event.hub]);
    script_.events.push_back(std::move(event));
  }

  void merge(const std::string& hub, std::string_view changes) {
    for (const auto& [name, value] : member_slices(changes)) {
      states_[lower(hub)][lower(name)] = value;
      note_name(hub, name);
    }
  }

  void note_name(const std::string& hub, std::string_view name) {
    script_.state_names[lower(hub)].push_back(lower(name));
  }

  static std::string_view slice_of(std::string_view object, std::string_view name) {
    return member_slice(object, name).value_or(std::string_view());
  }

  const std::vector<Happening> happenings_;
  std::vector<bool> taken_;
  const bool closes_;  // the user closes the connection at the end
  HubScript script_;
  std::vector<OpenCall> open_;
  std::map<std::string, HubState> states_;
  std::size_t ends_ = 0;
};

}  // namespace

std::string state_text(const HubState& state) {
  std::string text;
  for (const auto& [name, value] : state) text += (text.empty() ? "{" : ",") + ('"' + name + "\":" + value);
  return text.empty() ? text : text + '}';
}

std::vector<std::string> hubs_in(const std::string& connection_data) {
  std::vector<std::string> hubs;
  const Json json = parse_json(connection_data);
  if (json.HasParseError() || !json.IsArray()) return hubs;
  for (const auto& hub : json.GetArray()) {
    if (!hub.IsObject()) return {};
    for (const auto& entry : hub.GetObject()) {
      if (same_name(string_of(entry.name), "name")) hubs.emplace_back(string_of(entry.value));
    }
  }
  return hubs;
}

std::optional<HubScript> hub_script(const Episode& episode) {
  auto hubs = hubs_in(episode.steps.front().request->parameter("connectionData"));
  if (hubs.empty()) return std::nullopt;
  return Reader(episode, std::move(hubs)).read();
}

}  // namespace wire
