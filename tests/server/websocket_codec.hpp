// RFC 6455 framing, the server's side.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signalr::test {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// The answer to a Sec-WebSocket-Key.
std::string websocket_accept(std::string_view key);

/// Appends an unmasked frame. `first_byte_flags` is FIN and the RSV bits; anything may be asked for.
void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint8_t first_byte_flags = 0x80);

/// One frame of a client, unmasked in place.
struct ClientFrame {
  enum class Outcome { incomplete, complete, bad };
  Outcome outcome = Outcome::incomplete;
  Opcode opcode = Opcode::text;
  bool fin = true;
  std::string_view payload;  ///< inside the buffer
  std::size_t size = 0;      ///< of the whole frame
};

/// Looks at the frame at `offset`. Unmasked frames, RSV bits, and lengths over `max_payload` are bad.
ClientFrame parse_client_frame(std::string& buffer, std::size_t offset, std::size_t max_payload);

}  // namespace signalr::test
