#include "client_call.hpp"

#include <string>

#include "json.hpp"
#include "json_slices.hpp"

namespace wire {

std::optional<signalr::ClientMsg> call_of(std::string_view frame) {
  const Json json = parse_json(frame);
  if (json.HasParseError() || !json.IsObject()) return std::nullopt;
  const JsonValue* args = member(json, "A");
  const JsonValue* state = member(json, "S");
  signalr::ClientMsg call;
  call.invocation_id = id_of(json);
  call.hub = string_member(json, "H");
  call.method = string_member(json, "M");
  const bool complete = member(json, "I") != nullptr && !call.invocation_id.empty() && args != nullptr &&
                        args->IsArray() && !call.hub.empty() && !call.method.empty() &&
                        (state == nullptr || state->IsObject());
  if (!complete || json.MemberCount() != (state != nullptr ? 5U : 4U)) return std::nullopt;
  for (const std::string_view arg : element_slices(*member_slice(frame, "A"))) {
    call.args.push_back(signalr::RawJson::parse(std::string(arg)));
  }
  if (state != nullptr) call.state = signalr::RawJson::parse(std::string(*member_slice(frame, "S")));
  return call;
}

}  // namespace wire
