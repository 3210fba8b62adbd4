// A SignalR server in memory that behaves like the real one until a test tells it otherwise, line by line.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/export.hpp>
#include <signalr/memory/network.hpp>
#include <signalr/memory/virtual_executor.hpp>
#include <signalr/server/hub_server.hpp>

namespace signalr::memory {

class FakeServer;

/// What one coming request gets instead of the server's usual answer. Made by `FakeServer::expect…`; the calls can
/// be chained. Without an action the request is served as usual, so that `expect_start()` alone just demands one.
class SIGNALR_API Expectation {
 public:
  struct State;  // for the library's own use

  Expectation(const Expectation&) = default;  // no moves: it is never empty
  Expectation& operator=(const Expectation&) = default;
  ~Expectation() = default;

  // Which request.
  Expectation& with(std::string_view query_name, std::string_view value);  ///< only with that parameter or form field
  Expectation& over(std::string_view transport) { return with("transport", transport); }
  Expectation& times(std::size_t count);  ///< for so many requests. Default: 1
  Expectation& always();                  ///< for all of them, none is demanded
  Expectation& after(Duration delay);     ///< the action happens so much later

  // What it gets.
  Expectation& serve();                   ///< the usual answer
  Expectation& answer(std::string json);  ///< status 200, application/json
  Expectation& answer(int status, std::string body = {}, Headers headers = {});
  Expectation& truncate(std::string body);  ///< status 200 and this much of a body, then the connection ends
  Expectation& hang();                      ///< nothing, for ever
  Expectation& fail(TransportFailure failure = TransportFailure::io, std::string message = "injected by the test");
  /// The transport is opened as by the server, but then does only what the test says through `FakeServer::peer`.
  Expectation& accept(Headers headers = {});
  Expectation& run(std::function<void(std::shared_ptr<server::Exchange>)> action);  ///< for HTTP requests

 private:
  friend class FakeServer;
  explicit Expectation(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// The server's end of one transport that a client opened: in tests, "the wire".
class SIGNALR_API Peer {
 public:
  explicit Peer(std::shared_ptr<server::Channel> channel) : channel_(std::move(channel)) {}
  Peer(const Peer&) = default;  // no moves: it is never empty
  Peer& operator=(const Peer&) = default;
  ~Peer() = default;

  bool open() const;
  const std::string& transport() const;
  Peer& send(std::string_view frame);  ///< raw text, as one frame or event, or as the answer of the poll
  Peer& send_binary(std::string_view bytes);
  Peer& keep_alive();
  void close(std::uint16_t code = close_code::normal, std::string_view reason = {});
  void cut();

 private:
  server::Channel& channel() const;
  std::shared_ptr<server::Channel> channel_;
};

/// A server at `origin() + "/signalr"`, and nowhere else (see ServerSettings::path), with a virtual clock and a network
/// of its own. Give its `executor()`, `http_client()` and `dialer()` to the client under test. Hubs, messages and
/// settings are those of HubServer.
///
/// A client may be destroyed before it or after it: its destructor stops the executor when that is its own.
class SIGNALR_API FakeServer final : public server::Site {
 public:
  explicit FakeServer(server::ServerSettings settings = {});
  /// On a network that is there already, for several servers or another executor.
  FakeServer(Network& network, std::string_view origin, server::ServerSettings settings = {});
  ~FakeServer() override;

  const std::string& origin() const noexcept;  ///< "http://server.test"
  std::string url() const;                     ///< origin and ServerSettings::path
  Network& network() noexcept;
  /// The virtual clock. Throws std::logic_error when the network given runs on another kind of executor.
  VirtualExecutor& clock();
  const std::shared_ptr<Executor>& executor() const noexcept;
  std::shared_ptr<HttpClient> http_client() const;
  std::shared_ptr<WebsocketDialer> dialer() const;

  /// The SignalR server behind it: hubs, groups, messages, life-cycle events.
  server::HubServer& app() noexcept;
  server::ServerSettings& settings() noexcept { return app().settings(); }
  server::Hub hub(std::string_view name) { return app().hub(name); }
  void broadcast(std::string_view hub, std::string_view method, std::string_view args) {
    app().broadcast(hub, method, args);
  }

  // The script: each applies to one coming request of its kind, in the order in which they were written.
  Expectation expect(std::string_view command);
  Expectation expect_negotiate() { return expect("negotiate"); }
  Expectation expect_connect() { return expect("connect"); }
  Expectation expect_start() { return expect("start"); }
  Expectation expect_send() { return expect("send"); }
  Expectation expect_poll() { return expect("poll"); }
  Expectation expect_reconnect() { return expect("reconnect"); }
  Expectation expect_abort() { return expect("abort"); }
  /// Expectations that no request has met, one a line; empty when all are met.
  std::string unmet() const;

  /// The transport opened last, or the n-th one of all, beginning with 0. Throws std::out_of_range when there is none.
  Peer peer() const;
  Peer peer(std::size_t index) const;
  std::size_t peers() const noexcept;

  /// What clients sent over the transports and by /send, in order.
  const std::vector<std::string>& received() const noexcept;
  /// The requests for that command, or for all with "".
  std::vector<server::Request> requests(std::string_view command = {}) const;
  /// The commands asked for, in order, with the transport where there is one: "negotiate", "connect webSockets", …
  std::vector<std::string> transcript() const;
  /// Forgets what was received and requested, here and in the network and the server, and the transports opened so far:
  /// for tests that go on for long.
  void clear_history();

  void on_request(std::shared_ptr<server::Exchange> exchange) override;
  void on_upgrade(std::shared_ptr<server::Upgrade> upgrade) override;

 private:
  struct State;
  void attach(Network& network, std::string_view origin, server::ServerSettings settings);

  std::shared_ptr<State> state_;
};

}  // namespace signalr::memory
