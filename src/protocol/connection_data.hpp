// connectionData: which hubs a connection is for (P§6.1).
#pragma once

#include <string>
#include <vector>

#include <signalr/result.hpp>

namespace signalr::detail::protocol {

/// `[{"name":"chat"},…]`: each name once without regard to case (P#14), in the first spelling and order given.
/// UsageError for empty names, and for control characters or broken UTF-8 in them.
Result<std::string> make_connection_data(const std::vector<std::string>& hubs);

}  // namespace signalr::detail::protocol
