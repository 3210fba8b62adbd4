// JSON as text: checking and slicing without building anything.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/envelope.hpp"

namespace signalr::detail::protocol {

/// Whether `text` is one RFC 8259 value in valid UTF-8, at most max_depth containers deep. If it isn't, `error_offset`
/// (may be null) tells where the first byte is that was rejected.
ScanError check_json(std::string_view text, std::size_t max_depth, std::size_t* error_offset = nullptr);

/// Appends `text` as a JSON string with its quotes. Invalid UTF-8 is replaced by U+FFFD, so that what is sent is
/// always valid; U+2028 and U+2029 are escaped, as the servers do.
void append_json_string(std::string& out, std::string_view text);

/// `text` with \ufffd in place of each surrogate escape that stands alone (P#123), so that parsers take it that refuse
/// those. It stays as long as it was, and invalid where it was.
std::string without_lone_surrogates(std::string_view text);

/// `body` without what an HTTP answer may have ahead of its JSON: a byte order mark (P#122), white space (P#72).
std::string_view without_padding(std::string_view body) noexcept;

/// Whether `text` is valid UTF-8 (no overlong forms, no surrogates).
bool is_valid_utf8(std::string_view text) noexcept;

}  // namespace signalr::detail::protocol
