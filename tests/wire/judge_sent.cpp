// What our client sent to hubs and persistent connections, and how far it says it has got.
#include <algorithm>

#include "equivalence.hpp"
#include "json.hpp"
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
  std::string cursor;
  std::string groups;
  for (const Said& said : episode.said_by_server()) {
    const Json json = parse_json(said.text);
    if (json.HasParseError() || member(json, "I") != nullptr) continue;
    if (const std::string found = string_member(json, "C"); !found.empty()) cursor = found;
    if (member(json, "G") != nullptr) groups = string_member(json, "G");
  }
  verdict.check(seen.at_end.message_id == cursor,
                "state() tells message id " + seen.at_end.message_id + " at the end instead of " + cursor);
  verdict.check(seen.at_end.groups_token == groups, "state() tells another groups token at the end");
}

}  // namespace wire
