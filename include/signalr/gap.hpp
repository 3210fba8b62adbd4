// Messages that were lost, as far as the wire lets one know (P§5.6).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <signalr/export.hpp>

namespace signalr {

/// The server never says that it skipped messages; its cursors let one conclude it. Losses counted here may well be of
/// messages for others, since cursors count all messages of a topic.
struct Gap {
  enum class Reason : std::uint8_t {
    other_server,      ///< the server restarted, or another one answered: nothing was sent again
    cursor_discarded,  ///< the server forgot where we were: nothing was sent again
    topic_recreated,   ///< a topic counts anew: loss and duplicates are possible
    topic_jumped,      ///< more messages of a topic went by than fit into a frame
    poll_jumped,       ///< long polling: so many went by that the server may have dropped some
    frame_dropped,     ///< a frame, or calls out of it, were dropped here; on_error says why
    restarted,         ///< dialed anew (DialOptions::restart): what came meanwhile isn't sent
  };
  Reason reason = Reason::other_server;
  bool certain = false;     ///< messages were lost; else it is only possible
  std::string topic;        ///< for certain jumps of one topic: the server's short name of it, as it came
  std::uint64_t count = 0;  ///< for certain jumps: at least so many messages of the topic were skipped; else 0
};

SIGNALR_API std::string_view to_string(Gap::Reason reason) noexcept;

}  // namespace signalr
