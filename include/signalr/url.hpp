// Absolute URLs, cut into the parts that dialing needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <signalr/export.hpp>

namespace signalr {

/// An absolute URL with an authority, as adapters get it. Nothing is decoded or encoded.
struct SIGNALR_API Url {
  std::string scheme;      ///< lower case
  std::string userinfo;    ///< text before '@', without it; mostly empty
  std::string host;        ///< lower case; an IPv6 literal comes without its brackets
  std::uint16_t port = 0;  ///< given, or the scheme's: 80 for http and ws, 443 for https and wss, else 0
  std::string path;        ///< begins with '/'
  std::string query;       ///< without '?'
  std::string fragment;    ///< without '#'
  bool has_query = false;
  bool has_fragment = false;

  /// Nothing for what is no such URL: without scheme or host, a bad port, control characters or spaces.
  static std::optional<Url> parse(std::string_view text);

  /// What the request line names: path and query.
  std::string target() const;
  /// What the Host header names: brackets around an IPv6 literal, the port only when it isn't the scheme's.
  std::string authority() const;
  /// Whether the scheme is https or wss.
  bool secure() const noexcept;
  /// Whether the host is an IPv4 or IPv6 address rather than a name.
  bool host_is_address() const noexcept;
};

}  // namespace signalr
