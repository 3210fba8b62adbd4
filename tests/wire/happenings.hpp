// All that happened on a connection once it was made, in the order of its recording.
#pragma once

#include <string>
#include <vector>

#include "episode.hpp"

namespace wire {

struct Happening {
  enum class Kind {
    kClientSaid,  ///< a message of the client
    kServerSaid,  ///< a message of the server
    kNoAnswer,    ///< the client's message was taken without a word (of that /send)
    kRefused,     ///< the client's message was not taken
    kLost,        ///< the transport ended while the client wanted it
  };
  Kind kind = Kind::kClientSaid;
  double t_ms = 0;
  std::string text;  ///< the message
};

/// Within a millisecond the client came first, a loss last.
std::vector<Happening> happenings_of(const Episode& episode);

}  // namespace wire
