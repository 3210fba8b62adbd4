#include <signalr/invocation_error.hpp>

#include <utility>

#include "protocol/safe_text.hpp"

namespace signalr {
namespace {

std::string sentence(const std::string& method, const std::string& id, std::string_view why) {
  return "failed to invoke \"" + detail::protocol::one_line(method, 200) + "\" (" + id +
         "): " + detail::protocol::one_line(why);
}

}  // namespace

InvocationError::InvocationError(std::string method, std::string id, std::string server_text, bool hub_error,
                                 std::optional<RawJson> data)
    : ErrorType(sentence(method, id, server_text), nullptr, server_text),
      method_(std::move(method)),
      id_(std::move(id)),
      hub_error_(hub_error),
      data_(std::move(data)) {}
InvocationError::InvocationError(std::string method, std::string id, const char* why, ErrorPtr cause)
    : ErrorType(sentence(method, id, why + (cause == nullptr ? std::string() : std::string(": ") + cause->what())),
                cause),
      method_(std::move(method)),
      id_(std::move(id)) {}
InvocationError::~InvocationError() = default;

DuplicateCallbackError::DuplicateCallbackError(std::string hub, std::string method)
    : ErrorType("duplicate callback for method \"" + method + "\" of hub \"" + hub + "\""),
      hub_(std::move(hub)),
      method_(std::move(method)) {}
DuplicateCallbackError::~DuplicateCallbackError() = default;

}  // namespace signalr
