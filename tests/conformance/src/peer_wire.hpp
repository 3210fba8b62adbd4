// HTTP/1.1 and RFC 6455 as the peer speaks them: pure functions from bytes to values and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <signalr/conformance/peer.hpp>
#include <signalr/headers.hpp>

namespace signalr::conformance {

/// Opcodes of RFC 6455.
namespace op {
enum Code : unsigned char {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xA,
};
}  // namespace op

/// A frame of a client, unmasked.
struct ClientFrame {
  bool fin = true;
  unsigned char opcode = op::text;
  std::string payload;
};

enum class Parse {
  done,
  incomplete,
  broken,  ///< not what a client may send
};

/// Takes one request, with its body, from the beginning of `in`.
Parse take_request(std::string& in, PeerRequest& request);
/// Takes one frame from the beginning of `in`. An unmasked one is broken (RFC 6455 §5.1).
Parse take_frame(std::string& in, ClientFrame& frame);

/// A server's frame. `first` is the first byte: FIN, RSV and the opcode.
std::string server_frame(unsigned char first, std::string_view payload);
inline std::string server_frame(op::Code opcode, std::string_view payload) {
  return server_frame(static_cast<unsigned char>(0x80 | opcode), payload);
}
/// What a close frame carries; nothing for close_code::no_status.
std::string close_payload(std::uint16_t code, std::string_view reason);

/// Status line and headers, with the empty line.
std::string answer_head(int status, const Headers& headers);
/// The 101 that accepts a request.
std::string upgrade_head(const PeerRequest& request, const Headers& headers);

}  // namespace signalr::conformance
