// A connection to a SignalR server: dial, read, write, close.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <signalr/call_options.hpp>
#include <signalr/conn_stats.hpp>
#include <signalr/dial_options.hpp>
#include <signalr/errors.hpp>
#include <signalr/events.hpp>
#include <signalr/export.hpp>
#include <signalr/function.hpp>
#include <signalr/message.hpp>
#include <signalr/result.hpp>

namespace signalr {

class Client;

namespace detail {
namespace hub {
class Proxy;
class Router;
}  // namespace hub
namespace session {
class Session;
}  // namespace session

template <class T>
inline constexpr bool kIsClient = std::is_same_v<std::remove_cv_t<std::remove_reference_t<T>>, Client>;
}  // namespace detail

/// The hubs that a connection is for; the server sends their broadcasts only, and checks authorization by them.
struct SIGNALR_API Hubs {
  Hubs() = default;
  explicit Hubs(std::vector<std::string> hub_names) : names(std::move(hub_names)) {}
  /// The hubs of these Clients, each of which is connected by the dial: `dial(url, {orders, news}, options)`. A Client
  /// has one connection at a time, or one dial: another one is a UsageError.
  template <class... Clients, std::enable_if_t<(detail::kIsClient<Clients> || ...), int> = 0>
  Hubs(Clients&&... clients) {  // NOLINT(google-explicit-constructor)
    constexpr bool kLasting = (std::is_same_v<Clients, Client&> && ...);
    static_assert(kLasting,
                  "dial takes Clients that live on, and nothing but Clients: Client orders(\"Orders\"); dial(url, "
                  "{orders}, options)");
    if constexpr (kLasting) (add(clients), ...);
  }

  std::vector<std::string> names;

 private:
  friend class detail::hub::Router;
  void add(Client& client);

  std::vector<std::shared_ptr<detail::hub::Proxy>> clients_;
};

/// Instead of Hubs: the connectionData of each request, as text. For raw persistent connections, mostly empty.
struct ConnectionData {
  ConnectionData() = default;
  explicit ConnectionData(std::string json) : text(std::move(json)) {}

  std::string text;
};

/// A connection. Made by `dial` or `async_dial`; movable.
///
/// Any thread may call any function, handlers may too. Each blocking call has a form with a handler; called on the
/// connection's own executor the blocking one throws UsageError instead of deadlocking. On an executor without a
/// thread of its own (see Executor::run_one) blocking calls drive it.
///
/// The destructor drops the connection at once, without telling the server: call `close` for that. It waits for a
/// handler that is running on another thread, never for the network; when it returns no handler runs any more.
/// Threads that are blocked in a call get ConnectionGone; handlers not yet called are destroyed uncalled.
class SIGNALR_API Conn {
 public:
  using ReadHandler = UniqueFunction<void(Result<Message>)>;
  using DoneHandler = UniqueFunction<void(Result<void>)>;

  /// Empty: to be assigned to. So is one that was moved from. Its state is `disconnected`; all that needs a connection
  /// throws UsageError.
  Conn() noexcept;
  Conn(Conn&&) noexcept;
  Conn& operator=(Conn&&) noexcept;
  ~Conn();
  /// Whether there is a connection, be it over or not.
  explicit operator bool() const noexcept { return session_ != nullptr; }

  /// The next frame that isn't a keep-alive, in order. Frames wait in a bounded queue; when that is full, reading from
  /// the network stops until one is taken. Throws ReadError once the connection is over and the queue is empty,
  /// DeadlineError, CanceledError; those two also when a frame waits, which then stays. Readers that wait at the same
  /// time are served in turn.
  Message read_message(const CallOptions& options = {});
  /// The same into a message whose memory is re-used.
  void read_message(Message& message, const CallOptions& options = {});
  void async_read_message(ReadHandler handler, const CallOptions& options = {});

  /// Sends a call to a hub and returns when the network has taken it; over server-sent events and long polling, when
  /// the server has answered the request that carries it. Calls go out in the order in which they were made, across
  /// threads (but see DialOptions::parallel_sends). Throws WriteError (connection over, reconnecting, queue full,
  /// request refused), DeadlineError and CanceledError (it may then be sent all the same). `hub` and `method` as given;
  /// with an empty invocation id the server's answer can't be told from others.
  void write_message(const ClientMsg& message, const CallOptions& options = {});
  void async_write_message(const ClientMsg& message, DoneHandler handler, const CallOptions& options = {});

  /// Sends text as it is: for raw persistent connections (P§6.7), whose server side defines what it means. Order and
  /// errors as write_message.
  void send(std::string text, const CallOptions& options = {});
  void async_send(std::string text, DoneHandler handler, const CallOptions& options = {});

  /// From now on `handler` gets each message: for raw persistent connections (P§6.7), the value that the server sent;
  /// also the answers to hub calls, whole. The view is valid during the call. In order, on the executor, beginning with
  /// what came before; a later handler replaces this one. Throws UsageError when read_message or Clients were used.
  void on_received(UniqueFunction<void(RawJsonView message)> handler);

  /// Tells the server that we leave (abort, P§9), closes the transport and waits for its end, at most
  /// DialOptions::close_timeout. Closing twice, or in several threads, is fine: all return when it is over. It never
  /// fails but by DeadlineError or CanceledError of `options`; closing goes on then.
  void close(const CallOptions& options = {});
  void async_close(DoneHandler handler, const CallOptions& options = {});

  /// A copy of what the connection knows of itself; never waits.
  State state() const;
  ConnectionState connection_state() const noexcept;
  /// What the connection has done so far; never waits.
  ConnStats stats() const;
  /// The transport in use; while dialing the one that is being tried.
  TransportKind transport() const;

  /// Replace the handlers given in DialOptions::events. on_closed is called (later, on the executor) also when the
  /// connection is over already. An on_gap where none was before judges what comes by the cursor that came last.
  void on_state_changed(std::function<void(ConnectionState from, ConnectionState to)> handler);
  void on_transport_failed(std::function<void(TransportKind transport, const Error& reason)> handler);
  void on_connection_slow(std::function<void()> handler);
  void on_reconnecting(std::function<void(const Error& reason, int attempt)> handler);
  void on_reconnected(std::function<void(Duration downtime)> handler);
  void on_restarting(std::function<void(const Error& reason, int attempt, Duration delay)> handler);
  void on_restarted(std::function<void(Duration downtime)> handler);
  void on_gap(std::function<void(const Gap& gap)> handler);
  void on_error(std::function<void(const Error& error)> handler);
  void on_closed(std::function<void(const Error* reason)> handler);

  const std::shared_ptr<Executor>& executor() const;

 private:
  friend class Client;
  friend class PendingDial;
  explicit Conn(std::shared_ptr<detail::session::Session> session) noexcept;
  const std::shared_ptr<detail::session::Session>& session() const;

  std::shared_ptr<detail::session::Session> session_;
};

/// A dial under way. Destroying it gives the dial up at once: nothing of it runs afterwards, its handler is destroyed
/// uncalled. Off the executor the destructor waits for the handler if it is running, never for the network.
class SIGNALR_API PendingDial {
 public:
  using Handler = UniqueFunction<void(Result<Conn>)>;

  PendingDial() noexcept;
  PendingDial(PendingDial&&) noexcept;
  PendingDial& operator=(PendingDial&&) noexcept;
  ~PendingDial();

 private:
  friend PendingDial async_dial(std::string, ConnectionData, DialOptions, PendingDial::Handler, const CallOptions&);
  friend PendingDial async_dial(std::string, Hubs, DialOptions, PendingDial::Handler, const CallOptions&);
  friend SIGNALR_API Conn dial(std::string, ConnectionData, DialOptions, const CallOptions&);
  friend SIGNALR_API Conn dial(std::string, Hubs, DialOptions, const CallOptions&);
  struct State;
  explicit PendingDial(std::shared_ptr<State> state) noexcept;
  static PendingDial begin(std::shared_ptr<detail::session::Session> session, Handler handler, const CallOptions& call);
  static Conn dial(const std::shared_ptr<detail::session::Session>& session, const CallOptions& call);

  std::shared_ptr<State> state_;
};

/// Connects: negotiate, open a transport, wait for its init frame, /start (P§1). Blocks. The endpoint is an http or
/// https URL without a query, used as it is; `connection_data` is sent as it is, an empty one not at all.
/// Throws UsageError (as always before any I/O), NegotiateError, ConnectError, StartError, and, by themselves,
/// DeadlineError and CanceledError of `call`, ConnectionGone when the executor stops. A dial that fails leaves nothing
/// behind; one that `call` ends during /start takes no leave of the server, which learns of it as the transport ends.
SIGNALR_API Conn dial(std::string endpoint, ConnectionData connection_data, DialOptions options,
                      const CallOptions& call = {});
/// The same for hubs, by name or of Clients, `dial(url, {orders}, options)`; "signalr" is appended to the endpoint (see
/// DialOptions::use_default_path). Handlers of Clients are called once the dial is done: after its handler when it has
/// one, perhaps before `dial` returns.
SIGNALR_API Conn dial(std::string endpoint, Hubs hubs, DialOptions options, const CallOptions& call = {});

/// The same without blocking: the handler is called once, on the executor.
[[nodiscard]] SIGNALR_API PendingDial async_dial(std::string endpoint, ConnectionData connection_data,
                                                 DialOptions options, PendingDial::Handler handler,
                                                 const CallOptions& call = {});
[[nodiscard]] SIGNALR_API PendingDial async_dial(std::string endpoint, Hubs hubs, DialOptions options,
                                                 PendingDial::Handler handler, const CallOptions& call = {});

}  // namespace signalr
