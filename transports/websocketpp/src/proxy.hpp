// Which proxy a dial goes through, and how it is asked for a tunnel. Pure but for the environment.
#pragma once

#include <optional>
#include <string>

#include <signalr/proxy_options.hpp>
#include <signalr/url.hpp>

namespace signalr::net {

struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;  ///< value of Proxy-Authorization; empty: none
  std::string failure;        ///< why it can't be used (the scheme, the URL); empty: it can
};

/// Fills in what the environment says, where the options ask for it.
class ProxyRules {
 public:
  explicit ProxyRules(ProxyOptions options);

  /// The proxy for a target; none: straight.
  std::optional<Proxy> select(const Url& target) const;

 private:
  bool is_exception(const Url& target) const;

  ProxyOptions options_;
  std::string plain_url_;   // for ws
  std::string secure_url_;  // for wss
};

/// The request for a tunnel to `target`.
std::string connect_request(const Proxy& proxy, const Url& target);

/// host:port, with the brackets that an IPv6 address needs.
std::string host_and_port(const std::string& host, std::uint16_t port);

}  // namespace signalr::net
