// The sentences of the errors: Go's words first, then the cause's own sentence. What the server said stays in
// server_text(), shortened.
#include <signalr/errors.hpp>

#include <algorithm>
#include <utility>

#include <signalr/result.hpp>

#include "protocol/safe_text.hpp"

namespace signalr {
namespace {

using detail::protocol::capped;

std::string with_cause(std::string sentence, const ErrorPtr& cause) {
  if (cause != nullptr) {
    // Callers may have put the cause's words into theirs already.
    const std::string_view words = cause->what();
    if (sentence.find(words) == std::string::npos) sentence.append(": ").append(words);
  }
  return sentence;
}

/// What the server said that led to this: the nearest text in the causes.
std::string text_of(const ErrorPtr& cause) {
  for (const Error* link = cause.get(); link != nullptr; link = link->cause().get()) {
    if (!link->server_text().empty()) return link->server_text();
  }
  return {};
}

std::string naming(std::string message, const std::string& option) {
  if (message.find(option) == std::string::npos) message += " (option " + option + ")";
  return message;
}

std::string dial_sentence(int status, const std::string& message) {
  std::string sentence = "dial failed";
  if (status != 0) sentence += " (" + std::to_string(status) + ")";
  if (!message.empty()) sentence += ": " + message;
  return sentence;
}

std::string at(std::string sentence, const std::string& where) {
  if (!where.empty()) sentence += " at " + where;
  return sentence;
}

std::string connect_sentence(const ErrorPtr& cause, const std::vector<GivenUpTransport>& given_up,
                             const std::string& where) {
  std::string sentence = at("connect failed", where);
  const char* separator = ": ";
  if (given_up.size() > 1) {
    for (const GivenUpTransport& one : given_up) {
      sentence.append(separator).append(to_string(one.transport)).append(": ").append(one.reason->what());
      separator = "; ";
    }
  }
  return with_cause(std::move(sentence), cause);
}

const char* meaning_of(std::uint16_t code) noexcept {
  switch (code) {
    case close_code::normal:
      return "normal closure";
    case close_code::going_away:
      return "the peer is going away";
    case close_code::protocol_error:
      return "protocol error";
    case close_code::unsupported_data:
      return "unsupported kind of data";
    case close_code::no_status:
      return "the close frame had no code";
    case close_code::abnormal:
      return "the connection ended without a close frame";
    case close_code::invalid_payload:
      return "invalid UTF-8";
    case close_code::policy_violation:
      return "policy violation";
    case close_code::message_too_big:
      return "message too big";
    case close_code::internal_error:
      return "internal error of the peer";
    default:
      return nullptr;
  }
}

std::string close_sentence(std::uint16_t code, const ErrorPtr& cause) {
  std::string sentence = "websocket closed " + std::to_string(code);
  if (cause != nullptr) return with_cause(std::move(sentence), cause);
  if (const char* meaning = meaning_of(code)) sentence.append(": ").append(meaning);
  return sentence;
}

/// Not what came: however short, it may be anything.
std::string measure(const std::string& text) {
  if (text.empty()) return "nothing";
  return std::to_string(text.size()) + (text.size() == 1 ? " byte" : " bytes") + " of something else, see actual()";
}

}  // namespace

void detail::no_error_in_result() {
  throw UsageError("this Result has no error: it holds a value, or it was moved from; ask ok() first");
}

UsageError::~UsageError() = default;
CanceledError::~CanceledError() = default;
DeadlineError::~DeadlineError() = default;
ConnectionGone::~ConnectionGone() = default;
ProtocolError::~ProtocolError() = default;
HandlerError::~HandlerError() = default;
DisconnectedByServer::~DisconnectedByServer() = default;

ReconnectingError::ReconnectingError(ErrorPtr cause)
    : ErrorType(with_cause("the connection is reconnecting, try again when it is connected", cause), cause,
                text_of(cause)) {}
ReconnectingError::~ReconnectingError() = default;

RestartingError::RestartingError(ErrorPtr cause)
    : ErrorType(with_cause("the connection is over and is being dialed anew, try again when it is connected", cause),
                cause, text_of(cause)) {}
RestartingError::~RestartingError() = default;

LimitError::LimitError(std::string message, std::string option)
    : ErrorType(naming(std::move(message), option)), option_(std::move(option)) {}
LimitError::~LimitError() = default;

HttpStatusError::HttpStatusError(std::string message, int status, std::string body)
    : ErrorType(std::move(message), nullptr, capped(body)), status_(status) {}
HttpStatusError::~HttpStatusError() = default;

StepError::StepError(std::string message, ErrorPtr cause, std::string server_text)
    : Error(std::move(message), std::move(cause), capped(server_text)) {}
StepError::~StepError() = default;

int StepError::status() const noexcept {
  for (const Error* link = cause().get(); link != nullptr; link = link->cause().get()) {
    if (const auto* http = dynamic_cast<const HttpStatusError*>(link)) return http->status();
    if (const auto* dial = dynamic_cast<const DialError*>(link); dial != nullptr && dial->status() != 0) {
      return dial->status();
    }
  }
  return 0;
}

NegotiateError::NegotiateError(ErrorPtr cause, const std::string& where)
    : ErrorType(with_cause(at("negotiate failed", where), cause), cause, text_of(cause)) {}
NegotiateError::~NegotiateError() = default;

ConnectError::ConnectError(ErrorPtr cause, std::vector<GivenUpTransport> given_up, const std::string& where)
    : ErrorType(connect_sentence(cause, given_up, where), cause, text_of(cause)), given_up_(std::move(given_up)) {}
ConnectError::~ConnectError() = default;

StartError::StartError(ErrorPtr cause, const std::string& where)
    : ErrorType(with_cause(at("start failed", where), cause), cause, text_of(cause)) {}
StartError::~StartError() = default;

DialError::DialError(int status, std::string message, ErrorPtr cause, std::string body)
    : ErrorType(with_cause(dial_sentence(status, message), cause), cause, body.empty() ? text_of(cause) : capped(body)),
      status_(status) {}
DialError::~DialError() = default;

CloseError::CloseError(std::uint16_t code, std::string reason, ErrorPtr cause)
    : ErrorType(close_sentence(code, cause), cause, capped(reason)), code_(code) {}
CloseError::CloseError(const char* message) : ErrorType(message), code_(close_code::normal) {}
CloseError CloseError::by_ourselves() { return CloseError("the connection was closed by this program"); }
CloseError::~CloseError() = default;

ReadError::ReadError(ErrorPtr cause) : ErrorType(with_cause("read failed", cause), cause, text_of(cause)) {}
ReadError::~ReadError() = default;

WriteError::WriteError(ErrorPtr cause) : ErrorType(with_cause("write failed", cause), cause, text_of(cause)) {}
WriteError::~WriteError() = default;

InvalidStartResponseError::InvalidStartResponseError(std::string actual)
    : ErrorType("expected start response \"started\", got " + measure(actual), nullptr, capped(actual)),
      actual_(capped(actual)) {}
InvalidStartResponseError::~InvalidStartResponseError() = default;

InvalidInitMessageError::InvalidInitMessageError(std::string actual)
    : ErrorType(actual.empty() ? "expected init message S value 1, got no message with an S"
                               : "expected init message S value 1, got " + measure(actual),
                nullptr, capped(actual)),
      actual_(capped(actual)) {}
InvalidInitMessageError::~InvalidInitMessageError() = default;

bool is_close_error(const Error& error, std::initializer_list<std::uint16_t> codes) noexcept {
  const auto wanted = [&](std::uint16_t code) { return std::find(codes.begin(), codes.end(), code) != codes.end(); };
  for (const Error* link = &error; link != nullptr; link = link->cause().get()) {
    if (const auto* close = dynamic_cast<const CloseError*>(link); close != nullptr && wanted(close->code())) {
      return true;
    }
    const auto* transport = dynamic_cast<const TransportError*>(link);
    if (transport != nullptr && transport->close_code() && wanted(*transport->close_code())) return true;
  }
  return false;
}

}  // namespace signalr
