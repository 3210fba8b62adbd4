// How a connection ended, or was lost and came back.
#include <algorithm>
#include <optional>

#include "judge.hpp"
#include "session_shape.hpp"
#include "states.hpp"

namespace wire {
namespace {

/// The code that a lost WebSocket ended with; nothing for all else.
std::optional<std::uint16_t> close_code_of(const RecordedExchange& transport) {
  if (!transport.is_websocket()) return std::nullopt;
  const auto close = std::find_if(transport.frames.begin(), transport.frames.end(),
                                  [](const RecordedFrame& frame) { return frame.kind == FrameKind::close; });
  return close == transport.frames.end() ? std::uint16_t{signalr::kCloseAbnormal} : close->code;
}

/// Answers after which no client tries again (P§7.4).
bool is_final(const RecordedExchange& step) {
  const std::string command = step.request->command();
  if (!step.response || (command != "reconnect" && command != "poll")) return false;
  const int status = step.response->status;
  return status == 401 || status == 403 ||
         (status == 400 && step.response->body.find("The ConnectionId is in the incorrect format") == 0);
}

/// How a connection goes that was made.
struct Life {
  std::vector<const RecordedExchange*> losses;
  bool came_back = false;        ///< after the last loss
  bool ended_by_server = false;  ///< by a final answer
  std::size_t refused = 0;       ///< messages that the server didn't take
};

Life life_of(const Episode& episode) {
  Life life;
  life.losses = lost_transports(episode);
  const RecordedExchange& last = *episode.transports().back();
  const bool opened = last.response && (last.is_websocket() || last.response->status == 200);
  life.came_back = opened && !life.losses.empty() && life.losses.back() != &last;
  for (const RecordedExchange& step : episode.steps) {
    if (is_final(step)) life.ended_by_server = true;
    if (step.request->command() != "send") continue;
    if (!step.response ? step.ended_by == EndedBy::server : step.response->status != 200) ++life.refused;
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
  const bool lost = !life.losses.empty() || life.ended_by_server;
  const bool closed = episode.ending == Ending::close && !life.ended_by_server;
  if (lost) states.emplace_back(kReconnecting);
  if (lost && (closed || life.came_back)) states.emplace_back(kReconnected);
  if (closed) states.emplace_back("connected -> disconnected");
  if (life.ended_by_server) states.emplace_back("reconnecting -> disconnected");
  return states;
}

void judge_closed(const Transcript& seen, bool ended, bool with_reason, std::size_t refused, Verdict& verdict) {
  verdict.check(seen.closed == (ended ? 1 : 0), "on_closed was called " + std::to_string(seen.closed) + " times");
  verdict.check((seen.closed_reason != nullptr) == with_reason,
                with_reason ? "on_closed didn't say why" : "on_closed told an error though there was none");
  const std::string first = seen.errors.empty() ? std::string() : std::string(": ") + seen.errors.front()->what();
  verdict.check(seen.errors.size() == (with_reason ? 1U : 0U) + refused,
                "on_error told " + std::to_string(seen.errors.size()) + " errors" + first);
  const std::string what = seen.not_sent.empty() ? std::string() : std::string(": ") + seen.not_sent.front()->what();
  verdict.check(seen.not_sent.size() == refused,
                "sending or closing failed " + std::to_string(seen.not_sent.size()) + " times" + what);
}

}  // namespace

void judge_end(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict) {
  const bool connected = outcome.kind == Outcome::Kind::kConnected;
  const Life life = connected ? life_of(episode) : Life();
  const States expected = expected_states(episode, connected, life);
  const bool flapping = life.losses.size() > 1;
  const States states = flapping ? collapsed_flapping(states_of(seen)) : collapsed(states_of(seen));
  verdict.check(states == expected, "states: " + text_of(states) + " instead of " + text_of(expected));
  const bool failed = !connected || life.ended_by_server;
  judge_closed(seen, failed || episode.ending == Ending::close, failed, life.refused, verdict);
  std::vector<std::uint16_t> codes = {signalr::kCloseNormal};
  if (life.losses.empty() && !life.ended_by_server) {
    verdict.check(seen.losses.empty(), "our client lost a connection that was fine");
  } else if (verdict.check(!seen.losses.empty(), "our client did not tell that the connection was lost")) {
    const auto code = life.losses.empty() ? std::nullopt : close_code_of(*life.losses.front());
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
