// What /start answers (P§4.2).
#pragma once

#include <string_view>

#include <signalr/result.hpp>

#include "protocol/safe_text.hpp"

namespace signalr::detail::protocol {

/// Ok when the body is a JSON object whose `Response` is "started" (P#43); else InvalidStartResponseError.
/// `shown` is asked for what the error may keep of it.
Result<void> check_start_response(
    std::string_view body, const TextFilter& shown = [](std::string_view text) { return capped(text); });

}  // namespace signalr::detail::protocol
