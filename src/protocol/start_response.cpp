#include "protocol/start_response.hpp"

#include <signalr/errors.hpp>

#include "protocol/json_members.hpp"

namespace signalr::detail::protocol {

Result<void> check_start_response(std::string_view body, const TextFilter& shown) {
  const Result<JsonMembers> members = JsonMembers::read(body);
  const JsonMember* response = members.ok() ? members.value().find("Response") : nullptr;
  if (response == nullptr) return InvalidStartResponseError(shown(body));
  if (response->type != JsonType::string || response->text != "started") {
    return InvalidStartResponseError(shown(response->json));
  }
  return {};
}

}  // namespace signalr::detail::protocol
