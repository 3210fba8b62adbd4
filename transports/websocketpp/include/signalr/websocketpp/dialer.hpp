// WebSockets out of the box: websocketpp's frames over Asio's sockets and OpenSSL's TLS.
#pragma once

#include <memory>

#include <signalr/export.hpp>
#include <signalr/proxy_options.hpp>
#include <signalr/tls_options.hpp>
#include <signalr/websocket.hpp>

namespace signalr {

/// A dialer for ws and wss, to be shared by any number of connections and threads.
///
/// On an executor of this library (`make_asio_event_loop`, `shared_asio_event_loop`, `make_asio_executor`) the socket
/// runs on the same loop, and frames reach the sink straight from it. On any other one the sockets run on
/// `shared_asio_event_loop()`, and what they bring is handed over with `post`.
///
/// - Names are resolved on a small pool of threads of their own; a name that hangs delays no other name, no
///   cancellation and not the end of the process. Only where 32 dials hang in names at once does another name wait,
///   until one of them is given up.
/// - While no `read()` is outstanding nothing is read from the socket; at most 64 KiB that came before are held.
///   Pings wait as well meanwhile. For another executor up to 64 KiB and a message are read ahead besides.
/// - Text is sent as given: the caller sees to its being UTF-8.
/// - permessage-deflate is never offered, and an answer that turns on what was not offered is refused.
/// - Proxies: http only, with Basic credentials; others fail with TransportFailure::unsupported.
/// - What the TLS options name is read once, for the first wss dial; what is wrong with it fails each of them with
///   TransportFailure::tls.
/// - The first dialer initialises OpenSSL for the whole process with OPENSSL_INIT_NO_ATEXIT, since connections may
///   still be at work when the process ends: OpenSSL's memory is not freed then. It has no effect when OpenSSL is
///   initialised already, as `make_curl_http_client` may do: make the dialer before, or have no connection left at the
///   end of main.
///
/// Throws TransportError (TransportFailure::tls) when OpenSSL can't be initialised, and std::bad_alloc.
SIGNALR_API std::shared_ptr<WebsocketDialer> make_websocketpp_dialer(TlsOptions tls = {}, ProxyOptions proxy = {});

}  // namespace signalr
