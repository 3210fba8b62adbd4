// A network in memory: an HttpClient and a WebsocketDialer for the client's side, sites for the server's side, and
// every kind of failure in between, on demand.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/executor.hpp>
#include <signalr/export.hpp>
#include <signalr/http_client.hpp>
#include <signalr/server/site.hpp>
#include <signalr/transport_error.hpp>
#include <signalr/websocket.hpp>

namespace signalr::memory {

/// Something that is about to arrive at one of the two ends.
enum class StepKind {
  request,          ///< an HTTP request at the server
  headers,          ///< the start of an answer at the client
  data,             ///< a piece of a body at the client
  done,             ///< the end of an answer at the client
  upgrade,          ///< a WebSocket upgrade at the server
  upgraded,         ///< its answer (101 or a refusal) at the client
  to_server,        ///< a message at the server
  to_client,        ///< a message at the client
  close_to_server,  ///< a close frame at the server
  close_to_client,  ///< a close frame at the client
};

/// "request", "headers", "data", …: for messages of failing tests.
SIGNALR_API std::string_view to_string(StepKind kind) noexcept;

struct Step {
  std::size_t number = 0;  ///< 1 for the first one of this network
  StepKind kind = StepKind::request;
  std::string_view path;  ///< of the request that it belongs to, valid during the call
  std::string_view data;  ///< the message, the reason of a close frame or the piece of a body, valid during the call
};

/// What becomes of a step.
enum class Fault {
  none,       ///< it arrives
  fail,       ///< it is lost and its connection breaks: both ends are told
  stall,      ///< it is lost and nothing arrives on its connection any more, in either direction; nobody is told
  duplicate,  ///< it arrives twice, where it is a message or a piece of a body; all else arrives once
};

/// Joins clients to sites. Everything happens on the strand of one executor, mostly a VirtualExecutor: the clients
/// must use the same one, otherwise they get TransportFailure::unsupported. All functions are to be called on that
/// strand.
///
/// What it hands out keeps the contract of the seams to the letter: no callback inside a call, frames only in
/// answer to `read()`, chunks only until `pause`, destruction anywhere. Every request is a connection of its own.
class SIGNALR_API Network {
 public:
  explicit Network(std::shared_ptr<Executor> executor);
  /// Ends all connections without telling the clients anything; the sites may go afterwards.
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const std::shared_ptr<Executor>& executor() const noexcept;
  std::shared_ptr<HttpClient> http_client() const;
  std::shared_ptr<WebsocketDialer> dialer() const;

  /// Binds a site to an origin such as "http://example.test" or "https://example.test:8443"; ws and wss urls are
  /// those of http and https. Replaces the site bound before. The site must live until `unbind` or the network's end.
  void bind(std::string_view origin, server::Site& site);
  /// From now on connections to that origin are refused. Open ones go on.
  void unbind(std::string_view origin);

  /// New connections fail like this, until `heal`: TransportFailure::connect (refused), TransportFailure::resolve,
  /// TransportFailure::tls, …
  void fail_connections(TransportFailure failure, std::string message = "injected by the test");
  /// New connections are never made, and never fail, until `heal`; those who wait by then go on waiting.
  void stall_connections();
  void heal();
  /// As many coming HTTP requests find that the connection that they were to go over had died while it was idle: they
  /// fail with TransportFailure::closed, and nothing of them was sent.
  void kill_idle_connections(std::size_t requests = 1);
  /// Breaks everything that is open: both ends are told.
  void cut_all();
  /// From now on nothing arrives on what is open, and nobody is told.
  void stall_all();
  /// How long everything is under way, in either direction. Default: 0, arrives as soon as the executor runs.
  void set_latency(Duration latency);

  /// Called for each arrival just before it happens; it may do anything, also destroy the client. Empty: none.
  void on_step(std::function<Fault(const Step&)> hook);
  /// How many steps there were.
  std::size_t steps() const noexcept;

  /// Everything that was asked of the sites, and of origins that have none, in order of arrival.
  const std::vector<server::Request>& requests() const noexcept;
  void clear_requests();

  /// Connections (requests and WebSockets) that the client has not let go and that have not ended.
  std::size_t open_connections() const noexcept;

  struct State;  // for the library's own use

 private:
  std::shared_ptr<State> state_;
};

}  // namespace signalr::memory
