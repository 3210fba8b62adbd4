#include "episode.hpp"

#include <algorithm>

#include "feed.hpp"
#include "json.hpp"
#include "session_shape.hpp"

namespace wire {
namespace {

bool carries_messages(const RecordedExchange& step) {
  const std::string command = step.request->command();
  return command == "connect" || command == "reconnect" || command == "poll";
}

std::vector<Said> said(const Episode& episode, bool by_server) {
  std::vector<Said> found;
  for (const RecordedExchange& step : episode.steps) {
    for (Said& message : said_in(step)) {
      if (message.from_server == by_server) found.push_back(std::move(message));
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Said& a, const Said& b) { return a.t_ms < b.t_ms; });
  return found;
}

void add_usual_steps(Episode& episode, const Outline& outline, const SessionShape& shape) {
  Identity identity = shape.identity();
  if (const auto transports = episode.transports(); !transports.empty()) {
    identity.transport = transports.back()->request->transport();
  } else if (!shape.negotiation().try_websockets) {
    identity.transport = "serverSentEvents";
  }
  const double t = episode.steps.back().last_ms();
  auto& steps = episode.steps;
  const auto insert = [&](RecordedExchange step) {
    const auto later =
        std::find_if(steps.begin(), steps.end(), [&](const RecordedExchange& other) { return other.t_ms > step.t_ms; });
    steps.insert(later, std::move(step));
  };
  if (outline.usual_connect) steps.push_back(usual_connect(identity, shape.token(), t));
  if (outline.usual_start) {
    const auto connects = episode.all("connect");
    insert(usual_start(identity, shape.token(), connects.empty() ? t : connects.back()->t_ms));
  }
  add_usual_next(episode, identity, shape.token());
  if (outline.usual_abort) insert(usual_abort(identity, shape.token(), outline.end_ms));
}

}  // namespace

std::vector<const RecordedExchange*> Episode::all(std::string_view command) const {
  std::vector<const RecordedExchange*> found;
  for (const RecordedExchange& step : steps) {
    if (step.request->command() == command) found.push_back(&step);
  }
  return found;
}

std::vector<const RecordedExchange*> Episode::transports() const {
  std::vector<const RecordedExchange*> found;
  for (const RecordedExchange& step : steps) {
    if (carries_messages(step)) found.push_back(&step);
  }
  return found;
}

std::vector<Said> Episode::said_by_client() const { return said(*this, false); }

std::vector<Said> Episode::said_by_server() const { return said(*this, true); }

bool Episode::ends_reconnecting() const {
  const auto lost = lost_transports(*this);
  return !lost.empty() && lost.back() == transports().back();
}

Position Episode::last_position() const {
  Position position;
  for (const Said& message : said_by_server()) {
    const Json json = parse_json(message.text);
    if (is_too_late(message.t_ms) || json.HasParseError() || member(json, "I") != nullptr) continue;
    if (const std::string found = string_member(json, "C"); !found.empty()) position.message_id = found;
    if (member(json, "G") != nullptr) position.groups_token = string_member(json, "G");
  }
  return position;
}

bool asks_to_reconnect(const RecordedExchange& poll) {
  if (!poll.response) return false;
  const Json json = parse_json(payload_of(poll.response->body));
  const JsonValue* stops = json.HasParseError() ? nullptr : member(json, "T");
  return stops != nullptr && stops->IsInt() && stops->GetInt() == 1;
}

void add_usual_next(Episode& episode, const Identity& identity, const std::string& token) {
  const auto transports = episode.transports();
  if (transports.empty() || !transports.back()->response) return;
  const RecordedExchange& last = *transports.back();
  const bool polls = last.request->transport() == "longPolling";
  const bool over = polls && last.response->complete ? last.ended_by != EndedBy::client : ended_by_server(last);
  const bool closes = episode.ending == Ending::close;
  if (!over || (closes && episode.is_too_late(last.lost_ms()))) return;
  const bool goes_on = polls && last.response->complete && last.response->status == 200 && !asks_to_reconnect(last);
  RecordedExchange next =
      usual_next(identity, goes_on ? "poll" : "reconnect", token, last.lost_ms(), episode.last_position());
  // The others wait a little; and who closes just then may do so before that.
  next.optional = identity.transport != "webSockets" || closes;
  episode.steps.push_back(std::move(next));
}

bool opened(const RecordedExchange& transport) {
  return transport.response && (transport.is_websocket() || transport.response->status == 200);
}

std::vector<const RecordedExchange*> lost_transports(const Episode& episode) {
  const auto transports = episode.transports();
  const double keep_alive_ms = read_negotiation(*episode.all("negotiate").back()).keep_alive_ms;
  std::vector<const RecordedExchange*> lost;
  for (std::size_t i = 0; i < transports.size(); ++i) {
    const RecordedExchange& transport = *transports[i];
    const RecordedExchange* next = i + 1 < transports.size() ? transports[i + 1] : nullptr;
    const bool reconnects = next != nullptr && next->request->command() == "reconnect";
    bool ended = opened(transport) && ended_by_server(transport) && !episode.is_too_late(transport.lost_ms());
    if (transport.request->transport() == "longPolling") {
      ended = next == nullptr ? asks_to_reconnect(transport) && !episode.is_too_late(transport.lost_ms()) : reconnects;
    } else if (!ended && reconnects) {
      ended = opened(transport) && lost_by_silence(transport, keep_alive_ms, next->t_ms);
    }
    if (ended) lost.push_back(&transport);
  }
  return lost;
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
    if (recorded.request) feed(recorded, episode);
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
  for (RecordedExchange& step : episode.steps) {
    if (shape.stayed_behind(*step.request)) {
      step.request->path.replace(0, step.request->base().size(), shape.identity().base);
    }
  }
  add_usual_steps(episode, outline, shape);
  return episode;
}

}  // namespace wire
