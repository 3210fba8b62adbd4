// The way to misbehave: what exchanges, upgrades and sockets of the test server are besides.
#pragma once

#include <string_view>

namespace signalr::test {

/// To be reached by `dynamic_cast` from a server::Exchange, Upgrade or Socket.
class RawBytes {
 public:
  virtual ~RawBytes() = default;
  /// Sends bytes past all framing: broken status lines, chunk sizes, WebSocket frames.
  virtual void send_raw(std::string_view bytes) = 0;
  /// Ends the connection with a reset instead of an orderly FIN.
  virtual void reset() = 0;
};

}  // namespace signalr::test
