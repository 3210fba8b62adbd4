// How our client read the server's messages, next to how RapidJSON does.
#include <algorithm>

#include "equivalence.hpp"
#include "json.hpp"
#include "judge.hpp"

namespace wire {
namespace {

using signalr::HubCallView;
using signalr::Message;
using signalr::RawJsonView;

/// Whether `raw` is the value of that member as RapidJSON reads it, or missing as it is.
bool same_member(const JsonValue& object, const char* name, RawJsonView raw) {
  const JsonValue* value = member(object, name);
  if (value == nullptr) return raw.missing();
  const Json ours = parse_json(raw.text());
  return !ours.HasParseError() && ours == *value;
}

std::string progress_difference(const JsonValue& element, const HubCallView& ours) {
  const JsonValue* progress = member(element, "P");
  if (progress == nullptr || !progress->IsObject()) return ours.progress_id.empty() ? "" : "progress out of nothing";
  if (ours.progress_id != string_member(*progress, "I")) return "progress of another call";
  return same_member(*progress, "D", ours.progress) ? "" : "other progress";
}

std::string element_difference(const JsonValue& element, const HubCallView& ours) {
  const Json whole = parse_json(ours.json.text());
  if (whole.HasParseError() || whole != element) return "another element";
  if (ours.hub != string_member(element, "H")) return "another hub";
  if (ours.method != string_member(element, "M")) return "another method";
  const JsonValue* args = member(element, "A");
  const std::size_t count = args != nullptr && args->IsArray() ? args->Size() : 0;
  if (ours.arg_count != count) return std::to_string(ours.arg_count) + " arguments";
  for (std::size_t i = 0; i < count; ++i) {
    const Json arg = parse_json(ours.arg(i).text());
    if (arg.HasParseError() || arg != (*args)[static_cast<rapidjson::SizeType>(i)]) return "another argument";
  }
  if (!same_member(element, "S", ours.state)) return "another state";
  return progress_difference(element, ours);
}

std::string result_difference(const Json& json, const Message& ours) {
  const JsonValue* error = member(json, "E");
  const bool failed = error != nullptr && !error->IsNull();
  const JsonValue* hub_error = member(json, "H");
  if (ours.failed() != failed) return failed ? "no error" : "an error";
  if (failed && error->IsString() && ours.error() != string_of(*error)) return "another error text";
  if (ours.hub_error() != (hub_error != nullptr && hub_error->IsTrue())) return "another kind of error";
  if (!same_member(json, "R", ours.result())) return "another result";
  if (!same_member(json, "D", ours.error_detail())) return "other error data";
  return same_member(json, "S", ours.state()) ? "" : "another state";
}

/// How our reading of a frame differs from RapidJSON's.
std::string reading_difference(const std::string& text, const Message& ours) {
  if (ours.text() != text) return "the text " + shortened(ours.text());
  const Json json = parse_json(text);
  if (json.HasParseError() || !json.IsObject()) return "a message out of what is none";
  const JsonValue* id = member(json, "I");
  if (ours.is_result() != (id != nullptr)) return id != nullptr ? "no result" : "a result";
  if (id != nullptr) {
    const bool another = id->IsString() && ours.invocation_id() != string_of(*id);
    return another ? "another call's result" : result_difference(json, ours);
  }
  if (ours.message_id() != string_member(json, "C")) return "another cursor";
  if (ours.groups_token() != string_member(json, "G")) return "another groups token";
  const JsonValue* messages = member(json, "M");
  const std::size_t count = messages != nullptr && messages->IsArray() ? messages->Size() : 0;
  if (ours.messages().size() != count) return std::to_string(ours.messages().size()) + " messages";
  for (std::size_t i = 0; i < count; ++i) {
    const auto& element = (*messages)[static_cast<rapidjson::SizeType>(i)];
    if (const std::string differs = element_difference(element, ours.messages()[i]); !differs.empty()) return differs;
  }
  return {};
}

/// The init frame need not be shown to the user unless it brings messages.
bool is_bare_init(std::string_view text) {
  if (text.find("\"S\"") == text.npos) return false;
  const Json json = parse_json(text);
  if (json.HasParseError() || member(json, "I") != nullptr) return false;
  const JsonValue* init = member(json, "S");
  if (init == nullptr || !init->IsInt() || init->GetInt() != 1) return false;
  const JsonValue* messages = member(json, "M");
  return messages != nullptr && messages->IsArray() && messages->Empty();
}

/// The answers of a server that is about to stop, again and again, look the same as one.
bool repeats_the_stop(std::string_view before, std::string_view text) {
  return before == text && text.find("\"T\":1") != text.npos;
}

std::vector<std::string> frames_to_see(const Episode& episode) {
  std::vector<std::string> frames;
  for (const Said& said : episode.said_by_server()) {
    const bool again = !frames.empty() && repeats_the_stop(frames.back(), said.text);
    if (!again && !episode.is_too_late(said.t_ms) && !is_bare_init(said.text)) frames.push_back(said.text);
  }
  return frames;
}

}  // namespace

std::string result_difference(std::string_view text, const Message& ours) {
  const Json json = parse_json(text);
  if (json.HasParseError() || !json.IsObject() || !ours.is_result()) return "what is no result";
  return result_difference(json, ours);
}

void judge_messages(const Episode& episode, const Transcript& seen, Verdict& verdict) {
  const auto frames = frames_to_see(episode);
  std::vector<const Message*> messages;
  for (const Message& message : seen.messages) {
    const bool again = !messages.empty() && repeats_the_stop(messages.back()->text(), message.text());
    if (!again && !is_bare_init(message.text())) messages.push_back(&message);
  }
  verdict.check(messages.size() == frames.size(), "our user got " + std::to_string(messages.size()) +
                                                      " messages instead of " + std::to_string(frames.size()));
  for (std::size_t i = 0; i < std::min(frames.size(), messages.size()); ++i) {
    const std::string differs = reading_difference(frames[i], *messages[i]);
    verdict.check(differs.empty(), "our user got " + differs + " out of " + shortened(frames[i]));
  }
}

}  // namespace wire
