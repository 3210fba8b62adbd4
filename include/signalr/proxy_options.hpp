// Which proxy adapters go through: one set of options for HTTP and WebSockets alike.
#pragma once

#include <string>
#include <vector>

namespace signalr {

/// A proxy for everything but the exceptions. The default goes straight to the server and looks at no environment
/// variable.
struct ProxyOptions {
  /// `http://host:port`, with `user:password@` (percent-encoded) before the host where the proxy wants them; they
  /// are sent as Basic credentials to the proxy alone. Empty: no proxy. WebSockets and https go through CONNECT
  /// tunnels. Other schemes give TransportFailure::unsupported where the adapter doesn't speak them.
  std::string url;

  /// Hosts to reach without the proxy: `example.com` means it and every name below it (a leading dot is allowed),
  /// an IP address means itself, `name:port` that port alone, `*` everything. Letter case doesn't matter.
  std::vector<std::string> no_proxy;

  /// Whether an empty `url` is filled in from the environment when the adapter is made: `https_proxy` or
  /// `HTTPS_PROXY` for https and wss, `http_proxy` (lower case only, since a CGI server sets HTTP_PROXY from a
  /// request's header) for http and ws, else `all_proxy` or `ALL_PROXY`; and `no_proxy` or `NO_PROXY`, split at
  /// commas, added to the list above.
  bool from_environment = false;
};

}  // namespace signalr
