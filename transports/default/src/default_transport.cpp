// Puts the two adapters together; everything interesting is theirs.
#include <signalr/default_transport.hpp>

#include <utility>

#include <signalr/curl/http_client.hpp>
#include <signalr/websocketpp/dialer.hpp>
#include <signalr/websocketpp/event_loop.hpp>

namespace signalr {

DefaultTransport::operator DialOptions() const {
  DialOptions options;
  options.http_client = http_client;
  options.dialer = dialer;
  options.executor = executor;
  return options;
}

DefaultTransport make_default_transport(TlsOptions tls, ProxyOptions proxy) {
  DefaultTransport transport;
  // First, since it initialises OpenSSL without a handler at exit, and libcurl would do so with one.
  transport.dialer = make_websocketpp_dialer(tls, proxy);
  transport.http_client = make_curl_http_client(std::move(tls), std::move(proxy));
  transport.executor = shared_asio_event_loop();
  return transport;
}

}  // namespace signalr
