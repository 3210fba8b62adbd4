// Text from outside, made fit for an error or a log line: bounded in length, printable.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace signalr::detail::protocol {

/// How much an error keeps of the body of an answer, and of other texts that nobody reads to their end.
inline constexpr std::size_t kMaxServerText = 1024;
/// How much an error keeps of any text of a server's.
inline constexpr std::size_t kMostServerText = 64 * 1024;
/// How much of it a sentence repeats: with our own words and the longest names at most 4 KiB.
inline constexpr std::size_t kMaxQuoted = 3600;

/// The beginning of `text`, cut between two UTF-8 characters.
std::string capped(std::string_view text, std::size_t max_bytes = kMaxServerText);

/// Makes what a server said fit to be kept by an error.
using TextFilter = std::function<std::string(std::string_view)>;

/// The beginning of `text` on one line: control characters and bytes that aren't ASCII become '?'.
std::string printable(std::string_view text, std::size_t max_bytes = 200);

/// The beginning of prose on one line, in any language: line ends and tabs become spaces; other control characters,
/// what turns the direction of text, and broken UTF-8 become '?'.
std::string one_line(std::string_view text, std::size_t max_bytes = kMaxQuoted);

/// `"hub.method"`, quotes included: how errors name a hub's method. An empty method: the hub alone.
std::string quoted_name(std::string_view hub, std::string_view method);

}  // namespace signalr::detail::protocol
