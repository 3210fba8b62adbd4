// The network for those who don't bring their own: libcurl for HTTP, websocketpp for WebSockets.
#pragma once

#include <memory>
#include <utility>

#include <signalr/dial_options.hpp>
#include <signalr/executor.hpp>
#include <signalr/export.hpp>
#include <signalr/http_client.hpp>
#include <signalr/proxy_options.hpp>
#include <signalr/tls_options.hpp>
#include <signalr/websocket.hpp>

namespace signalr {

/// Goes where DialOptions are expected, as it is or as the start of them:
///
///     DialOptions options = make_default_transport();
///     options.access_token = ...;
struct DefaultTransport {
  std::shared_ptr<HttpClient> http_client;
  std::shared_ptr<WebsocketDialer> dialer;
  std::shared_ptr<Executor> executor;

  /// Options with these three set, all else at its default.
  SIGNALR_API operator DialOptions() const;  // NOLINT(google-explicit-constructor)
};

/// `tls` and `proxy` hold for HTTP and WebSockets alike. Any thread.
///
/// Make one and keep it for all connections with these options: each has an HTTP client of its own, with a thread, kept
/// connections and certificates to read. The executor is the same for all, the websocketpp module's shared loop: one
/// thread, which ends with its last connection; WebSockets run on it too, so that frames reach the connection without
/// changing threads.
///
/// For the whole process it initialises OpenSSL (without its handler at exit, see `make_websocketpp_dialer`) and
/// libcurl.
SIGNALR_API DefaultTransport make_default_transport(TlsOptions tls, ProxyOptions proxy);
// No default arguments: g++ 12 destroys temporary aggregates twice in statements with co_await.
inline DefaultTransport make_default_transport(TlsOptions tls) { return make_default_transport(std::move(tls), {}); }
inline DefaultTransport make_default_transport() { return make_default_transport({}, {}); }

}  // namespace signalr
