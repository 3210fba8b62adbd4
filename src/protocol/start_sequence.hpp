// What follows what between an open transport and Connected (P§4.2): depends on the negotiated version alone.
#pragma once

#include "protocol/protocol_version.hpp"

namespace signalr::detail::protocol {

class StartSequence {
 public:
  enum class Next {
    wait,        ///< something else has to come first, or this came twice
    send_start,  ///< now send /start
    connected,
  };

  explicit StartSequence(ProtocolVersion negotiated) noexcept : version_(negotiated) {}

  /// Before 1.3 servers send no init frame: an open transport is a connection (P#48).
  Next on_open() noexcept {
    if (!(version_ < kInitVersion)) return Next::wait;
    init_seen_ = true;
    return Next::connected;
  }

  /// The first init frame counts, wherever it stands (P#39); others are ignored (P#46).
  Next on_init() noexcept {
    if (init_seen_) return Next::wait;
    init_seen_ = true;
    return version_ < kDelayedStartVersion ? Next::connected : Next::send_start;
  }

  /// Until then another transport may be tried, and afterwards never (P#37).
  bool init_seen() const noexcept { return init_seen_; }

 private:
  ProtocolVersion version_;
  bool init_seen_ = false;
};

}  // namespace signalr::detail::protocol
