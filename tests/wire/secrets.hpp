// What must never be found in an error's or a log line's text (P§11, P#135).
#pragma once

#include <signalr/error_base.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "episode.hpp"

namespace wire {

/// Tokens, credentials and cookies of the episode, as they are and percent-encoded, and the beginnings of queries.
std::vector<std::string> secrets_of(const Episode& episode);

/// The first secret in `text`, with what is around it; empty when there is none.
std::string leak_in(std::string_view text, const std::vector<std::string>& secrets);

/// The same for the sentences of an error and of its causes. The server's own words are kept apart from them.
std::string leak_in(const signalr::ErrorPtr& error, const std::vector<std::string>& secrets);

}  // namespace wire
