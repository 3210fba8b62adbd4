// Reads what a frame holds in `M` (P§6.4), and progress reports (P§6.5).
#pragma once

#include <cstddef>
#include <optional>

#include "protocol/envelope.hpp"
#include "protocol/json_cursor.hpp"

namespace signalr::detail::protocol {

/// The letter that a member of the envelope is named by; NUL for all other keys. Case counts (P§5.1).
char letter_of(const JsonString& key) noexcept;

/// A string's text; nothing for all else.
std::optional<JsonString> string_of(const JsonSlice& value) noexcept;

/// An id as text: a string's, or an integer number's; nothing for all else (P#82, P#128).
std::optional<JsonString> id_of(const JsonSlice& value) noexcept;

/// Reads the value of `P`, in place of an earlier one.
bool read_progress(JsonCursor& cursor, Progress& out);

/// Reads the value of `M` into the frame, in place of an earlier one.
bool read_messages(JsonCursor& cursor, Frame& frame, std::size_t max_parts);

}  // namespace signalr::detail::protocol
