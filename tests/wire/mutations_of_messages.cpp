#include "mutations_of_messages.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "equivalence.hpp"
#include "hub_script.hpp"
#include "json.hpp"
#include "json_slices.hpp"
#include "judge.hpp"

namespace wire {
namespace {

using Change = std::function<void(Recording&)>;

/// An init message that nothing else is in.
bool is_bare_init(const Said& said) {
  return said.from_server && is_init(said.text) && said.text.find("\"S\":1") != std::string::npos &&
         said.text.find("\"M\":[]") != std::string::npos;
}

/// In a call the method is changed, since its id doesn't count.
std::string changed_text(const Said& said) {
  if (!said.from_server) {
    const Json json = parse_json(said.text);
    const std::string method = json.HasParseError() ? std::string() : string_member(json, "M");
    if (!method.empty()) return with_member(said.text, "M", (method + "X").c_str());
  }
  const std::string changed = with_last_value_changed(said.text);
  return changed == said.text ? said.text + "x" : changed;
}

/// `text` with `part`, a part of it, replaced.
std::string replaced(const std::string& text, std::string_view part, const std::string& by) {
  std::string result = text;
  return result.replace(static_cast<std::size_t>(part.data() - text.data()), part.size(), by);
}

std::string another_value(std::string_view json) {
  std::string changed = with_last_value_changed(json);
  return changed == json ? R"("something else")" : changed;
}

/// An array with one more element.
std::string with_one_more(std::string_view array) {
  if (element_slices(array).empty()) return R"(["more"])";
  return R"(["more",)" + std::string(array.substr(array.find('[') + 1));
}

/// Breaks what is said in one episode for one user.
class Breaker {
 public:
  Breaker(const Recording& recording, const Outline& outline, const Episode& episode, const Outcome& outcome, Api api,
          std::size_t index, std::vector<Mutation>& found)
      : recording_(recording),
        outline_(outline),
        episode_(episode),
        script_(hub_script(episode)),
        api_(api),
        index_(index),
        found_(found) {
    for (const RecordedExchange* step : outcome.steps) {
      if (step->number == RecordedExchange::kUnnumbered || !is_needed(episode, *step)) continue;
      for (Said& said : said_in(*step)) {
        if (!said.from_server || !episode.is_too_late(said.t_ms)) said_.push_back(std::move(said));
      }
    }
    std::stable_sort(said_.begin(), said_.end(), [](const Said& a, const Said& b) { return a.t_ms < b.t_ms; });
  }

  void break_all(bool connected) {
    for (std::size_t i = 0; i < said_.size(); ++i) {
      if (!is_bare_init(said_[i])) {
        if (connected) break_message(i);
      } else if (api_ == Api::messages && only_init()) {
        break_init(said_[i]);
      }
    }
  }

 private:
  /// Of several one will do (P#46).
  bool only_init() const {
    return std::count_if(said_.begin(), said_.end(), [](const Said& said) { return is_init(said.text); }) == 1;
  }

  /// If such a user, or the server, can tell the difference.
  void add_if_seen(const Said& said, const std::string& what, const Change& apply) {
    if (api_ != Api::messages && said.from_server) {
      Recording changed = recording_;
      apply(changed);
      const Episode other = realize(outline_, changed);
      const bool same = api_ == Api::raw ? received_by_raw_user(other) == received_by_raw_user(episode_)
                                         : same_events(hub_script(other));
      if (same) return;
    }
    add_both(found_, index_, api_, what, apply);
  }

  bool same_events(const std::optional<HubScript>& other) const { return other && other->events == script_->events; }

  void add_text(const Said& said, const std::string& what, const std::string& text) {
    add_if_seen(said, what, [=](Recording& recording) { say_instead(recording, said, text); });
  }

  void break_init(const Said& said) {
    std::string none = said.text;
    none.replace(none.find("\"S\":1"), 5, "\"S\":0");
    add_text(said, "an init message that is none", none);
    add_if_seen(said, "no init message", [=](Recording& recording) { say_instead(recording, said, std::nullopt); });
  }

  void break_message(std::size_t i) {
    const Said& said = said_[i];
    const std::string which = std::string(said.from_server ? "server" : "client") + "'s message " + std::to_string(i) +
                              " at " + std::to_string(static_cast<long>(said.t_ms)) + " ms";
    add_text(said, "a changed " + which, changed_text(said));
    if (is_json(said.text)) break_members(said, which);
    add_if_seen(said, "a lost " + which, [=](Recording& recording) { say_instead(recording, said, std::nullopt); });
    const Said* next = next_after(i);
    if (next == nullptr) return;
    const bool same = said.from_server ? next->text == said.text : frame_difference(said.text, next->text).empty();
    if (same) return;
    add_if_seen(said, "a " + which + " after its successor", [said, other = *next](Recording& recording) {
      say_instead(recording, said, other.text);
      say_instead(recording, other, said.text);
    });
  }

  /// What means something on its own: of the message, and of the first element of its `M`.
  void break_members(const Said& said, const std::string& which) {
    const std::string& text = said.text;
    for (const auto& [name, value] : member_slices(text)) {
      const bool counts = said.from_server ? name != "I" && name != "M" && name != "L" : name == "A" || name == "S";
      if (!counts) continue;
      add_text(said, "another " + std::string(name) + " in " + which, replaced(text, value, another_value(value)));
    }
    if (!said.from_server) return;
    const auto elements = element_slices(member_slice(text, "M").value_or("[]"));
    if (elements.empty()) return;
    for (const auto& [name, value] : member_slices(elements.front())) {
      const std::string what = "another " + std::string(name) + " of the first element in " + which;
      add_text(said, what, replaced(text, value, name == "A" ? with_one_more(value) : another_value(value)));
    }
  }

  /// The next one on the same way.
  const Said* next_after(std::size_t i) const {
    const auto way = [](const Said& said) {
      return said.from_server ? (said.carrier == Said::Carrier::answer ? 2 : 1) : 0;
    };
    for (std::size_t j = i + 1; j < said_.size(); ++j) {
      if (way(said_[j]) == way(said_[i]) && !is_bare_init(said_[j])) return &said_[j];
    }
    return nullptr;
  }

  const Recording& recording_;
  const Outline& outline_;
  const Episode& episode_;
  const std::optional<HubScript> script_;
  const Api api_;
  const std::size_t index_;
  std::vector<Mutation>& found_;
  std::vector<Said> said_;  // by time
};

}  // namespace

std::string with_member(const std::string& body, const char* name, const char* value) {
  Json json = parse_json(body);
  if (json.HasParseError() || !json.IsObject()) return body;
  json.RemoveMember(name);
  json.AddMember(JsonValue(name, json.GetAllocator()), JsonValue(value, json.GetAllocator()), json.GetAllocator());
  return json_text(json);
}

bool is_needed(const Episode& episode, const RecordedExchange& step) {
  const std::string command = step.request->command();
  if (command == "poll" && step.response && episode.is_too_late(step.response->end_ms())) return false;
  if (command != "reconnect" || episode.all(command).size() == 1) return true;
  const auto said = said_in(step);
  return !asks_to_reconnect(step) &&
         std::any_of(said.begin(), said.end(), [](const Said& message) { return message.from_server; });
}

void add_mutations_of_messages(const Recording& recording, const Outline& outline, const Outcome& outcome, Api api,
                               std::size_t index, std::vector<Mutation>& found) {
  const Episode episode = realize(outline, recording);
  const bool connected = outcome.kind == Outcome::Kind::connected;
  if (!connected && api != Api::messages) return;
  Breaker(recording, outline, episode, expected_outcome(episode), api, index, found).break_all(connected);
}

}  // namespace wire
