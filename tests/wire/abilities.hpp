// What our client can do of what recordings hold. A recording that needs more is skipped, and says what it needs.
#pragma once

#include <string>
#include <string_view>

namespace wire {

struct Abilities {
  bool server_sent_events = false;
  bool long_polling = false;
  bool reconnect = true;

  bool has_transport(std::string_view transport) const {
    if (transport == "serverSentEvents") return server_sent_events;
    if (transport == "longPolling") return long_polling;
    return transport == "webSockets";
  }
};

inline constexpr Abilities kOurAbilities{};

}  // namespace wire
