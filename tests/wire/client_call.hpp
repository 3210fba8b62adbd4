// A client's message as a call to a hub, where it is one.
#pragma once

#include <signalr/message.hpp>

#include <optional>
#include <string_view>

namespace wire {

/// A client's call as ClientMsg; nothing for what can only be sent as text, since it is no call or not written as our
/// client writes them.
std::optional<signalr::ClientMsg> call_of(std::string_view frame);

/// Whether a client sent `message` when its user asked for `step` (see sent_by in sights.hpp): `[method, arguments…]`,
/// or the text itself.
bool is_sent_for(std::string_view step, std::string_view message);

}  // namespace wire
