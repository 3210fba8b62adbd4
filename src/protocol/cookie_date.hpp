// The dates of Set-Cookie (RFC 6265 §5.1.1), which come in every form that a server ever wrote.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace signalr::detail::protocol {

/// Nothing for what holds no date. Dates that the clock can't hold come as its first or last moment.
std::optional<std::chrono::system_clock::time_point> parse_cookie_date(std::string_view text) noexcept;

}  // namespace signalr::detail::protocol
