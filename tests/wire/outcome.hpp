// What dialing must come to, given the recorded answers: the judge's own reading of P§3 and P§4.
#pragma once

#include <string>
#include <vector>

#include "episode.hpp"
#include "negotiation.hpp"

namespace wire {

struct Outcome {
  enum class Kind { connected, negotiate_error, connect_error, start_error };
  Kind kind = Kind::negotiate_error;
  int status = 0;           ///< of the HTTP answer that is to blame; 0: none
  std::string server_text;  ///< what the server said about it
  std::string actual;       ///< of kStartError: what came in place of "started"
  bool limit = false;       ///< of kNegotiateError: redirected too often
  Negotiation negotiation;  ///< the last one
  /// The steps that our client must have asked for, in order.
  std::vector<const RecordedExchange*> steps;
};

const char* to_string(Outcome::Kind kind);

/// The result points into `episode`.
Outcome expected_outcome(const Episode& episode);

}  // namespace wire
