// The transports that our client has, by their names on the wire. A recording that needs another one is skipped.
#pragma once

#include <signalr/dial_options.hpp>

#include <optional>
#include <string_view>

namespace wire {

/// Nothing for what our client doesn't have.
inline std::optional<signalr::TransportKind> kind_of(std::string_view transport) {
  using signalr::TransportKind;
  for (const TransportKind kind :
       {TransportKind::websockets, TransportKind::server_sent_events, TransportKind::long_polling}) {
    if (transport == to_string(kind)) return kind;
  }
  return std::nullopt;
}

}  // namespace wire
