// Writes calls to hubs as the server reads them (P§6.2).
#pragma once

#include <string>
#include <string_view>

#include <signalr/message.hpp>

namespace signalr::detail::protocol {

/// Appends `{"H":…,"M":…,"A":[…],"I":"…"[,"S":{…}]}`. The raw JSON parts are inserted as they are; a state without
/// members is left out (P#78).
void append_client_message(std::string& out, const ClientMsg& message);

/// The same from parts: `args` is the text of values with commas between them, `state` an object's or empty.
void append_invocation(std::string& out, std::string_view hub, std::string_view method, std::string_view args,
                       std::string_view id, std::string_view state);

}  // namespace signalr::detail::protocol
