#include <signalr/error_base.hpp>
#include <signalr/transport_error.hpp>

#include "protocol/safe_text.hpp"

namespace signalr {

Error::Error(std::string message, ErrorPtr cause, std::string server_text)
    : message_(std::make_shared<const std::string>(std::move(message))),
      cause_(std::move(cause)),
      server_text_(server_text.size() > detail::protocol::kMostServerText
                       ? detail::protocol::capped(server_text, detail::protocol::kMostServerText)
                       : std::move(server_text)) {}
Error::Error(const Error&) = default;
Error::~Error() = default;

const char* Error::what() const noexcept { return message_->c_str(); }

TransportError::TransportError(TransportFailure failure, std::string message, Sent sent)
    : ErrorType(std::move(message)), failure_(failure), sent_(sent) {}
TransportError::TransportError(TransportFailure failure, std::string message, std::uint16_t close_code,
                               std::string close_reason)
    : ErrorType(std::move(message), nullptr, std::move(close_reason)), failure_(failure), close_code_(close_code) {}
TransportError TransportError::proxy_refused(int status, std::string message, Sent sent) {
  TransportError error(TransportFailure::proxy, std::move(message), sent);
  error.proxy_status_ = status;
  return error;
}
TransportError::~TransportError() = default;

}  // namespace signalr
