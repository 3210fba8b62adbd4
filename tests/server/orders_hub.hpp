// The hub `Orders`: calls with objects for arguments, results and errors.
#pragma once

#include <cstdint>

#include "demo_hub.hpp"

namespace signalr::test {

/// `Place({"Symbol","Side":"Buy"|"Sell","Quantity","Limit"?})` answers `{"Id","Symbol","Price","At"}`, then calls
/// `filled({"Id","Quantity"})` on the caller. A quantity that isn't 1 to 1000 is a hub error with the data
/// `{"Code":422,"Field":"Quantity","Max":1000}`. Ids begin at 2^53 + 1, which a double can't hold.
class OrdersHub : public DemoHub {
 public:
  explicit OrdersHub(server::HubServer& server);

 private:
  void place(server::Call& call);

  server::HubServer& server_;
  std::int64_t last_id_ = std::int64_t{1} << 53;
};

}  // namespace signalr::test
