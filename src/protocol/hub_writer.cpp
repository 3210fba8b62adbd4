#include "protocol/hub_writer.hpp"

#include "protocol/json_text.hpp"

namespace signalr::detail::protocol {

namespace {

bool has_members(std::string_view json) noexcept {
  constexpr std::string_view kWhite = " \n\r\t";
  const std::size_t open = json.find_first_not_of(kWhite);
  if (open == std::string_view::npos || json[open] != '{') return false;
  const std::size_t next = json.find_first_not_of(kWhite, open + 1);
  return next != std::string_view::npos && json[next] != '}';
}

void append_begin(std::string& out, std::string_view hub, std::string_view method) {
  out += "{\"H\":";
  append_json_string(out, hub);
  out += ",\"M\":";
  append_json_string(out, method);
  out += ",\"A\":[";  // P#78: there even when empty
}

void append_end(std::string& out, std::string_view id, std::string_view state) {
  // P§6.2: a string, which all servers echo; without an id the answer can't be told from others.
  out += "],\"I\":";
  append_json_string(out, id);
  if (has_members(state)) {
    out += ",\"S\":";
    out += state;
  }
  out.push_back('}');
}

}  // namespace

void append_client_message(std::string& out, const ClientMsg& message) {
  append_begin(out, message.hub, message.method);
  const char* separator = "";
  for (const RawJson& arg : message.args) {
    out += separator;
    out += arg.text();
    separator = ",";
  }
  append_end(out, message.invocation_id, message.state ? std::string_view(message.state->text()) : std::string_view());
}

void append_invocation(std::string& out, std::string_view hub, std::string_view method, std::string_view args,
                       std::string_view id, std::string_view state) {
  append_begin(out, hub, method);
  out += args;
  append_end(out, id, state);
}

}  // namespace signalr::detail::protocol
