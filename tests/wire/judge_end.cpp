// How a connection ended, or was lost and came back.
#include <algorithm>
#include <optional>

#include "judge.hpp"
#include "session_shape.hpp"
#include "states.hpp"

namespace wire {
namespace {

/// The code that a lost WebSocket ended with; nothing for all else, and for those that the client gave up.
std::optional<std::uint16_t> close_code_of(const RecordedExchange& transport) {
  if (!transport.is_websocket() || !ended_by_server(transport)) return std::nullopt;
  const auto close = std::find_if(transport.frames.begin(), transport.frames.end(),
                                  [](const RecordedFrame& frame) { return frame.kind == FrameKind::close; });
  return close == transport.frames.end() ? std::uint16_t{signalr::close_code::abnormal} : close->code;
}

bool begins(const std::string& body, std::string_view text) { return body.compare(0, text.size(), text) == 0; }

/// Answers after which no client tries again (P§4.1, P§7.4).
bool is_final(const RecordedExchange& step) {
  const std::string command = step.request->command();
  if (!step.response || (command != "reconnect" && command != "poll" && command != "send")) return false;
  const RecordedResponse& answer = *step.response;
  if (answer.status == 403) return begins(answer.body, "Unrecognized user identity");
  if (command == "send") return false;
  if (answer.status == 401) return command == "reconnect";
  return answer.status == 400 && (begins(answer.body, "The ConnectionId is in the incorrect format") ||
                                  begins(answer.body, "Protocol error: Unknown transport") ||
                                  begins(answer.body, "Protocol error: Missing connection token") ||
                                  begins(answer.body, "Not a valid web socket request"));
}

/// How a connection goes that was made.
struct Life {
  std::vector<const RecordedExchange*> losses;
  bool came_back = false;                          ///< after the last loss
  const RecordedExchange* final_answer = nullptr;  ///< that ended it; null: none
  std::vector<const RecordedExchange*> refused;    ///< messages that the server didn't take
  std::size_t binary = 0;                          ///< messages of the server's, told as errors (P#65)
};

Life life_of(const Episode& episode) {
  Life life;
  life.losses = lost_transports(episode);
  const RecordedExchange& last = *episode.transports().back();
  life.came_back = opened(last) && !life.losses.empty() && life.losses.back() != &last;
  for (const RecordedExchange& step : episode.steps) {
    if (is_final(step)) life.final_answer = &step;
    life.binary +=
        static_cast<std::size_t>(std::count_if(step.frames.begin(), step.frames.end(), [&](const RecordedFrame& frame) {
          return frame.from_server && frame.kind == FrameKind::binary && !episode.is_too_late(frame.t_ms);
        }));
    if (step.request->command() != "send") continue;
    if (!step.response ? step.ended_by == EndedBy::server : step.response->status != 200) life.refused.push_back(&step);
  }
  return life;
}

States expected_states(const Episode& episode, bool connected, const Life& life) {
  States states = {"disconnected -> connecting"};
  if (!connected) {
    states.emplace_back("connecting -> disconnected");
    return states;
  }
  states.emplace_back("connecting -> connected");
  const bool reconnects =
      !life.losses.empty() || (life.final_answer != nullptr && life.final_answer->request->command() == "reconnect");
  const bool ends = episode.ending == Ending::close || life.final_answer != nullptr;
  if (reconnects) states.emplace_back(kReconnecting);
  if (reconnects && life.came_back) states.emplace_back(kReconnected);
  if (ends)
    states.emplace_back(states.back() == kReconnecting ? "reconnecting -> disconnected" : "connected -> disconnected");
  return states;
}

/// Errors of messages that the server didn't take, told to their callers one by one.
void judge_refusals(const std::vector<const RecordedExchange*>& refused, const std::vector<signalr::ErrorPtr>& told,
                    Verdict& verdict) {
  const std::string first = told.empty() ? std::string() : std::string(": ") + told.front()->what();
  if (!verdict.check(told.size() == refused.size(),
                     "sending or closing failed " + std::to_string(told.size()) + " times" + first)) {
    return;
  }
  for (std::size_t i = 0; i < told.size(); ++i) {
    const auto* status = signalr::find_cause<signalr::HttpStatusError>(*told[i]);
    const auto& answer = refused[i]->response;
    const bool same = answer ? status != nullptr && status->status() == answer->status &&
                                   answer->body.compare(0, status->server_text().size(), status->server_text()) == 0
                             : status == nullptr;
    verdict.check(same, std::string("the error of a message doesn't tell how it was refused: ") + told[i]->what());
  }
}

/// Besides the end on_error tells `others`; not what was refused, which its caller hears (judge_refusals).
void judge_closed(const Transcript& seen, bool ended, bool with_reason, std::size_t others, Verdict& verdict) {
  verdict.check(seen.closed == (ended ? 1 : 0), "on_closed was called " + std::to_string(seen.closed) + " times");
  verdict.check((seen.closed_reason != nullptr) == with_reason,
                with_reason ? "on_closed didn't say why" : "on_closed told an error though there was none");
  const std::string first = seen.errors.empty() ? std::string() : std::string(": ") + seen.errors.front()->what();
  verdict.check(seen.errors.size() == (with_reason ? 1U : 0U) + others,
                "on_error told " + std::to_string(seen.errors.size()) + " errors" + first);
}

}  // namespace

void judge_end(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict) {
  const bool connected = outcome.kind == Outcome::Kind::connected;
  const Life life = connected ? life_of(episode) : Life();
  const bool flapping = life.losses.size() > 1;
  States expected = expected_states(episode, connected, life);
  if (flapping) expected = collapsed_flapping(std::move(expected));
  const States states = flapping ? collapsed_flapping(states_of(seen)) : states_of(seen);
  verdict.check(states == expected, "states: " + text_of(states) + " instead of " + text_of(expected));
  const auto reconnects = connected ? episode.all("reconnect") : std::vector<const RecordedExchange*>();
  if (!reconnects.empty()) {
    const bool theirs =
        std::any_of(reconnects.begin(), reconnects.end(), [](const auto* step) { return opened(*step); });
    const States all = states_of(seen);
    const bool ours = std::find(all.begin(), all.end(), kReconnected) != all.end();
    verdict.check(ours == theirs,
                  ours ? "our client reconnected, the recorded one couldn't" : "our client never reconnected");
  }
  const bool failed = !connected || life.final_answer != nullptr;
  judge_closed(seen, failed || episode.ending == Ending::close, failed, life.binary, verdict);
  judge_refusals(life.refused, seen.not_sent, verdict);
  std::vector<std::uint16_t> codes = {signalr::close_code::normal};
  if (life.losses.empty()) {
    verdict.check(seen.losses.empty(), "our client lost a connection that was fine");
  } else if (verdict.check(!seen.losses.empty(), "our client did not tell that the connection was lost")) {
    const auto code = close_code_of(*life.losses.front());
    if (code) {
      verdict.check(
          signalr::is_close_error(*seen.losses.front(), {*code}),
          "the loss is not told as a close with " + std::to_string(*code) + ": " + seen.losses.front()->what());
    }
  }
  for (const RecordedExchange* loss : life.losses) {
    if (const auto code = close_code_of(*loss)) codes.push_back(*code);  // our client echoes it
  }
  verdict.check(
      std::all_of(seen.close_codes.begin(), seen.close_codes.end(),
                  [&](std::uint16_t code) { return std::find(codes.begin(), codes.end(), code) != codes.end(); }),
      "our client closed with a code other than 1000");
}

}  // namespace wire
