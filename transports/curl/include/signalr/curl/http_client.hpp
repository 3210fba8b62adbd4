// HTTP over libcurl.
#pragma once

#include <memory>

#include <signalr/export.hpp>
#include <signalr/http_client.hpp>
#include <signalr/proxy_options.hpp>
#include <signalr/tls_options.hpp>

namespace signalr {

/// An HttpClient over libcurl (7.88 or later). It speaks HTTP/1.1 over http and
/// https, directly or through an http proxy (https in a CONNECT tunnel).
///
/// One thread does the work of all its requests. It starts with the first one, takes no signals, and ends with the
/// last of the client and its operations: letting go of that waits until libcurl returns from what it is doing, which
/// is never a wait for the network.
///
/// Names are looked up on a pool that all such clients of the process share; one that hangs delays no other (see
/// docs/threads.md for how many).
///
/// After fork() it stays the parent's: in the child its requests fail with TransportFailure::unsupported, and it and
/// its operations may be let go of, which leaves the parent's connections alone.
///
/// At most four idle connections are kept to a server, for 30 s each. One may be dead before anything tells: a request
/// of which nothing was written to it goes out over the next one, or a new one. What was written, if only in part, is
/// never sent again: it fails with TransportFailure::closed and Sent::maybe.
///
/// Held back while a sink pauses: up to 128 KiB here and 16 KiB in libcurl, besides the socket's own buffer. An answer
/// with a Content-Encoding (never asked for, unless by the request's own Accept-Encoding) is decoded as it comes, so
/// one that was compressed a thousandfold may hold 1000 × 16 KiB for a moment; at 64 MiB libcurl fails the request.
///
/// An answer with neither a length nor chunks ends with its connection, over https also where TLS says no goodbye: who
/// can cut the connection can cut such an answer short unnoticed.
///
/// libcurl gives up connecting after 300 s; it has no other time limit. `max_header_bytes` over 100 KiB don't allow a
/// single header line that is longer than 100 KiB.
///
/// The first client calls curl_global_init for the whole process, which initialises libcurl's TLS library; nothing
/// calls curl_global_cleanup, for others may use libcurl too.
///
/// Throws TransportError when the system gives it no descriptors (TransportFailure::io), or libcurl can't be
/// initialised (TransportFailure::tls), and std::bad_alloc; options that are wrong (a proxy's URL, a file that can't be
/// read) fail the requests.
SIGNALR_API std::shared_ptr<HttpClient> make_curl_http_client(TlsOptions tls = {}, ProxyOptions proxy = {});

}  // namespace signalr
