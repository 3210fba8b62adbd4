// HTTP redirects (3xx) of GET requests: where to, and what may go along (P§3.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <signalr/headers.hpp>
#include <signalr/result.hpp>
#include <signalr/url.hpp>

namespace signalr::detail::protocol {

/// Whether an answer's status asks for the same GET elsewhere: 301, 302, 303, 307, 308.
bool is_redirect_status(int status) noexcept;

struct HttpRedirect {
  std::string url;           ///< absolute, without a fragment
  bool same_origin = false;  ///< scheme, host and port stay: else hardly any of the user's headers go along
};

/// Where an answer with a redirect status and this Location (empty: it had none) leads. `followed` redirects were
/// followed before this one; more than `limit` is a LimitError, a URL that can't be followed a ProtocolError: other
/// schemes than http and https, https to http, credentials.
Result<HttpRedirect> follow_redirect(const Url& current, std::string_view location, int followed, int limit);

/// For the error of a request that isn't followed: where its answer leads, without secrets, and what to do. Empty for
/// an answer that is no redirect, or doesn't say where to.
std::string told_target(const Url& current, int status, const Headers& headers);

bool is_same_origin(const Url& a, const Url& b) noexcept;

/// The base URL of a connection whose request to `asked` was answered by `answered` instead: that request has moved
/// with all others if its last segment (the command, P§2.2) is still the same. Nothing: it was led elsewhere.
std::optional<std::string> moved_base(const Url& asked, const Url& answered);

}  // namespace signalr::detail::protocol
