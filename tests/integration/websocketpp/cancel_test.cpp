// Dials that hang in each of their phases, and are canceled there.
#include <stdexcept>

#include "client.hpp"
#include "peer.hpp"

using namespace signalr;
using namespace std::chrono_literals;
using client::AnyExecutor;
using client::request_for;

namespace {

/// Begins a dial, lets it hang where the peer makes it hang, destroys it there, and sees that this took no time, that
/// the handler was destroyed and not called, and that the executor goes on.
void cancel_hanging(const std::shared_ptr<Executor>& executor, const std::shared_ptr<WebsocketDialer>& dialer,
                    const std::string& url, const std::function<void()>& wait_until_it_hangs) {
  struct Handler {
    std::shared_ptr<int> kept = std::make_shared<int>();
    void operator()(DialResult) const { FAIL("the handler was called"); }
  } handler;
  const std::weak_ptr<int> kept = handler.kept;
  std::unique_ptr<Operation> operation;
  client::on(*executor, [&] { operation = dialer->dial(executor, request_for(url), std::move(handler)); });
  wait_until_it_hangs();
  const auto took = client::on(*executor, [&] {
    const auto begin = std::chrono::steady_clock::now();
    operation.reset();
    return std::chrono::steady_clock::now() - begin;
  });
  CHECK(took < 5s);  // what hangs does so for half a minute
  if (took > 50ms)
    MESSAGE("canceling took " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms");
  client::on(*executor, [] {});
  CHECK(kept.expired());
}

}  // namespace

TEST_CASE("a dial may be canceled while TCP connects") {
  const AnyExecutor executor;
  const peer::FullPort full;
  cancel_hanging(executor.get(), make_websocketpp_dialer(), "ws://127.0.0.1:" + std::to_string(full.port()), [] {});
}

TEST_CASE("a dial may be canceled in the TLS handshake") {
  const AnyExecutor executor;
  std::promise<void> hangs;
  peer::Server server([&hangs](peer::Link& link) {
    link.read(5);  // of the ClientHello, which is never answered
    hangs.set_value();
    link.read_to_end();
  });
  TlsOptions quick;  // without the system's authorities
  quick.verify_peer = false;
  cancel_hanging(executor.get(), make_websocketpp_dialer(quick), server.at("/", "wss"),
                 [&] { hangs.get_future().wait_for(client::kDeadline); });
  server.finish();
}

TEST_CASE("a dial may be canceled while the upgrade waits for its answer, or for the rest of it") {
  const AnyExecutor executor;
  for (const std::string part :
       {"", "HTTP/1.1 101 Swit", "HTTP/1.1 503 No\r\nContent-Length: 100\r\n\r\nhalf a body"}) {
    std::promise<void> hangs;
    peer::Server server([&](peer::Link& link) {
      link.read_until("\r\n\r\n");
      link.send(part);
      hangs.set_value();
      link.read_to_end();
    });
    cancel_hanging(executor.get(), make_websocketpp_dialer(), server.at(),
                   [&] { hangs.get_future().wait_for(client::kDeadline); });
    server.finish();
  }
}

TEST_CASE("a dial may be canceled while a proxy keeps it waiting") {
  const AnyExecutor executor;
  std::promise<void> hangs;
  peer::Server proxy([&hangs](peer::Link& link) {
    link.read_until("\r\n\r\n");
    hangs.set_value();
    link.read_to_end();
  });
  cancel_hanging(executor.get(), make_websocketpp_dialer({}, {proxy.at("", "http"), {}, false}), "ws://example.com/",
                 [&] { hangs.get_future().wait_for(client::kDeadline); });
  proxy.finish();
}

TEST_CASE("a dial may be canceled at once, and when its result waits already") {
  const AnyExecutor executor;
  const auto dialer = make_websocketpp_dialer();
  peer::Server server(
      [](peer::Link& link) {
        try {
          link.upgrade();
          link.read_to_end();
        } catch (const std::runtime_error&) {  // canceled before the upgrade
        }
      },
      1 << 20);
  for (int i = 0; i < 200; ++i) {
    std::unique_ptr<Operation> operation;
    client::on(*executor,
               [&] { operation = dialer->dial(executor.get(), request_for(server.at()), [](DialResult) {}); });
    for (int spin = 0; spin < i * 10; ++spin) std::this_thread::yield();
    client::on(*executor, [&] { operation.reset(); });
  }
}
