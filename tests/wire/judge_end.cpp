// How a connection ended, or was lost and came back.
#include <algorithm>
#include <optional>

#include "judge.hpp"
#include "session_shape.hpp"
#include "states.hpp"

namespace wire {
namespace {

/// The WebSockets that the server ended while the client wanted them, by the code that they ended with.
std::vector<std::uint16_t> losses_of(const Episode& episode) {
  std::vector<std::uint16_t> losses;
  for (const RecordedExchange* transport : lost_transports(episode)) {
    const auto close = std::find_if(transport->frames.begin(), transport->frames.end(),
                                    [](const RecordedFrame& frame) { return frame.kind == FrameKind::close; });
    losses.push_back(close == transport->frames.end() ? std::uint16_t{signalr::kCloseAbnormal} : close->code);
  }
  return losses;
}

States expected_states(const Episode& episode, bool connected, bool lost) {
  States states = {"disconnected -> connecting"};
  if (!connected) {
    states.emplace_back("connecting -> disconnected");
    return states;
  }
  states.emplace_back("connecting -> connected");
  if (lost) states.emplace_back(kReconnecting);
  if (lost && episode.ending == Ending::close) states.emplace_back(kReconnected);
  if (episode.ending == Ending::close) states.emplace_back("connected -> disconnected");
  return states;
}

void judge_closed(const Transcript& seen, bool ended, bool with_reason, Verdict& verdict) {
  verdict.check(seen.closed == (ended ? 1 : 0), "on_closed was called " + std::to_string(seen.closed) + " times");
  verdict.check((seen.closed_reason != nullptr) == with_reason,
                with_reason ? "on_closed didn't say why" : "on_closed told an error though there was none");
  const std::string first = seen.errors.empty() ? std::string() : std::string(": ") + seen.errors.front()->what();
  verdict.check(seen.errors.size() == (with_reason ? 1U : 0U),
                "on_error told " + std::to_string(seen.errors.size()) + " errors" + first);
  const std::string refused = seen.not_sent.empty() ? std::string() : seen.not_sent.front()->what();
  verdict.check(seen.not_sent.empty(), "sending or closing failed: " + refused);
}

}  // namespace

void judge_end(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict) {
  const bool connected = outcome.kind == Outcome::Kind::kConnected;
  const auto losses = connected ? losses_of(episode) : std::vector<std::uint16_t>();
  const States expected = expected_states(episode, connected, !losses.empty());
  const bool flapping = losses.size() > 1;
  const States states = flapping ? collapsed_flapping(states_of(seen)) : collapsed(states_of(seen));
  verdict.check(states == expected, "states: " + text_of(states) + " instead of " + text_of(expected));
  judge_closed(seen, !connected || episode.ending == Ending::close, !connected, verdict);
  if (losses.empty()) {
    verdict.check(seen.losses.empty(), "our client lost a connection that was fine");
  } else if (verdict.check(!seen.losses.empty(), "our client did not tell that the connection was lost")) {
    verdict.check(
        signalr::is_close_error(*seen.losses.front(), {losses.front()}),
        "the loss is not told as a close with " + std::to_string(losses.front()) + ": " + seen.losses.front()->what());
  }
  verdict.check(std::all_of(seen.close_codes.begin(), seen.close_codes.end(),
                            [&](std::uint16_t code) {
                              return code == signalr::kCloseNormal ||
                                     std::find(losses.begin(), losses.end(), code) != losses.end();
                            }),
                "our client closed with a code other than 1000");
}

}  // namespace wire
