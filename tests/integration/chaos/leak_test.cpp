// Many connections and many reconnects over real sockets: memory, threads and descriptors end where they were.
//
// SIGNALR_LEAK_CYCLES=10000 makes so many of both, instead of what fits into some seconds.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <vector>

#include <signalr/client.hpp>
#include <signalr/default_transport.hpp>

#include "leftovers.hpp"
#include "test_server.hpp"

using namespace signalr;
using namespace signalr::test;
using leftovers::Holdings;

namespace {

constexpr std::chrono::seconds kPatience(60);
const std::vector<TransportKind> kTransports = {TransportKind::websockets, TransportKind::server_sent_events,
                                                TransportKind::long_polling};

int cycles(int otherwise) {
  const char* given = std::getenv("SIGNALR_LEAK_CYCLES");
  return given == nullptr ? otherwise : std::atoi(given);
}

class HubSite : public server::Site {
 public:
  explicit HubSite(std::shared_ptr<Executor> executor) : hubs_(std::move(executor), settings()) {
    hubs_.hub("Chat").on("Echo", [](server::Call& call) { call.result(call.args().at(0)); });
  }
  void on_request(std::shared_ptr<server::Exchange> exchange) override { hubs_.on_request(std::move(exchange)); }
  void on_upgrade(std::shared_ptr<server::Upgrade> upgrade) override { hubs_.on_upgrade(std::move(upgrade)); }

  server::HubServer& hubs() noexcept { return hubs_; }

 private:
  static server::ServerSettings settings() {
    server::ServerSettings settings;
    settings.keep_history = false;
    return settings;
  }
  server::HubServer hubs_;
};

std::unique_ptr<TestServer> make_server() {
  return std::make_unique<TestServer>(
      [](std::shared_ptr<Executor> executor) { return std::make_unique<HubSite>(std::move(executor)); });
}

DialOptions options_of(const DefaultTransport& transport, TransportKind kind) {
  DialOptions options = transport;
  options.transports = {kind};
  return options;
}

constexpr long kBlocks = 64;  // containers that grow a last time
constexpr long kBytes = 256 * 1024;

bool is_same(const Holdings& before, const Holdings& after) {
  return after.blocks <= before.blocks + kBlocks && after.bytes <= before.bytes + kBytes &&
         after.threads <= before.threads && after.descriptors <= before.descriptors;
}

// What is held, once what is being closed is closed. Between two looks the executor and the server go round.
Holdings settled(TestServer& server, const DefaultTransport& transport, const Holdings* before = nullptr) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    std::promise<void> round;
    Executor& executor = *transport.executor;
    executor.post(
        [&] { executor.schedule(executor.now() + std::chrono::milliseconds(20), [&round] { round.set_value(); }); });
    round.get_future().get();
    server.run([](server::Site&) {});
    const Holdings now = leftovers::holdings();
    if (before == nullptr || is_same(*before, now) || std::chrono::steady_clock::now() > deadline) return now;
  }
}

void check_same(const Holdings& before, const Holdings& after) {
  CHECK(after.blocks <= before.blocks + kBlocks);
  CHECK(after.bytes <= before.bytes + kBytes);
  CHECK(after.threads <= before.threads);
  CHECK(after.descriptors <= before.descriptors);
}

void dial_and_close(TestServer& server, const DefaultTransport& transport, int times) {
  for (int i = 0; i < times; ++i) {
    const TransportKind kind = kTransports[static_cast<std::size_t>(i) % kTransports.size()];
    Conn conn = dial(server.url(), Hubs{{"chat"}}, options_of(transport, kind), CallOptions{kPatience});
    Client chat("chat", conn);
    CHECK(chat.invoke(CallOptions{kPatience}, "Echo", i).get<int>() == i);
    if (i % 4 != 0) conn.close(CallOptions{kPatience});
  }
  server.run([](server::Site& site) {  // else it remembers for half a minute those that left without a word
    server::HubServer& hubs = dynamic_cast<HubSite&>(site).hubs();
    for (const std::string& id : hubs.connections()) hubs.abort(id);
  });
}

// Connections that are all cut at once, again and again.
class Crowd {
 public:
  Crowd(const TestServer& server, const DefaultTransport& transport, int size) : size_(size) {
    for (int i = 0; i < size; ++i) {
      const TransportKind kind = kTransports[static_cast<std::size_t>(i) % kTransports.size()];
      conns_.push_back(dial(server.url(), Hubs{{"chat"}}, options_of(transport, kind), CallOptions{kPatience}));
      Client chat("chat", conns_.back());
      chat.on("said",
              [this](int) {
                if (++heard_ == size_) all_heard_.set_value();
              })
          .detach();
    }
  }
  // All have come back when all have heard what was said meanwhile.
  void reconnect(TestServer& server) {
    heard_ = 0;
    all_heard_ = {};
    server.reset_connections();
    server.run([](server::Site& site) { dynamic_cast<HubSite&>(site).hubs().broadcast("Chat", "said", "[1]"); });
    REQUIRE(all_heard_.get_future().wait_for(kPatience) == std::future_status::ready);
  }

 private:
  const int size_;
  std::atomic<int> heard_{0};
  std::promise<void> all_heard_;
  std::vector<Conn> conns_;  // go first
};

}  // namespace

TEST_CASE("P#144 starts and stops over sockets leave no memory, threads or descriptors behind") {
  const int times = cycles(1000);
  const auto server = make_server();
  const DefaultTransport transport = make_default_transport();
  dial_and_close(*server, transport, 500);
  const Holdings warm = settled(*server, transport);
  leftovers::print("500 dials", warm);
  dial_and_close(*server, transport, times);
  const Holdings end = settled(*server, transport, &warm);
  leftovers::print(std::to_string(times) + " dials more", end);
  check_same(warm, end);
}

TEST_CASE("P#144 reconnects over sockets leave no memory, threads or descriptors behind") {
  constexpr int kCrowd = 200;
  const int rounds = std::max(1, cycles(800) / kCrowd);
  const auto server = make_server();
  const DefaultTransport transport = make_default_transport();
  Crowd crowd(*server, transport, kCrowd);
  crowd.reconnect(*server);
  crowd.reconnect(*server);
  const Holdings warm = settled(*server, transport);
  leftovers::print(std::to_string(2 * kCrowd) + " reconnects", warm);
  for (int i = 0; i < rounds; ++i) crowd.reconnect(*server);
  const Holdings end = settled(*server, transport, &warm);
  leftovers::print(std::to_string(rounds * kCrowd) + " reconnects more", end);
  check_same(warm, end);
}
