// What a user tells the conformance suite about an adapter: how to make one, and who its peer is.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include <signalr/conformance/peer.hpp>
#include <signalr/executor.hpp>
#include <signalr/export.hpp>
#include <signalr/http_client.hpp>
#include <signalr/websocket.hpp>

namespace signalr::conformance {

/// What only some fixtures can do; checks that need more are skipped.
namespace offer {
enum : unsigned {
  stop = 1,       ///< `Fixture::stop` stops an executor that others still own
  network = 2,    ///< real sockets: refused connections, broken ones, kernel buffers, control frames, names
  raw_bytes = 4,  ///< the peer sends bytes that are no HTTP or RFC 6455 at all: `PeerExchange::send_raw`
};
}  // namespace offer

/// Makes what is tried, anew for each check. Its functions are called on the thread that runs the check.
class SIGNALR_API Fixture {
 public:
  Fixture() = default;
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  virtual ~Fixture();

  /// A sum of `offer`s. The default fits the default peer: offer::network | offer::raw_bytes.
  virtual unsigned offers() const { return offer::network | offer::raw_bytes; }

  /// A running executor that nobody else uses. The suite calls `run_one()` while it waits, so that those without a
  /// thread work as well. The default is make_event_loop().
  virtual std::shared_ptr<Executor> make_executor();

  /// For offer::stop: once it has returned, the executor has stopped and no task runs any more.
  virtual void stop(Executor& executor);

  /// The other end. The default is make_socket_peer().
  virtual std::unique_ptr<Peer> make_peer(const std::shared_ptr<Executor>& executor);

  /// The adapters; they reach `peer` by its urls. Needed for the list that is run, not for the others.
  virtual std::shared_ptr<WebsocketDialer> make_dialer(const std::shared_ptr<Executor>& executor, Peer& peer);
  virtual std::shared_ptr<HttpClient> make_http_client(const std::shared_ptr<Executor>& executor, Peer& peer);

  /// How long to wait for what must happen before the check fails. Only broken adapters wait so long.
  virtual std::chrono::milliseconds patience() const { return std::chrono::seconds(120); }

  /// How much the adapter, the system's socket buffers included, may take from a peer while nobody reads.
  virtual std::size_t max_held_bytes() const { return std::size_t{24} * 1024 * 1024; }
};

}  // namespace signalr::conformance
