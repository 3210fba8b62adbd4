// A server without a network or a thread: it runs on the client's executor, so that the client alone is measured.
#pragma once

#include <memory>
#include <string_view>

#include <signalr/dial_options.hpp>
#include <signalr/memory/fake_server.hpp>

namespace benchmarks {

/// The server's end of a WebSocket.
class Peer {
 public:
  virtual ~Peer() = default;
  /// A frame of the client's.
  virtual void hear(std::string_view frame) = 0;
  /// The next frame for the client, valid until the next call; empty when there is none before `hear` is called again.
  virtual std::string_view speak() = 0;
};

/// Takes connections over WebSockets; after the init frame `peer` alone speaks.
class InProcessServer {
 public:
  explicit InProcessServer(Peer& peer);

  std::string origin() const { return http_.origin(); }
  signalr::DialOptions options() const;
  /// Drives client and server, both on the calling thread.
  signalr::memory::VirtualExecutor& clock() { return http_.clock(); }

 private:
  signalr::memory::FakeServer http_;  // answers negotiate, start and abort
  std::shared_ptr<signalr::WebsocketDialer> dialer_;
};

}  // namespace benchmarks
