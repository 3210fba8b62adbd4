// What our client sent to hubs and persistent connections, and how far it says it has got.
#include <algorithm>

#include "equivalence.hpp"
#include "judge.hpp"

namespace wire {

void judge_sent(const Episode& episode, const Transcript& seen, Verdict& verdict) {
  const auto frames = episode.said_by_client();
  verdict.check(seen.sent.size() == frames.size(), "our client sent " + std::to_string(seen.sent.size()) +
                                                       " messages instead of " + std::to_string(frames.size()));
  for (std::size_t i = 0; i < std::min(frames.size(), seen.sent.size()); ++i) {
    const std::string differs = frame_difference(frames[i].text, seen.sent[i]);
    verdict.check(differs.empty(), "our client sent " + differs);
  }
}

void judge_last_tokens(const Episode& episode, const Transcript& seen, Verdict& verdict) {
  const Position position = episode.last_position();
  verdict.check(seen.at_end.message_id == position.message_id,
                "state() tells message id " + seen.at_end.message_id + " at the end instead of " + position.message_id);
  verdict.check(seen.at_end.groups_token == position.groups_token, "state() tells another groups token at the end");
}

}  // namespace wire
