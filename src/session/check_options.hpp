// What the user gives to dial, checked before any I/O.
#pragma once

#include <signalr/dial_options.hpp>

namespace signalr::detail::session {

/// Throws a UsageError that names the option which makes no sense.
void check_options(const DialOptions& options);

}  // namespace signalr::detail::session
