// A server that does exactly what a test's script says, byte by byte, over plain sockets or TLS.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace signalr::test {

/// How a script's bytes travel: a TLS server wraps the socket. Null: as they are.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual int read(char* buffer, int size) = 0;        // 0: the end, also when broken
  virtual bool write(const char* data, int size) = 0;  // all of it
};
using WrapSocket = std::function<std::unique_ptr<Wire>(int socket)>;  // null result: no connection came about

/// One connection, in its script. Nothing throws; what the peer's end of the connection spoils is ignored.
class Peer {
 public:
  explicit Peer(int socket, std::unique_ptr<Wire> wire) : socket_(socket), wire_(std::move(wire)) {}
  /// A request with its body (by its Content-Length); empty when the peer ended the connection before.
  std::string read_request();
  /// False: the connection is gone.
  bool send(std::string_view bytes);
  /// Writes what fits, for as long as the peer takes bytes without a rest of `patience_ms`; how many it took.
  std::size_t send_until_stuck(std::string_view bytes, int patience_ms);
  /// Until the peer has ended the connection.
  void wait_closed();
  /// Carries bytes to and from a port of 127.0.0.1, until either side ends.
  void tunnel_to(std::uint16_t port);
  /// Ends it with a reset instead of an orderly close; a peer on this machine knows of it when this returns.
  void reset();
  int socket() const noexcept { return socket_; }

 private:
  int read_some(char* buffer, int size);

  int socket_;
  std::unique_ptr<Wire> wire_;
  std::string ahead_;  // read, but not asked for yet
};

/// Listens on 127.0.0.1, on a port of the system's choosing, until it is destroyed. Each connection runs the script
/// on a thread of its own, numbered from 0; it is closed when the script returns.
class ScriptServer {
 public:
  using Script = std::function<void(Peer&, int number)>;
  explicit ScriptServer(Script script, WrapSocket wrap = nullptr);
  /// Breaks off the scripts that still run.
  ~ScriptServer();
  ScriptServer(const ScriptServer&) = delete;
  ScriptServer& operator=(const ScriptServer&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  /// `http://127.0.0.1:port` and the target.
  std::string url(std::string_view target = "/", std::string_view scheme = "http",
                  std::string_view host = "127.0.0.1") const;
  int connections() const noexcept { return connections_; }

 private:
  void accept_all();
  void serve(int socket, int number);

  Script script_;
  WrapSocket wrap_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A port of 127.0.0.1 that nobody listens on, and nobody else is given while this lives.
class DeadPort {
 public:
  DeadPort();
  ~DeadPort();
  DeadPort(const DeadPort&) = delete;
  DeadPort& operator=(const DeadPort&) = delete;
  std::uint16_t port() const noexcept { return port_; }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

}  // namespace signalr::test
