// A classic SignalR server (2.4.3) without sockets: negotiate, the three transports, hubs, groups, replay after a
// reconnect. FakeServer is one over the in-memory network.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/executor.hpp>
#include <signalr/export.hpp>
#include <signalr/function.hpp>
#include <signalr/server/settings.hpp>
#include <signalr/server/site.hpp>

namespace signalr::server {

namespace detail {
class Application;
struct CallState;
struct HubState;
}  // namespace detail

/// One invocation of a hub method. Copies share it; it may be answered inside the handler or later. When the last
/// copy goes without an answer, the method was void: `{"I":…}`.
class SIGNALR_API Call {
 public:
  explicit Call(std::shared_ptr<detail::CallState> state);
  Call(const Call&);
  Call& operator=(const Call&);
  ~Call();

  const std::string& connection_id() const;
  const std::string& hub() const;     ///< the server's spelling
  const std::string& method() const;  ///< the client's spelling
  const std::string& id() const;
  /// The arguments, each as its JSON text, and all of them as a JSON array.
  const std::vector<std::string>& args() const;
  const std::string& args_json() const;
  /// JSON text of the client's or this call's state of that name; empty when there is none.
  std::string state(std::string_view name) const;
  /// Changes the state: told to the client with the result. Here and below, what isn't JSON throws
  /// std::invalid_argument.
  void set_state(std::string_view name, std::string json);

  /// `json` is the value's text; "" and "null" leave it out, as the real server does.
  void result(std::string json);
  /// A hub error tells its text and data (JSON text or "") to the client. Others are masked unless detailed_errors.
  void error(std::string_view text, bool hub_error = true, std::string data = {});
  void progress(std::string json);
  /// No answer will ever come.
  void never();
  bool answered() const;

 private:
  std::shared_ptr<detail::CallState> state_;
};

/// The methods of one hub; names are compared without regard to case.
class SIGNALR_API Hub {
 public:
  explicit Hub(std::shared_ptr<detail::HubState> state);
  Hub(const Hub&) = default;  // no moves: it is never empty
  Hub& operator=(const Hub&) = default;
  ~Hub() = default;

  /// What a method does. An exception out of it becomes an error that is masked unless detailed_errors.
  Hub& on(std::string_view method, std::function<void(Call&)> handler);
  /// What methods without a handler of their own do. Default: the real server's error.
  Hub& on_any(std::function<void(Call&)> handler);

 private:
  std::shared_ptr<detail::HubState> state_;
};

/// What the application on the server saw.
struct LifecycleEvent {
  enum class Kind { connected, reconnected, disconnected };
  Kind kind = Kind::connected;
  std::string connection_id;
  std::string transport;
  bool stop_called = false;  ///< disconnected: by abort, not by time
};

/// "connected webSockets", "disconnected stop" or "disconnected timeout": for comparing in tests.
SIGNALR_API std::string to_string(const LifecycleEvent& event);

/// An open transport: a WebSocket, an event stream or a poll that waits for its answer.
class SIGNALR_API Channel {
 public:
  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  virtual ~Channel();

  virtual const std::string& transport() const noexcept = 0;
  virtual bool open() const = 0;
  /// One frame's text, as the transport carries it. Over long polling it answers the poll.
  virtual void send(std::string_view frame) = 0;
  virtual void send_binary(std::string bytes) = 0;  ///< WebSockets alone; the others do nothing
  virtual void keep_alive() = 0;
  /// An orderly end: close frame, end of the stream. `code` and `reason` matter to WebSockets alone.
  virtual void close(std::uint16_t code = close_code::normal, std::string_view reason = {}) = 0;
  /// The connection breaks.
  virtual void cut() = 0;
};

/// The server. All functions and the destructor on the strand of its executor, which its timers use.
class SIGNALR_API HubServer : public Site {
 public:
  explicit HubServer(std::shared_ptr<Executor> executor, ServerSettings settings = {});
  ~HubServer() override;

  ServerSettings& settings() noexcept;

  /// Adds a hub, or gives the one that is there. The name's spelling is the one that clients see in calls. As long as
  /// none was added, every name that a client asks for is a hub without methods; afterwards others get a 500.
  Hub hub(std::string_view name);
  /// The path "/folder" is a raw persistent connection; the handler gets what clients send. Default for an empty
  /// handler: echo.
  void raw(std::string_view folder,
           std::function<void(const std::string& connection_id, std::string_view text)> handler);

  // Messages. `args` is the text of a JSON array, `json` of any value; what isn't throws std::invalid_argument. For
  // frames that no server should send there is Channel::send.
  void broadcast(std::string_view hub, std::string_view method, std::string_view args);
  /// `state`: a JSON object of state that is told to the client with the call; "" for none.
  void send_to(std::string_view connection_id, std::string_view hub, std::string_view method, std::string_view args,
               std::string_view state = {});
  void send_to_group(std::string_view group, std::string_view hub, std::string_view method, std::string_view args);
  /// Groups belong to a hub, or to a raw connection's folder.
  void join(std::string_view connection_id, std::string_view hub, std::string_view group);
  void leave(std::string_view connection_id, std::string_view hub, std::string_view group);
  void raw_broadcast(std::string_view folder, std::string_view json);
  void raw_send(std::string_view connection_id, std::string_view json);
  void raw_send_to_group(std::string_view group, std::string_view folder, std::string_view json);

  /// Who asks: the name that the token is bound to (P§11). Default: nobody, "".
  void authenticate(std::function<std::string(const Request&)> user_of);
  /// 200 lets a request in; any other status is its answer. Default: all are let in.
  void authorize(std::function<int(const Request&)> status_of);

  // The application's own handlers of the life cycle, called as the event is recorded.
  void on_connected(std::function<void(const std::string& connection_id)> handler);
  void on_reconnected(std::function<void(const std::string& connection_id)> handler);
  void on_disconnected(std::function<void(const std::string& connection_id, bool stop_called)> handler);

  const std::vector<LifecycleEvent>& events() const noexcept;
  /// What clients sent over any transport, in order: invocations or raw texts.
  const std::vector<std::string>& received() const noexcept;
  /// Called with each of them, before it is acted on.
  void on_received(std::function<void(const std::string& connection_id, std::string_view text)> handler);
  void clear_history();

  /// Ids of connections that the server has not given up, oldest first.
  std::vector<std::string> connections() const;
  /// The open transport of a connection; null when it has none now.
  std::shared_ptr<Channel> channel(std::string_view connection_id) const;
  /// Called with each new channel, before anything is sent on it.
  void on_channel(std::function<void(const std::string& connection_id, std::shared_ptr<Channel>)> handler);

  /// Ends a connection as /abort does: over long polling between two polls only with the next one.
  void abort(std::string_view connection_id);
  /// The application begins to stop: streams are closed, polls are told T:1, also later ones (P§9).
  void begin_shutdown();
  /// A fresh application with the same hubs: old cursors mean nothing to it. Open transports are closed.
  void restart();

  void on_request(std::shared_ptr<Exchange> exchange) override;
  void on_upgrade(std::shared_ptr<Upgrade> upgrade) override;

 private:
  std::shared_ptr<detail::Application> app_;
};

}  // namespace signalr::server
