// BlockingWebsocketAdapter over the example's stack of plain blocking sockets.
#include <memory>
#include <signalr/blocking_websocket.hpp>

#include "../../examples/plain_websocket/websocket.hpp"
#include "run_checks.hpp"

using namespace signalr;
using namespace signalr::conformance;

namespace {

class BlockingFixture final : public Fixture {
 public:
  std::shared_ptr<WebsocketDialer> make_dialer(const std::shared_ptr<Executor>&, Peer&) override {
    return std::make_shared<BlockingWebsocketAdapter>([] { return std::make_unique<PlainWebsocket>(); });
  }
};

}  // namespace

TEST_CASE("BlockingWebsocketAdapter over a blocking stack keeps the dialer's contract") {
  BlockingFixture fixture;
  run_checks(dialer_checks(), fixture);
}

TEST_CASE("BlockingWebsocketAdapter tells a factory's failure by the handler") {
  class NoFactory final : public Fixture {
   public:
    std::shared_ptr<WebsocketDialer> make_dialer(const std::shared_ptr<Executor>&, Peer&) override {
      return std::make_shared<BlockingWebsocketAdapter>([]() -> std::unique_ptr<BlockingWebsocket> { return nullptr; });
    }
  } fixture;
  const auto broken = dialer_checks().front().run(fixture);
  REQUIRE(broken);
  CHECK(*broken == "a dial ended before the peer had answered: the factory of blocking WebSockets made none");
}
