#include "protocol/user_identity.hpp"

#include <algorithm>
#include <iterator>

namespace signalr::detail::protocol {
namespace {

bool contains(std::string_view body, std::string_view text) noexcept {
  return body.find(text) != std::string_view::npos;
}

}  // namespace

bool is_user_identity_change(int status, std::string_view body) noexcept {
  return status == 403 && contains(body, "Unrecognized user identity");
}

bool is_request_rejected(int status, std::string_view body) noexcept {
  constexpr std::string_view kTexts[] = {
      "The ConnectionId is in the incorrect format",
      "Protocol error: Missing connection token",
      "Protocol error: Unknown transport",
      "Not a valid web socket request",
  };
  return status == 400 &&
         std::any_of(std::begin(kTexts), std::end(kTexts), [&](std::string_view text) { return contains(body, text); });
}

bool is_final_refusal(int status, std::string_view body) noexcept {
  return is_user_identity_change(status, body) || is_request_rejected(status, body);
}

}  // namespace signalr::detail::protocol
