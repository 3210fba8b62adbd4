#include "mutations_of_frames.hpp"

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

/// An init frame that nothing else is in.
bool is_bare_init(const RecordedFrame& frame) {
  return is_init(frame) && frame.text.find("\"S\":1") != std::string::npos &&
         frame.text.find("\"M\":[]") != std::string::npos;
}

/// In a call the method is changed, since its id doesn't count.
std::string changed_text(const RecordedFrame& frame) {
  if (!frame.from_server) {
    const Json json = parse_json(frame.text);
    const std::string method = json.HasParseError() ? std::string() : string_member(json, "M");
    if (!method.empty()) return with_member(frame.text, "M", (method + "X").c_str());
  }
  const std::string changed = with_last_value_changed(frame.text);
  return changed == frame.text ? frame.text + "x" : changed;
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

/// What breaks the frames of one WebSocket for one user.
class Breaker {
 public:
  Breaker(const Recording& recording, const Outline& outline, Api api, std::size_t index, std::size_t number,
          std::vector<Mutation>& found)
      : recording_(recording),
        outline_(outline),
        api_(api),
        index_(index),
        number_(number),
        frames_(recording.exchanges[number].frames),
        episode_(realize(outline, recording)),
        script_(hub_script(episode_)),
        found_(found) {}

  void break_all() {
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      if (!is_visible(episode_, frames_[i])) continue;
      if (!is_bare_init(frames_[i])) {
        break_frame(i);
      } else if (api_ == Api::messages) {
        break_init(i);
      }
    }
  }

 private:
  /// Whether such a user, or the server, can tell the difference.
  void add_if_seen(std::size_t i, const std::string& what, const Change& apply) {
    if (api_ != Api::messages && frames_[i].from_server) {
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

  void break_init(std::size_t i) {
    const std::size_t number = number_;
    add_both(found_, index_, api_, "an init frame that is none", [=](Recording& recording) {
      std::string& text = recording.exchanges[number].frames[i].text;
      text.replace(text.find("\"S\":1"), 5, "\"S\":0");
    });
    add_both(found_, index_, api_, "no init frame", [=](Recording& recording) {
      auto& frames = recording.exchanges[number].frames;
      frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(i));
    });
  }

  void add_text(std::size_t i, const std::string& what, const std::string& text) {
    const std::size_t number = number_;
    add_if_seen(i, what, [=](Recording& recording) { recording.exchanges[number].frames[i].text = text; });
  }

  void break_frame(std::size_t i) {
    const RecordedFrame& frame = frames_[i];
    const std::size_t number = number_;
    const std::string who = frame.from_server ? "server" : "client";
    const std::string which =
        who + "'s frame " + std::to_string(i) + " at " + std::to_string(static_cast<long>(frame.t_ms)) + " ms";
    add_text(i, "a changed " + which, changed_text(frame));
    if (is_json(frame.text)) break_members(i, which);
    add_if_seen(i, "a lost " + which, [=](Recording& recording) {
      auto& list = recording.exchanges[number].frames;
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
    });
    const auto next = next_of_same_side(i);
    const bool same = next && (frame.from_server ? frames_[*next].text == frame.text
                                                 : frame_difference(frame.text, frames_[*next].text).empty());
    if (!next || same) return;
    add_if_seen(i, "a " + which + " after its successor", [=](Recording& recording) {
      auto& list = recording.exchanges[number].frames;
      std::swap(list[i].text, list[*next].text);
    });
  }

  /// What means something on its own: of the frame, and of the first element of its `M`.
  void break_members(std::size_t i, const std::string& which) {
    const std::string& text = frames_[i].text;
    const bool server = frames_[i].from_server;
    for (const auto& [name, value] : member_slices(text)) {
      const bool counts = server ? name != "I" && name != "M" && name != "L" : name == "A" || name == "S";
      if (counts)
        add_text(i, "another " + std::string(name) + " in " + which, replaced(text, value, another_value(value)));
    }
    if (!server) return;
    const auto elements = element_slices(member_slice(text, "M").value_or("[]"));
    if (elements.empty()) return;
    for (const auto& [name, value] : member_slices(elements.front())) {
      const std::string what = "another " + std::string(name) + " of the first message in " + which;
      add_text(i, what, replaced(text, value, name == "A" ? with_one_more(value) : another_value(value)));
    }
  }

  std::optional<std::size_t> next_of_same_side(std::size_t i) const {
    for (std::size_t j = i + 1; j < frames_.size(); ++j) {
      const bool same_side = frames_[j].from_server == frames_[i].from_server;
      if (same_side && is_visible(episode_, frames_[j]) && !is_bare_init(frames_[j])) return j;
    }
    return std::nullopt;
  }

  const Recording& recording_;
  const Outline& outline_;
  const Api api_;
  const std::size_t index_;
  const std::size_t number_;
  const std::vector<RecordedFrame>& frames_;
  const Episode episode_;
  const std::optional<HubScript> script_;
  std::vector<Mutation>& found_;
};

}  // namespace

std::string with_member(const std::string& body, const char* name, const char* value) {
  Json json = parse_json(body);
  if (json.HasParseError() || !json.IsObject()) return body;
  json.RemoveMember(name);
  json.AddMember(JsonValue(name, json.GetAllocator()), JsonValue(value, json.GetAllocator()), json.GetAllocator());
  return json_text(json);
}

bool is_visible(const Episode& episode, const RecordedFrame& frame) {
  if (frame.kind != FrameKind::text) return false;
  return !frame.from_server || (!is_keep_alive(frame.text) && !episode.is_too_late(frame.t_ms));
}

void add_mutations_of_frames(const Recording& recording, const Outline& outline, const Outcome& outcome, Api api,
                             std::size_t index, std::vector<Mutation>& found) {
  for (const RecordedExchange* step : outcome.steps) {
    const bool ours = step->number != RecordedExchange::kUnnumbered && step->is_websocket();
    if (ours) Breaker(recording, outline, api, index, step->number, found).break_all();
  }
}

}  // namespace wire
