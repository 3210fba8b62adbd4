// Seam: HTTP requests.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/executor.hpp>
#include <signalr/export.hpp>
#include <signalr/headers.hpp>
#include <signalr/operation.hpp>
#include <signalr/transport_error.hpp>

namespace signalr {

/// One request, complete: adapters add what HTTP itself demands (Host, Content-Length) and nothing else.
struct HttpRequest {
  std::string method = "GET";                ///< GET or POST
  std::string url;                           ///< absolute, http or https, percent-encoded, no fragment
  Headers headers;                           ///< sent as they are, cookies and authorization included
  std::string body;                          ///< sent with its Content-Length when the method is POST, also when empty
  std::size_t max_header_bytes = 64 * 1024;  ///< status line and headers; more is TransportFailure::limit
};

enum class Flow {
  more,   ///< go on
  pause,  ///< stop until `HttpOperation::resume`
};

/// Where an answer goes. All calls come on the strand of the executor given to `send`, never inside `send` or
/// `resume`. The sink outlives the operation.
class SIGNALR_API HttpSink {
 public:
  HttpSink() = default;
  HttpSink(const HttpSink&) = delete;
  HttpSink& operator=(const HttpSink&) = delete;
  virtual ~HttpSink();

  /// Once, first: the final status (1xx are skipped) and its headers. Any status is a success of HTTP.
  virtual void on_headers(int status, const Headers& headers) = 0;

  /// The body as it arrives, content decoding undone, each byte once; `data` is valid during the call and never
  /// empty. The chunk counts as taken whatever is answered. After `pause` no call comes but on_done with an
  /// error, until `resume`; an adapter may hold a bounded amount back meanwhile (its documentation says how much).
  virtual Flow on_data(std::string_view data) = 0;

  /// Once, last. Null: the answer is complete. Otherwise it failed, before or after on_headers; a body that ends
  /// before its Content-Length or its last chunk is such a failure: TransportFailure::closed, or TransportFailure::io
  /// when the connection was reset.
  virtual void on_done(const TransportError* error) = 0;
};

/// A request under way. Destroying it (also inside any of its sink's calls) cancels it at once: the connection
/// is dropped if the answer was not complete, and the sink is never called again.
class SIGNALR_API HttpOperation : public Operation {
 public:
  ~HttpOperation() override;
  /// After a `pause`: go on. Otherwise nothing happens. On the strand.
  virtual void resume() = 0;
};

/// Sends requests. Contract:
/// - `send` is called on the strand of `executor`, and never blocks: names are resolved elsewhere, a name that
///   hangs delays nobody else.
/// - Requests of one client run side by side; connections are re-used where the client can.
/// - No redirects, no cookies, no credentials of its own, no retries, no timeouts: these are the core's. Only a
///   proxy's are the adapter's.
/// - A connection that was kept may be dead before anything tells. A request of which no byte was written to it, and
///   the stack must know that, is sent over another one, or fails with TransportFailure::closed and Sent::no;
///   then the core sends it again. One that was written, if only in part, is never sent again: it fails with
///   Sent::maybe.
/// - What is wrong with the request itself is reported through on_done as well.
/// - It may be destroyed while operations are alive; these go on.
class SIGNALR_API HttpClient {
 public:
  HttpClient() = default;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  virtual ~HttpClient();

  virtual std::unique_ptr<HttpOperation> send(const std::shared_ptr<Executor>& executor, HttpRequest request,
                                              HttpSink& sink) = 0;

  /// What nobody may be shown of what it adds: a proxy's password, in each form that travels; errors keep none of it.
  /// Asked on the strand of each connection, whenever an answer is refused or broken: be quick, don't throw.
  virtual std::vector<std::string> secrets() const;
};

}  // namespace signalr
