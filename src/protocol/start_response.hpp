// What /start answers (P§4.2).
#pragma once

#include <string_view>

#include <signalr/result.hpp>

namespace signalr::protocol {

/// Ok when the body is a JSON object whose `Response` is "started" (P#43); else InvalidStartResponseError.
Result<void> check_start_response(std::string_view body);

}  // namespace signalr::protocol
