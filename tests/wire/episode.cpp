#include "episode.hpp"

#include <algorithm>

#include "equivalence.hpp"
#include "json.hpp"
#include "session_shape.hpp"
#include "usual.hpp"

namespace wire {
namespace {

Identity identity_for(const RecordedRequest& request) {
  Identity identity;
  identity.base = request.base();
  const std::string version = request.parameter("clientProtocol");
  const bool takes_start = is_known_version(version) && version >= "1.4";
  identity.query.emplace_back("clientProtocol", takes_start ? version : "2.1");
  if (const std::string data = request.parameter("connectionData"); !data.empty()) {
    identity.query.emplace_back("connectionData", data);
  }
  for (const auto& header : essence_of(request).headers) identity.headers.push_back(header);
  return identity;
}

/// Puts what was recorded for another request behind one of ours.
RecordedExchange answered_by(RecordedExchange ours, const RecordedExchange& recorded) {
  ours.number = recorded.number;
  ours.response = recorded.response;
  ours.frames = recorded.frames;
  ours.ended_by = recorded.ended_by;
  ours.ended_ms = recorded.ended_ms;
  return ours;
}

/// Which of our requests the answer is fed to: the one that is nearest to what it was an answer to.
std::string place_of(const RecordedExchange& exchange) {
  const RecordedRequest& request = *exchange.request;
  const std::string command = request.command();
  const bool success = exchange.response && exchange.response->status == 200;
  if (command == "send") return success ? "frame" : "start";
  if (command == "start" || command == "ping") return "start";
  if (command == "abort") return "abort";
  if (command == "connect" || command == "reconnect" || command == "poll") return "connect";
  return command != "negotiate" && request.has_parameter("transport") ? "connect" : "negotiate";
}

/// After a loss our client reconnects, also where the recorded one just went away. It gets no answer.
void add_usual_reconnect(Episode& episode, const Identity& identity, const std::string& token) {
  if (episode.ending != Ending::drop) return;
  const RecordedExchange* transport = nullptr;
  for (const RecordedExchange& step : episode.steps) {
    if (step.is_websocket()) transport = &step;
  }
  if (transport == nullptr || !ended_by_server(*transport)) return;
  RecordedExchange reconnect;
  reconnect.t_ms = transport->last_ms();
  reconnect.ended_ms = reconnect.t_ms;
  reconnect.request = usual_request(identity, "reconnect", token);
  std::string cursor;
  std::string groups;
  for (const Said& said : episode.said_by_server()) {
    const Json json = parse_json(said.text);
    if (json.HasParseError() || member(json, "I") != nullptr) continue;
    if (const std::string found = string_member(json, "C"); !found.empty()) cursor = found;
    if (const std::string found = string_member(json, "G"); !found.empty()) groups = found;
  }
  if (!cursor.empty()) reconnect.request->query.emplace_back("messageId", cursor);
  if (!groups.empty()) reconnect.request->query.emplace_back("groupsToken", groups);
  episode.steps.push_back(std::move(reconnect));
}

std::vector<Said> by_time(std::vector<Said> said) {
  std::stable_sort(said.begin(), said.end(), [](const Said& a, const Said& b) { return a.t_ms < b.t_ms; });
  return said;
}

void feed(Episode& episode, const RecordedExchange& recorded) {
  const double t = recorded.t_ms;
  const Identity identity = identity_for(*recorded.request);
  const std::string place = place_of(recorded);
  auto& steps = episode.steps;
  episode.what = "answer " + (recorded.response ? std::to_string(recorded.response->status) : std::string("never")) +
                 " to " + recorded.request->method + " " + recorded.request->path + " at " +
                 std::to_string(static_cast<long>(t)) + " ms";
  steps.push_back(usual_negotiate(identity, t));
  const std::string token = place == "negotiate" ? read_negotiation(recorded).token : kUsualToken;
  if (place == "negotiate") steps[0] = answered_by(steps[0], recorded);
  steps.push_back(usual_connect(identity, token, t));
  if (place == "connect") {
    steps[1] = answered_by(steps[1], recorded);
    if (recorded.is_websocket() && std::none_of(recorded.frames.begin(), recorded.frames.end(), is_init)) {
      steps[1].frames.insert(steps[1].frames.begin(), usual_init(recorded.response->t_ms));
    }
  }
  if (place == "frame") {
    RecordedFrame frame;
    frame.t_ms = recorded.response->t_ms;
    frame.from_server = true;
    frame.text = recorded.response->body;
    steps[1].frames.push_back(frame);
  }
  steps.push_back(usual_start(identity, token, t));
  if (place == "start") steps[2] = answered_by(steps[2], recorded);
  episode.ending = place == "connect" ? Ending::drop : Ending::close;
  if (episode.ending == Ending::close) {
    steps.push_back(usual_abort(identity, token, episode.end_ms));
    if (place == "abort") steps.back() = answered_by(steps.back(), recorded);
  }
  add_usual_reconnect(episode, identity, token);
}

void add_usual_steps(Episode& episode, const Outline& outline, const SessionShape& shape) {
  const double t = episode.steps.back().last_ms();
  auto& steps = episode.steps;
  const auto insert = [&](RecordedExchange step) {
    const auto later =
        std::find_if(steps.begin(), steps.end(), [&](const RecordedExchange& other) { return other.t_ms > step.t_ms; });
    steps.insert(later, std::move(step));
  };
  if (outline.usual_connect) steps.push_back(usual_connect(shape.identity(), shape.token(), t));
  if (outline.usual_start) {
    const auto connects = episode.all("connect");
    insert(usual_start(shape.identity(), shape.token(), connects.empty() ? t : connects.back()->t_ms));
  }
  add_usual_reconnect(episode, shape.identity(), shape.token());
  if (outline.usual_abort) insert(usual_abort(shape.identity(), shape.token(), outline.end_ms));
}

}  // namespace

std::vector<const RecordedExchange*> Episode::all(std::string_view command) const {
  std::vector<const RecordedExchange*> found;
  for (const RecordedExchange& step : steps) {
    if (step.request->command() == command) found.push_back(&step);
  }
  return found;
}

std::vector<Said> Episode::said_by_client() const {
  std::vector<Said> found;
  for (const RecordedExchange& step : steps) {
    for (const RecordedFrame& frame : step.frames) {
      if (!frame.from_server && frame.kind == FrameKind::text) found.push_back({frame.t_ms, frame.text});
    }
  }
  return by_time(std::move(found));
}

std::vector<Said> Episode::said_by_server() const {
  std::vector<Said> found;
  for (const RecordedExchange& step : steps) {
    for (const RecordedFrame& frame : step.frames) {
      const bool text = frame.from_server && frame.kind == FrameKind::text;
      if (text && !is_keep_alive(frame.text)) found.push_back({frame.t_ms, frame.text});
    }
  }
  return by_time(std::move(found));
}

std::vector<const RecordedExchange*> lost_transports(const Episode& episode) {
  std::vector<const RecordedExchange*> transports;
  for (const RecordedExchange& step : episode.steps) {
    if (step.is_websocket()) transports.push_back(&step);
  }
  if (episode.ending == Ending::close && !transports.empty()) transports.pop_back();  // the user closed that one
  transports.erase(std::remove_if(transports.begin(), transports.end(),
                                  [](const RecordedExchange* transport) { return !ended_by_server(*transport); }),
                   transports.end());
  return transports;
}

Episode realize(const Outline& outline, const Recording& recording) {
  Episode episode;
  episode.fed = outline.fed;
  episode.repeats = outline.repeats;
  episode.left_out = outline.left_out;
  episode.ending = outline.ending;
  episode.end_ms = outline.end_ms;
  if (outline.fed) {
    const RecordedExchange& recorded = recording.exchanges[outline.exchanges.front()];
    if (recorded.request) feed(episode, recorded);
    return episode;
  }
  for (const std::size_t index : outline.exchanges) {
    if (recording.exchanges[index].request) episode.steps.push_back(recording.exchanges[index]);
  }
  if (episode.steps.empty() || episode.steps.front().request->command() != "negotiate") return {};
  episode.what = "session at " + std::to_string(static_cast<long>(episode.steps.front().t_ms)) + " ms";
  for (std::size_t line = outline.saw_begin; line < outline.saw_end && line < recording.client_saw.size(); ++line) {
    episode.saw.push_back(recording.client_saw[line]);
  }
  const auto negotiates = episode.all("negotiate");
  SessionShape shape(*negotiates.front());
  for (std::size_t i = 1; i < negotiates.size(); ++i) shape.add_negotiate(*negotiates[i]);
  add_usual_steps(episode, outline, shape);
  return episode;
}

bool is_init(const RecordedFrame& frame) {
  if (!frame.from_server || frame.kind != FrameKind::text || frame.text.find("\"S\"") == std::string::npos)
    return false;
  const Json json = parse_json(frame.text);
  if (json.HasParseError()) return false;
  const JsonValue* init = member(json, "S");
  const JsonValue* messages = member(json, "M");
  return init != nullptr && init->IsInt() && init->GetInt() == 1 && messages != nullptr && messages->IsArray();
}

bool is_keep_alive(std::string_view text) {
  std::string bare;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') bare += c;
    if (bare.size() > 2) return false;
  }
  return bare.empty() || bare == "{}";
}

}  // namespace wire
