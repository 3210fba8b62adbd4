// A client's message as a call to a hub, where it is one.
#pragma once

#include <signalr/message.hpp>

#include <optional>
#include <string_view>

namespace wire {

/// A client's call as ClientMsg; nothing for what can only be sent as text, since it is no call or not written as our
/// client writes them.
std::optional<signalr::ClientMsg> call_of(std::string_view frame);

}  // namespace wire
