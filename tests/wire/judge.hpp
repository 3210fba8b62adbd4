// Compares what our client did and saw with what the recording holds. Each comparison is counted: a verdict without any
// is worth nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "episode.hpp"
#include "outcome.hpp"
#include "transcript.hpp"

namespace wire {

struct Verdict {
  std::size_t judgements = 0;
  std::vector<std::string> failures;

  /// Counts one judgement; `failure` says what is wrong unless `good`.
  bool check(bool good, const std::string& failure) {
    ++judgements;
    if (!good) failures.push_back(failure);
    return good;
  }
  /// `failure` is empty when all is well.
  bool check(const std::string& failure) { return check(failure.empty(), failure); }
};

/// All of the below, with `episode.what` before each failure.
void judge(const Episode& episode, const Transcript& seen, Verdict& verdict);

/// Our requests are the recorded client's, no more, no less, in their order.
void judge_requests(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict);
/// The dial came to what the answers make of it; errors tell what they must and no secret.
void judge_outcome(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict);
/// What the user sent arrived.
void judge_sent(const Episode& episode, const Transcript& seen, Verdict& verdict);
/// The cursor and the groups token that our client has at the end are the last ones that the server sent.
void judge_last_tokens(const Episode& episode, const Transcript& seen, Verdict& verdict);
/// Each of the server's messages reached a user of messages, read rightly; or the handlers of one of hubs; or one of a
/// raw connection.
void judge_messages(const Episode& episode, const Transcript& seen, Verdict& verdict);
void judge_hubs(const Episode& episode, const Transcript& seen, Verdict& verdict);
void judge_received(const Episode& episode, const Transcript& seen, Verdict& verdict);
/// What a raw connection's user must receive, as it was written.
std::vector<std::string> received_by_raw_user(const Episode& episode);
/// How our reading of a result differs from RapidJSON's, but for its id; empty when it doesn't.
std::string result_difference(std::string_view text, const signalr::Message& ours);
/// States and the end of the connection (P§1, P§9).
void judge_end(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict);
/// What the recorded client's user saw.
void judge_sights(const Episode& episode, const Transcript& seen, Verdict& verdict);

}  // namespace wire
