#include "mutations_of_answers.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "equivalence.hpp"
#include "json.hpp"

namespace wire {
namespace {

using Change = std::function<void(Recording&)>;

void add_played(std::vector<Mutation>& found, std::size_t index, const std::string& what, const Change& apply) {
  found.push_back({what + " (played)", index, true, apply});
}

/// In both directions: as the server's or our client's fault, and as the recording's.
void add(std::vector<Mutation>& found, std::size_t index, const std::string& what, const Change& apply) {
  add_played(found, index, what, apply);
  found.push_back({what + " (judged by)", index, false, apply});
}

std::string with_member(const std::string& body, const char* name, const char* value) {
  Json json = parse_json(body);
  if (json.HasParseError() || !json.IsObject()) return body;
  json.RemoveMember(name);
  json.AddMember(JsonValue(name, json.GetAllocator()), JsonValue(value, json.GetAllocator()), json.GetAllocator());
  return json_text(json);
}

void break_body(std::vector<Mutation>& found, std::size_t index, std::size_t number, const char* name,
                const char* value) {
  add(found, index, std::string("an answer with another ") + name, [=](Recording& recording) {
    std::string& body = recording.exchanges[number].response->body;
    body = with_member(body, name, value);
  });
}

void break_status(std::vector<Mutation>& found, std::size_t index, std::size_t number, int status) {
  add(found, index, "status " + std::to_string(status == 403 ? 404 : 403) + " instead of " + std::to_string(status),
      [=](Recording& recording) { recording.exchanges[number].response->status = status == 403 ? 404 : 403; });
}

void break_negotiate_answer(std::vector<Mutation>& found, std::size_t index, std::size_t number,
                            const RecordedExchange& step, const Outcome& outcome) {
  const Negotiation negotiation = read_negotiation(step);
  if (negotiation.kind == Negotiation::Kind::kToken) break_body(found, index, number, "ProtocolVersion", "9.9");
  // Without a connection nobody sees the others.
  if (outcome.kind == Outcome::Kind::kConnected && negotiation.kind == Negotiation::Kind::kToken) {
    break_body(found, index, number, "ConnectionToken", "another+token/");
    break_body(found, index, number, "ConnectionId", "another-id");
  }
  if (!negotiation.access_token.empty()) {
    // Judged by the requests that follow.
    add_played(found, index, "a redirect with another access token", [=](Recording& recording) {
      std::string& body = recording.exchanges[number].response->body;
      body = with_member(body, "AccessToken", "another-token");
    });
  }
  if (!negotiation.server_text.empty() && negotiation.status == 0) break_body(found, index, number, "Error", "Another");
}

void break_start_answer(std::vector<Mutation>& found, std::size_t index, std::size_t number,
                        const RecordedResponse& response) {
  if (is_json(response.body)) return break_body(found, index, number, "Response", "stopped");
  add(found, index, "another answer to start", [=](Recording& recording) {
    std::string& body = recording.exchanges[number].response->body;
    body = with_last_value_changed(body);
  });
}

void break_refusal_text(std::vector<Mutation>& found, std::size_t index, std::size_t number,
                        const RecordedResponse& response) {
  if (response.body.empty()) return;
  add(found, index, "another text of a refusal", [=](Recording& recording) {
    RecordedResponse& changed = *recording.exchanges[number].response;
    changed.body.front() = changed.body.front() == 'x' ? 'y' : 'x';
    if (!changed.pieces.empty()) changed.pieces.front().text = changed.body;
  });
}

/// Whether our user, or the server, gets to see this frame.
bool is_visible(const Episode& episode, const RecordedFrame& frame) {
  if (frame.kind != FrameKind::text) return false;
  if (!frame.from_server) return true;
  return !is_keep_alive(frame.text) && (episode.ending == Ending::drop || frame.t_ms <= episode.end_ms);
}

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

void break_init(std::vector<Mutation>& found, std::size_t index, std::size_t number, std::size_t i) {
  add(found, index, "an init frame that is none", [=](Recording& recording) {
    std::string& text = recording.exchanges[number].frames[i].text;
    text.replace(text.find("\"S\":1"), 5, "\"S\":0");
  });
  add(found, index, "no init frame", [=](Recording& recording) {
    auto& frames = recording.exchanges[number].frames;
    frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(i));
  });
}

void break_frame(std::vector<Mutation>& found, std::size_t index, std::size_t number, std::size_t i,
                 const std::vector<RecordedFrame>& frames, std::optional<std::size_t> next) {
  const RecordedFrame& frame = frames[i];
  const std::string who = frame.from_server ? "server" : "client";
  const std::string which =
      who + "'s frame " + std::to_string(i) + " at " + std::to_string(static_cast<long>(frame.t_ms)) + " ms";
  const std::string changed = changed_text(frame);
  add(found, index, "a changed " + which,
      [=](Recording& recording) { recording.exchanges[number].frames[i].text = changed; });
  add(found, index, "a lost " + which, [=](Recording& recording) {
    auto& list = recording.exchanges[number].frames;
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
  });
  const bool same = next && (frame.from_server ? frames[*next].text == frame.text
                                               : frame_difference(frame.text, frames[*next].text).empty());
  if (!next || same) return;
  add(found, index, "a " + which + " after its successor", [=](Recording& recording) {
    auto& list = recording.exchanges[number].frames;
    std::swap(list[i].text, list[*next].text);
  });
}

bool shows_anything(const Episode& episode, const RecordedExchange& step) {
  return std::any_of(step.frames.begin(), step.frames.end(),
                     [&](const RecordedFrame& frame) { return is_visible(episode, frame); });
}

void break_frames(const Episode& episode, const std::vector<RecordedFrame>& frames, std::size_t number,
                  std::size_t index, std::vector<Mutation>& found) {
  const auto visible = [&](const RecordedFrame& frame) { return is_visible(episode, frame); };
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (!visible(frames[i])) continue;
    if (is_bare_init(frames[i])) {
      break_init(found, index, number, i);
      continue;
    }
    std::optional<std::size_t> next;
    for (std::size_t j = i + 1; j < frames.size() && !next; ++j) {
      if (visible(frames[j]) && frames[j].from_server == frames[i].from_server && !is_bare_init(frames[j])) next = j;
    }
    break_frame(found, index, number, i, frames, next);
  }
}

}  // namespace

void add_mutations_of_answers(const Recording& recording, const Episode& episode, const Outcome& outcome,
                              std::size_t index, std::vector<Mutation>& found) {
  for (const RecordedExchange* step : outcome.steps) {
    const std::string command = step->request->command();
    const std::size_t number = step->number;
    // However abort is answered, closing succeeds.
    if (number == RecordedExchange::kUnnumbered || !step->response || command == "abort") continue;
    // Nor does it matter how each of many attempts to reconnect ends.
    if (command == "reconnect" && episode.all(command).size() > 1 && !shows_anything(episode, *step)) continue;
    const bool blamed = outcome.steps.back() == step && outcome.status != 0;
    if (step->response->complete || blamed) break_status(found, index, number, step->response->status);
    if (command == "negotiate") break_negotiate_answer(found, index, number, *step, outcome);
    if (blamed) break_refusal_text(found, index, number, *step->response);
    if (command == "start" && step->response->status == 200) break_start_answer(found, index, number, *step->response);
    if (step->is_websocket()) break_frames(episode, recording.exchanges[number].frames, number, index, found);
  }
}

void add_mutations_of_fed_result(const RecordedExchange& recorded, std::size_t index, std::vector<Mutation>& found) {
  const std::size_t number = recorded.number;
  break_status(found, index, number, recorded.response->status);
  add(found, index, "another result of /send", [=](Recording& recording) {
    std::string& body = recording.exchanges[number].response->body;
    body = with_last_value_changed(body);
  });
}

}  // namespace wire
