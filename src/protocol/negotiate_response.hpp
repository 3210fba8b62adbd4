// What negotiate answers (P§3.1): parsed, checked against the supported versions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <signalr/executor.hpp>
#include <signalr/result.hpp>

#include "protocol/protocol_version.hpp"
#include "protocol/safe_text.hpp"

namespace signalr::detail::protocol {

struct NegotiateResponse {
  std::string connection_token;
  std::string connection_id;  ///< for the user to see; empty when the server doesn't tell it
  ProtocolVersion version;
  std::string version_text;                    ///< as the server wrote it
  std::optional<Duration> keep_alive_timeout;  ///< nothing: no keep-alives, no monitoring
  Duration disconnect_timeout = std::chrono::seconds(30);
  Duration connection_timeout = std::chrono::seconds(110);
  Duration transport_connect_timeout = std::chrono::seconds(5);
  bool try_websockets = false;
  std::string redirect_url;  ///< not empty: negotiate again there; only the version and the two of these are set
  std::string access_token;  ///< for `Authorization: Bearer` from now on; fit for a header; may be empty
};

/// Parses the body of a 200. Errors are ProtocolError and say what is wrong with it: P#16–24, P#30, P#33. The server's
/// own `Error` is in the error's text and in server_text(). `sent_version` is for the message about versions that
/// don't fit. Durations are capped at a day, TransportConnectTimeout at five minutes; ones that make no sense (zero and
/// less) are taken as missing. `shown` is asked for what an error may keep of the server's own words.
Result<NegotiateResponse> parse_negotiate_response(
    std::string_view body, std::string_view sent_version,
    const TextFilter& shown = [](std::string_view text) { return capped(text); });

/// Where a RedirectUrl leads (P§3.3): split at the first '?'. `base` has no query and ends in '/'; `query` replaces the
/// user's own unless it is empty, and is ready to be appended like that one.
struct Redirect {
  std::string base;
  std::string query;
};
/// Refuses relative URLs, schemes other than http and https, and https → http unless allowed (P#31); also
/// credentials, fragments, and queries that hold parameters of the protocol. Errors are ProtocolError.
Result<Redirect> parse_redirect(std::string_view redirect_url, std::string_view current_base, bool allow_downgrade);

}  // namespace signalr::detail::protocol
