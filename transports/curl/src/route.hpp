// Where a request goes: its server, and the proxy that it goes through.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <signalr/proxy_options.hpp>
#include <signalr/url.hpp>

namespace signalr::curl {

/// `host:port` for messages, with brackets around an IPv6 address.
std::string endpoint_name(const Url& url);

/// The user's ProxyOptions, with the environment as it was when the client was made.
class ProxyRules {
 public:
  explicit ProxyRules(const ProxyOptions& options);

  /// The URL of the proxy for this server, as it was given; empty: none.
  const std::string& proxy_for(const Url& server) const;
  /// User and password of the proxies, in each form in which they travel.
  std::vector<std::string> secrets() const;

 private:
  bool excepted(const Url& server) const;

  std::string for_http_;
  std::string for_https_;
  std::vector<std::string> no_proxy_;  // lower case
};

/// Reads a proxy's URL, whose scheme may be left out as the environment's often is. Nothing unless it is an http proxy.
std::optional<Url> parse_proxy(const std::string& text);

}  // namespace signalr::curl
