// A SignalR server on a real socket, on its own thread, for integration tests and the demo.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <signalr/executor.hpp>
#include <signalr/server/hub_server.hpp>
#include <signalr/server/site.hpp>
#include <string>

namespace signalr::test {

/// PEM files of a server: its certificate with the intermediates, and its key.
struct TlsFiles {
  std::string certificate_file;
  std::string key_file;
};

struct TestServerOptions {
  std::uint16_t port = 0;       ///< on 127.0.0.1; 0: the system chooses
  std::optional<TlsFiles> tls;  ///< https and wss instead of http and ws
};

/// Makes what answers the requests; called on the server's thread.
using SiteFactory = std::function<std::unique_ptr<server::Site>(std::shared_ptr<Executor>)>;

/// Listens from construction on, until it is destroyed; throws std::system_error when it can't.
class TestServer {
 public:
  explicit TestServer(SiteFactory make_site, TestServerOptions options = {});
  /// Cuts all connections and joins the thread. Not on the server's own thread.
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::uint16_t port() const noexcept;
  /// "http://127.0.0.1:49152", without a slash at the end.
  std::string url() const;

  /// Runs a task on the server's thread and waits for its end. Sites and all that belongs to them are to be used there
  /// alone.
  void run(const std::function<void(server::Site&)>& task);

  /// Connections that were accepted so far, and those still open.
  std::size_t accepted() const;
  std::size_t open() const;
  /// Resets all open connections, as a crash of the server would.
  void reset_connections();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalr::test
