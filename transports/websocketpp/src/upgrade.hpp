// The opening handshake of RFC 6455 §4.1: what is asked, and whether the answer is one to it. Pure.
//
// It is done here and not in websocketpp because that one wants a reason phrase in the status line (P#51), knows no
// 1xx, merges repeated Set-Cookie headers, and writes Host without an IPv6 address's brackets.
#pragma once

#include <string>

#include <signalr/headers.hpp>
#include <signalr/url.hpp>

namespace signalr::net {

/// What is wrong with the caller's headers: names that are the handshake's own, and everything that could split the
/// request (P#134). Empty: nothing. Never tells a value.
std::string header_problem(const Headers& headers);

/// A fresh Sec-WebSocket-Key.
std::string make_websocket_key();

std::string upgrade_request(const Url& url, const Headers& headers, const std::string& key);

/// What is wrong with the headers of a 101. Empty: nothing.
std::string upgrade_problem(const Headers& answer, const std::string& key);

}  // namespace signalr::net
