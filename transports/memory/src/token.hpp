// Connection tokens and groups tokens: text that only this server can make, full of characters that must be
// percent-encoded in a query (P§2.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace signalr::server {

// `purpose` keeps one kind of token from passing for another.
std::string make_token(std::string_view purpose, std::string_view content);
// Nothing when the token isn't one of ours, was damaged, or is of another purpose.
std::optional<std::string> open_token(std::string_view purpose, std::string_view token);

}  // namespace signalr::server
