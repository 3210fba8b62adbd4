// What a 401 or 407 asks for, in words: for errors, and for adapters that meet proxies.
#pragma once

#include <string>
#include <string_view>

#include <signalr/export.hpp>
#include <signalr/headers.hpp>

namespace signalr {

/// The authentication schemes that the fields of that name ("WWW-Authenticate", "Proxy-Authenticate") offer, as they
/// were written and in their order, each once: "Negotiate, NTLM". Empty: none. Never more than five.
SIGNALR_API std::string offered_schemes(const Headers& answer, std::string_view name);

/// What to do about a proxy's 407, to go on after "answered 407". `given`: it had the credentials of ProxyOptions.
SIGNALR_API std::string proxy_challenge(const Headers& answer, bool given);

}  // namespace signalr
