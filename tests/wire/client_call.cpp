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
  const auto args_slice = member_slice(frame, "A");
  const auto state_slice = member_slice(frame, "S");
  if (!args_slice || (state != nullptr && !state_slice)) return std::nullopt;  // names with escapes
  for (const std::string_view arg : element_slices(*args_slice)) {
    call.args.push_back(signalr::RawJson::parse(std::string(arg)));
  }
  if (state_slice) call.state = signalr::RawJson::parse(std::string(*state_slice));
  return call;
}

bool is_sent_for(std::string_view step, std::string_view message) {
  std::string sent(message);
  if (const auto call = call_of(message)) {
    sent = "[" + json_text(JsonValue(rapidjson::StringRef(call->method.c_str())));
    for (const auto& arg : call->args) sent += ',' + arg.text();
    sent += ']';
  }
  return step == sent || same_json(step, sent);
}

}  // namespace wire
