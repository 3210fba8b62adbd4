// All that happened on a connection once it was made, in the order of its recording.
#pragma once

#include <string>
#include <vector>

#include "episode.hpp"

namespace wire {

struct Happening {
  enum class Kind {
    client_said,  ///< a message of the client
    server_said,  ///< a message of the server
    no_answer,    ///< the client's message was taken without a word (of that /send)
    refused,      ///< the client's message was not taken
    lost,         ///< the transport ended while the client wanted it
  };
  Kind kind = Kind::client_said;
  double t_ms = 0;
  std::string text;  ///< the message
};

/// Within a millisecond the client came first, a loss last.
std::vector<Happening> happenings_of(const Episode& episode);

}  // namespace wire
