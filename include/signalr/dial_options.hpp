// How to connect: the network to use, identity, retries, timeouts, limits.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <signalr/events.hpp>
#include <signalr/executor.hpp>
#include <signalr/headers.hpp>
#include <signalr/http_client.hpp>
#include <signalr/limits.hpp>
#include <signalr/log.hpp>
#include <signalr/restart_options.hpp>
#include <signalr/transport_kind.hpp>
#include <signalr/websocket.hpp>

namespace signalr {

/// The user's own query parameters, added to every request (P§2.3).
class SIGNALR_API QueryParams {
 public:
  QueryParams() = default;
  /// Verbatim and already percent-encoded: "a=1&b=2"; one leading '?' or '&' is dropped.
  QueryParams(std::string encoded) : text_(std::move(encoded)) {}  // NOLINT(google-explicit-constructor)
  QueryParams(const char* encoded) : text_(encoded) {}             // NOLINT(google-explicit-constructor)
  /// Names and values as they are; they get encoded.
  QueryParams(std::initializer_list<std::pair<std::string, std::string>> params);

  const std::string& encoded() const noexcept { return text_; }

 private:
  std::string text_;
};

/// Everything that `dial` can be told. An aggregate: set what differs from the defaults. Bad values are a UsageError
/// of `dial`, before any I/O.
struct DialOptions {
  // The network.
  /// Always needed.
  std::shared_ptr<HttpClient> http_client;
  /// For WebSockets. Without one they are skipped where `transports` names others, and a UsageError where it doesn't.
  std::shared_ptr<WebsocketDialer> dialer;
  /// The strand of the connection; by default one event-loop thread that all connections of the process share.
  std::shared_ptr<Executor> executor;

  // Who asks, and for what.
  /// The highest protocol version to ask for, "1.2" to "2.1"; servers answer with what they can do. Answers from 1.2
  /// to 2.1 are accepted.
  std::string protocol = "2.1";
  /// For `dial` with hub names: append "signalr" to the URL (P§2.1).
  bool use_default_path = true;
  QueryParams params;
  /// Sent with every request, the WebSocket upgrade included. Also, with Authorization, to the host that negotiate
  /// redirects to (RedirectUrl, P§3.3), unless the redirect brings a token of its own. To where an HTTP redirect (3xx)
  /// of a GET leads the whole connection goes; on another origin only User-Agent and Accept go along, and of `params`
  /// what the redirect itself repeats. `access_token`, or the token of a
  /// redirect, replaces an Authorization given here. What is not the user's to set is a UsageError: Cookie (see
  /// `cookies`), Content-Type, Accept-Encoding, Proxy-Authorization (see ProxyOptions), and what belongs to HTTP
  /// itself: Host, Connection, Upgrade, Keep-Alive, Proxy-Connection, Content-Length, Transfer-Encoding, TE, Trailer,
  /// Expect, Sec-WebSocket-*.
  Headers headers;
  /// Sent to the endpoint's host along with those that the server sets; "name", "value".
  std::vector<std::pair<std::string, std::string>> cookies;
  /// Called before each request for the bearer token to send as Authorization; an empty one sends none. It runs on the
  /// executor and must not block. A token from a redirect takes precedence (P#28); after a redirect without one, the
  /// host that negotiate named gets this one.
  std::function<std::string()> access_token;
  /// Follow a RedirectUrl from https to http.
  bool allow_insecure_redirect = false;

  // Transports.
  /// Those to try, in order, each at most once: the next one when one can't be used, fails, or brings no init frame in
  /// time; never after init (P§4.3). ConnEvents::on_transport_failed and ConnectError::given_up tell why.
  std::vector<TransportKind> transports = {TransportKind::websockets, TransportKind::server_sent_events,
                                           TransportKind::long_polling};
  /// Use WebSockets also when negotiate says that the server doesn't have them.
  bool force_websockets = false;
  /// Server-sent events and long polling: how many messages may be on their way at the same time, each in a request of
  /// its own. 1 keeps their order, and each waits for the answer to the one before: for as long as the hub's method
  /// takes. More give that up.
  int parallel_sends = 1;

  // Timeouts; see also CallOptions.
  /// One negotiate or /start request.
  Duration request_timeout = std::chrono::seconds(30);
  /// On top of the server's TransportConnectTimeout: from opening a transport to its init frame.
  Duration extra_connect_timeout = std::chrono::seconds(0);
  /// How long `close` waits for the server.
  Duration close_timeout = std::chrono::seconds(5);

  // Retries: how many more attempts after the first; 0 none, negative without bound.
  /// Network errors (TLS failures excepted) and 5xx, 408, 429 only.
  int max_negotiate_retries = 5;
  /// On the last transport only, network errors (TLS failures excepted) and 5xx, 408, 429.
  int max_connect_retries = 5;
  /// Only while the request provably was not sent, since /start is not idempotent (P#42).
  int max_start_retries = 5;
  /// Within one reconnect; negative: as many as max_reconnect_duration allows.
  int max_reconnect_retries = -1;
  /// Between attempts; less than 100 ms counts as 100 ms; up to a quarter of it is added at random. Over server-sent
  /// events and long polling also before the first attempt to reconnect.
  Duration retry_interval = std::chrono::seconds(2);
  /// How long a server may have itself left alone by the Retry-After of its answer to negotiate, before it is asked
  /// again; zero: it isn't heeded.
  Duration max_retry_after = std::chrono::minutes(1);
  /// Gives 32 random bits, on the executor, for the jitter of retries: for tests that must run the same way each time.
  /// Default: a generator seeded by the system, which also serves when this one throws.
  std::function<std::uint32_t()> random;

  // When the connection is lost (docs/reconnect.md).
  /// How long reconnecting may take; by default the server's DisconnectTimeout, after which it may forget the
  /// connection and its groups. Zero: no reconnecting.
  std::optional<Duration> max_reconnect_duration;
  /// Messages and calls made while reconnecting wait in the send queue, within its limits, and go out in order once
  /// connected again; if that fails, or their own deadline comes first, they fail and are not sent. Default: over
  /// WebSockets they fail at once. What was under way on a WebSocket that was lost fails either way: it may have
  /// reached the server. Over server-sent events and long polling messages go out meanwhile, whatever this says.
  bool queue_while_reconnecting = false;
  /// Dial anew, on the same Conn, when the connection is over for a reason that isn't the user's. Default: no; then it
  /// is over for good.
  std::optional<RestartOptions> restart;

  Limits limits;
  ConnEvents events;
  LogHandler log;
  /// Lines below it aren't even composed.
  LogLevel log_level = LogLevel::debug;
};

}  // namespace signalr
