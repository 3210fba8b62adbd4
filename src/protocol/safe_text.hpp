// Text from outside, made fit for an error or a log line: bounded in length, printable, without secrets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace signalr::protocol {

/// How much of a server's text an error keeps.
inline constexpr std::size_t kMaxServerText = 1024;

/// The beginning of `text`, cut between two UTF-8 characters.
std::string capped(std::string text, std::size_t max_bytes = kMaxServerText);

/// The beginning of `text` on one line: control characters and bytes that aren't ASCII become '?'.
std::string printable(std::string_view text, std::size_t max_bytes = 200);

/// `"hub.method"`, quotes included: how errors name a hub's method. An empty method: the hub alone.
std::string quoted_name(std::string_view hub, std::string_view method);

/// `text` without what it repeats of ours, as error pages do: the queries of URLs, and each of `secrets`, also where
/// the end of the text, or anything else behind its first 64 bytes, cuts it off. Secrets shorter than 6 bytes are no
/// secrets. Takes time in proportion to the text, whatever a server has put into it.
std::string without_echoes(std::string text, const std::vector<std::string>& secrets);

}  // namespace signalr::protocol
