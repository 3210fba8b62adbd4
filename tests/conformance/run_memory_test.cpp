// The in-memory network and the virtual clock: what users test with keeps the contracts as the real adapters do.
#include <signalr/memory/virtual_executor.hpp>

#include "memory_peer.hpp"
#include "run_checks.hpp"

using namespace signalr;
using namespace signalr::conformance;

namespace {

class MemoryFixture final : public Fixture {
 public:
  unsigned offers() const override { return offer::stop; }
  std::shared_ptr<Executor> make_executor() override { return std::make_shared<memory::VirtualExecutor>(); }
  void stop(Executor& executor) override { static_cast<memory::VirtualExecutor&>(executor).stop(); }
  std::unique_ptr<Peer> make_peer(const std::shared_ptr<Executor>& executor) override {
    return std::make_unique<MemoryPeer>(executor);
  }
  std::shared_ptr<WebsocketDialer> make_dialer(const std::shared_ptr<Executor>&, Peer& peer) override {
    return static_cast<MemoryPeer&>(peer).network().dialer();
  }
  std::shared_ptr<HttpClient> make_http_client(const std::shared_ptr<Executor>&, Peer& peer) override {
    return static_cast<MemoryPeer&>(peer).network().http_client();
  }
};

}  // namespace

TEST_CASE("the virtual clock keeps the executor's contract") {
  MemoryFixture fixture;
  run_checks(executor_checks(), fixture);
}

TEST_CASE("the in-memory network keeps the dialer's contract") {
  MemoryFixture fixture;
  run_checks(dialer_checks(), fixture);
}

TEST_CASE("the in-memory network keeps the HttpClient's contract") {
  MemoryFixture fixture;
  run_checks(http_client_checks(), fixture);
}
