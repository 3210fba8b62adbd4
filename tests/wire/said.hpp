// The messages of both sides, whatever carried them: WebSocket messages, server-sent events, the answers to polls, the
// bodies of /send and their answers (P§4, P§8).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recording.hpp"

namespace wire {

struct Said {
  enum class Carrier {
    frame,   ///< `index`: of the WebSocket's frames
    event,   ///< `index`: of the answer's pieces
    poll,    ///< the answer to connect, poll or reconnect of long polling
    form,    ///< the client's, in a /send
    answer,  ///< the result in the answer to a /send
  };
  double t_ms = 0;
  std::string text;
  Carrier carrier = Carrier::frame;
  std::size_t exchange = RecordedExchange::kUnnumbered;  ///< in the recording
  std::size_t index = 0;

  bool from_server = false;
};

/// What is said in one exchange, in order; keep-alives, "initialized", close frames and binary messages left out.
std::vector<Said> said_in(const RecordedExchange& exchange);

/// Puts another text in place of what was said, or takes it away.
void say_instead(Recording& recording, const Said& said, const std::optional<std::string>& text);

/// `{}` or nothing, with any white space: messages that no user sees.
bool is_keep_alive(std::string_view text);

/// The message that tells the client that it is connected: `S`:1 and an array `M` (P§4.2).
bool is_init(std::string_view message);

/// The JSON in a piece of an answer's body: where it is, so that it can be replaced. Empty when there is none.
std::string_view payload_of(std::string_view piece);

}  // namespace wire
