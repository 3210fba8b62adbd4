// The hub `Exchange`: an order book as snapshots and deltas with sequence numbers, compressed, as exchanges send them.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "demo_hub.hpp"

namespace signalr::test {

/// - `Subscribe(market)`: from now on the caller is called `delta(payload)` at each tick;
/// - `Snapshot(market)` answers a payload.
///
/// The only market is `BTC-EUR`; others are a hub error. A payload is a string: base64 of raw deflate of JSON:
/// - snapshots: `{"Sequence":17,"Bids":[{"Price":9950,"Quantity":3},…],"Asks":[…]}`;
/// - deltas: `{"Sequence":18,"Side":"Bid","Price":9950,"Quantity":0,"Value":123456}`: the new quantity at a price, 0:
/// the
///   level is gone. `Value` is the sum of price times quantity over the book, for checking one's own.
///
/// Prices are in cents. Each subscriber once misses a delta, the fourth one after its first snapshot.
class ExchangeHub : public DemoHub {
 public:
  explicit ExchangeHub(server::HubServer& server);

  void tick() override;
  void forget(const std::string& connection_id) override;

 private:
  using Side = std::map<std::int64_t, std::int64_t>;  // quantities by price
  struct Subscriber {
    bool has_snapshot = false;
    int deltas_since = 0;
  };

  void snapshot(server::Call& call);
  std::string next_delta();

  server::HubServer& server_;
  Side bids_{{9'850, 5}, {9'900, 4}, {9'950, 3}};
  Side asks_{{10'050, 3}, {10'100, 4}, {10'150, 5}};
  std::int64_t sequence_ = 0;
  std::map<std::string, Subscriber> subscribers_;  // by connection
};

}  // namespace signalr::test
