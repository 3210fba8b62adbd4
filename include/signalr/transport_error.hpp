// What adapters report when the network fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <signalr/error_base.hpp>

namespace signalr {

/// Which part of the network failed.
enum class TransportFailure {
  unsupported,  ///< the adapter can't do what was asked (scheme, proxy kind)
  resolve,      ///< the host name has no address, or the resolver failed
  connect,      ///< no address of the host took a TCP connection
  proxy,        ///< the proxy refused or broke the tunnel
  tls,          ///< handshake failed; the certificate's problem is in the message
  protocol,     ///< the peer broke HTTP or RFC 6455, or sent invalid UTF-8: rejected by us
  limit,        ///< the peer exceeded a limit; the message names the option
  closed,       ///< the peer ended the connection, perhaps amid an answer (with a close frame: `close_code` is set)
  io,           ///< reading or writing failed (reset, unreachable, broken pipe)
};

/// The codes of RFC 6455 §7.4.1 that matter here; 3000 to 4999 are for applications to define.
namespace close_code {
enum : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_status = 1005,  ///< never on the wire: a close frame without a code
  abnormal = 1006,   ///< never on the wire: the connection ended without a close frame
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  internal_error = 1011,
};
}  // namespace close_code

/// Whether any of a request has left this machine.
enum class Sent {
  no,     ///< provably nothing: no connection was made, or no byte was written; it is safe to send it again
  maybe,  ///< some or all of it may have
};

/// A failure of the network, as an adapter reports it.
class SIGNALR_API TransportError : public ErrorType<TransportError> {
 public:
  TransportError(TransportFailure failure, std::string message, Sent sent);
  /// The end of a WebSocket: `close_code` is the peer's, or the one that we sent when we rejected its data.
  TransportError(TransportFailure failure, std::string message, std::uint16_t close_code, std::string close_reason);
  /// TransportFailure::proxy: the proxy answered with that HTTP status. By it a refusal is told from what may heal
  /// (P#139).
  static TransportError proxy_refused(int status, std::string message, Sent sent);
  ~TransportError() override;

  TransportFailure failure() const noexcept { return failure_; }
  Sent sent() const noexcept { return sent_; }
  /// The HTTP status with which a proxy refused; 0: none did.
  int proxy_status() const noexcept { return proxy_status_; }
  /// Set when a WebSocket ended: close_code::abnormal without a close frame.
  const std::optional<std::uint16_t>& close_code() const noexcept { return close_code_; }
  /// The peer's words in its close frame are in `server_text()`.

 private:
  TransportFailure failure_;
  Sent sent_ = Sent::maybe;
  int proxy_status_ = 0;
  std::optional<std::uint16_t> close_code_;
};

}  // namespace signalr
