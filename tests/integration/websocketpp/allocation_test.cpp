// In steady state receiving and sending allocates nothing, however many frames.
#include <atomic>

#include "../../support/allocation.hpp"
#include "client.hpp"
#include "peer.hpp"

namespace {

std::atomic<bool> counting{false};
std::atomic<std::size_t> allocations{0};
thread_local bool is_server = false;

}  // namespace

void signalr::test::allocating(std::size_t) {
  if (counting.load(std::memory_order_relaxed) && !is_server) allocations.fetch_add(1, std::memory_order_relaxed);
}

using namespace signalr;
using client::request_for;

namespace {

/// Reads all the time, and sends each message back where it is to. Counts from `warm` messages on.
class Reader final : public WebsocketSink {
 public:
  Reader(int warm, int total, bool echo) : warm_(warm), total_(total), echo_(echo) {}
  std::promise<void> done;
  std::unique_ptr<WebsocketConn> conn;

 private:
  void on_frame(MessageType type, std::string_view payload) override {
    if (++seen_ == warm_) {
      allocations = 0;
      counting = true;
    }
    if (seen_ == total_) {
      counting = false;
      return done.set_value();
    }
    if (echo_) {
      std::string buffer = std::move(spare_);
      buffer.assign(payload);
      conn->write(type, std::move(buffer));
    }
    conn->read();
  }
  void on_written(std::string buffer) override { spare_ = std::move(buffer); }
  void on_end(const TransportError&) override {}

  const int warm_, total_;
  const bool echo_;
  int seen_ = 0;
  std::string spare_;
};

std::size_t count(peer::Script script, int warm, int total, bool echo) {
  peer::Server server(std::move(script));
  const auto executor = make_asio_event_loop();
  Reader reader(warm, total, echo);
  reader.conn = client::dial(executor, request_for(server.at())).conn;
  REQUIRE(reader.conn != nullptr);
  client::on(*executor, [&] {
    reader.conn->start(reader);
    reader.conn->read();
  });
  const bool came = reader.done.get_future().wait_for(client::kDeadline) == std::future_status::ready;
  client::on(*executor, [&] { reader.conn.reset(); });
  REQUIRE(came);
  return allocations;
}

}  // namespace

TEST_CASE("receiving allocates nothing a frame: whole, cut, in pieces, and with pings between") {
  constexpr int kWarm = 20000, kTotal = 100000;
  const auto script = [](peer::Link& link) {
    is_server = true;
    link.upgrade();
    std::string batch;
    const std::string small(95, 's'), medium(3000, 'm');
    for (int i = 0; i < kTotal;) {
      batch.clear();
      for (int k = 0; k < 1000 && i < kTotal; ++k, ++i) {
        if (i % 100 == 0) batch += peer::frame(0x89, "ping");
        if (i % 10 == 0) {
          batch += peer::frame(0x01, medium) + peer::frame(0x80, small);
        } else {
          batch += peer::text(i % 7 == 0 ? medium : small);
        }
      }
      link.send(batch);
    }
    link.read_to_end();
  };
  CHECK(count(script, kWarm, kTotal, false) == 0);
}

TEST_CASE("answering each message allocates nothing a message") {
  constexpr int kWarm = 2000, kTotal = 10000;
  const auto script = [](peer::Link& link) {
    is_server = true;
    link.upgrade();
    const std::string message = peer::text(std::string(95, 's'));
    for (int i = 0; i + 1 < kTotal; ++i) {
      link.send(message);
      link.read_frame();
    }
    link.send(message);
    link.read_to_end();
  };
  CHECK(count(script, kWarm, kTotal, true) == 0);
}
