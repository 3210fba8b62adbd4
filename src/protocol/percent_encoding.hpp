// Percent-encoding (RFC 3986 §2), both ways.
#pragma once

#include <string>
#include <string_view>

namespace signalr::detail::protocol {

/// Leaves RFC 3986's unreserved characters, encodes all other bytes as %XX (P§2.4).
void append_percent_encoded(std::string& out, std::string_view text);

/// Encodes only what neither a path nor a query may hold. For text that its author has encoded, but perhaps not
/// all of it.
std::string encode_leftovers(std::string_view text);

/// What a server reads from a part of a query: '+' is a space, %XX a byte, a broken %XX stays as it is (P§2.4).
std::string decode_form(std::string_view text);

}  // namespace signalr::detail::protocol
