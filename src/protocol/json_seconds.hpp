// Seconds as JSON numbers, turned into a Duration exactly: no double, no locale.
#pragma once

#include <optional>
#include <string_view>

#include <signalr/executor.hpp>

namespace signalr::detail::protocol {

/// The duration of `number` seconds, where `number` is a valid JSON number ("20", "6.6666667", "1e1"); rounded
/// towards zero to nanoseconds, capped at a day either way. Nothing for what no double could hold ("1e400", P#18).
std::optional<Duration> parse_seconds(std::string_view number) noexcept;

}  // namespace signalr::detail::protocol
