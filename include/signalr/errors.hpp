// The errors of connections and calls, each with what it knows. Names as in the Go library.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <signalr/error_base.hpp>
#include <signalr/transport_error.hpp>
#include <signalr/transport_kind.hpp>

namespace signalr {

/// The program asked for what makes no sense: a bad URL, an option out of range, a blocking call on the
/// connection's own executor, a second kind of consumer. Thrown at once, in every form of a call.
class SIGNALR_API UsageError : public ErrorType<UsageError> {
 public:
  using ErrorType::ErrorType;
  ~UsageError() override;
};

/// The CancelToken given to the call was canceled.
class SIGNALR_API CanceledError : public ErrorType<CanceledError> {
 public:
  using ErrorType::ErrorType;
  ~CanceledError() override;
};

/// The deadline given to the call, or the timeout of a step of the protocol, passed.
class SIGNALR_API DeadlineError : public ErrorType<DeadlineError> {
 public:
  using ErrorType::ErrorType;
  ~DeadlineError() override;
};

/// The Conn was destroyed, or its executor stopped, while something still used it.
class SIGNALR_API ConnectionGone : public ErrorType<ConnectionGone> {
 public:
  using ErrorType::ErrorType;
  ~ConnectionGone() override;
};

/// The transport was lost and is being opened again, so that nothing can be sent for now; `cause()` says why it was
/// lost. To be tried again after on_reconnected.
class SIGNALR_API ReconnectingError : public ErrorType<ReconnectingError> {
 public:
  explicit ReconnectingError(ErrorPtr cause);
  ~ReconnectingError() override;
};

/// The connection is over and is being dialed anew (DialOptions::restart), so that nothing can be sent for now;
/// `cause()` says why it ended. To be tried again in on_restarted.
class SIGNALR_API RestartingError : public ErrorType<RestartingError> {
 public:
  explicit RestartingError(ErrorPtr cause);
  ~RestartingError() override;
};

/// Something exceeded a limit; names the option that sets it.
class SIGNALR_API LimitError : public ErrorType<LimitError> {
 public:
  LimitError(std::string message, std::string option);
  ~LimitError() override;
  const std::string& option() const noexcept { return option_; }

 private:
  std::string option_;
};

/// The server sent what the protocol doesn't allow; the connection may go on (reported through on_error).
class SIGNALR_API ProtocolError : public ErrorType<ProtocolError> {
 public:
  using ErrorType::ErrorType;
  ~ProtocolError() override;
};

/// A handler of the user's threw an exception (reported through on_error): which one, and the exception's words; it is
/// the `cause()`, if it was an Error.
class SIGNALR_API HandlerError : public ErrorType<HandlerError> {
 public:
  using ErrorType::ErrorType;
  ~HandlerError() override;
};

/// The server ended the connection for good: with a global error, whose text is in `server_text()`, or with the
/// disconnect command of servers before 2.1 (P§5.1). There is no reconnecting.
class SIGNALR_API DisconnectedByServer : public ErrorType<DisconnectedByServer> {
 public:
  using ErrorType::ErrorType;
  ~DisconnectedByServer() override;
};

/// An HTTP answer whose status is no success, or, to a poll, 200 with no frame in it. `server_text()` begins its body.
class SIGNALR_API HttpStatusError : public ErrorType<HttpStatusError> {
 public:
  HttpStatusError(std::string message, int status, std::string body);
  ~HttpStatusError() override;
  int status() const noexcept { return status_; }

 private:
  int status_;
};

/// An error of a step on the way to a connection; `status()` is that of the HTTP answer that caused it, or 0.
class SIGNALR_API StepError : public Error {
 public:
  StepError(std::string message, ErrorPtr cause, std::string server_text = {});
  ~StepError() override;
  int status() const noexcept;
};

/// negotiate failed: not reached, refused, not understood, or the versions don't fit. `where` names the address that
/// was asked in the sentence, here and below: no query, no credentials.
class SIGNALR_API NegotiateError : public ErrorType<NegotiateError, StepError> {
 public:
  explicit NegotiateError(ErrorPtr cause, const std::string& where = {});
  ~NegotiateError() override;
};

/// A transport that could not be used for a connection, or could not be opened; and why.
struct GivenUpTransport {
  TransportKind transport;
  ErrorPtr reason;
};

/// No transport could be opened; or the connection was lost, and could not be opened again in time. The cause is the
/// last transport's.
class SIGNALR_API ConnectError : public ErrorType<ConnectError, StepError> {
 public:
  explicit ConnectError(ErrorPtr cause, std::vector<GivenUpTransport> given_up = {}, const std::string& where = {});
  ~ConnectError() override;
  /// While dialing: each transport that was given up, in order. Empty when the connection had been made before.
  const std::vector<GivenUpTransport>& given_up() const noexcept { return given_up_; }

 private:
  std::vector<GivenUpTransport> given_up_;
};

/// The transport was open, but /start failed, or the transport was lost before it was answered: the server was told
/// that we leave (abort). Or the server ended the connection meanwhile.
class SIGNALR_API StartError : public ErrorType<StartError, StepError> {
 public:
  explicit StartError(ErrorPtr cause, const std::string& where = {});
  ~StartError() override;
};

/// The WebSocket upgrade failed: `status()` is the HTTP status of a refusal, 0 when the network failed.
class SIGNALR_API DialError : public ErrorType<DialError> {
 public:
  DialError(int status, std::string message, ErrorPtr cause, std::string body = {});
  ~DialError() override;
  int status() const noexcept { return status_; }

 private:
  int status_;
};

/// The WebSocket was closed: `code()` of RFC 6455 §7.4; the peer's reason is in `server_text()`.
class SIGNALR_API CloseError : public ErrorType<CloseError> {
 public:
  CloseError(std::uint16_t code, std::string reason, ErrorPtr cause = nullptr);
  /// The program's own `close` ended the connection, over whichever transport. Its code is close_code::normal.
  static CloseError by_ourselves();
  ~CloseError() override;
  std::uint16_t code() const noexcept { return code_; }

 private:
  explicit CloseError(const char* message);

  std::uint16_t code_;
};

/// No message can be read any more: the connection is over; the cause says why.
class SIGNALR_API ReadError : public ErrorType<ReadError> {
 public:
  explicit ReadError(ErrorPtr cause);
  ~ReadError() override;
};

/// The message was not sent, or not known to be.
class SIGNALR_API WriteError : public ErrorType<WriteError> {
 public:
  explicit WriteError(ErrorPtr cause);
  ~WriteError() override;
};

/// /start was answered with something other than "started", which is in `actual()` and not in `what()`.
class SIGNALR_API InvalidStartResponseError : public ErrorType<InvalidStartResponseError> {
 public:
  explicit InvalidStartResponseError(std::string actual);
  ~InvalidStartResponseError() override;
  /// The `Response` member as JSON text, or the whole answer when there was none; capped.
  const std::string& actual() const noexcept { return actual_; }

 private:
  std::string actual_;
};

/// The transport opened but no init frame (`S`:1) came in time; `actual()` is what the last frame held instead.
class SIGNALR_API InvalidInitMessageError : public ErrorType<InvalidInitMessageError> {
 public:
  explicit InvalidInitMessageError(std::string actual);
  ~InvalidInitMessageError() override;
  /// The `S` member of the last frame that had one, as JSON text; empty when none had.
  const std::string& actual() const noexcept { return actual_; }

 private:
  std::string actual_;
};

/// Whether `error` was caused by a WebSocket close with one of `codes`. Without codes: false, as in Go.
SIGNALR_API bool is_close_error(const Error& error, std::initializer_list<std::uint16_t> codes) noexcept;

}  // namespace signalr
