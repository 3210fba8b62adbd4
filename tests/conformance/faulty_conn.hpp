// The connections of the faulty dialer.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <signalr/executor.hpp>
#include <signalr/websocket.hpp>

#include "faulty_dialer.hpp"

namespace signalr::conformance {

/// What the dialer, its operations and its connections share.
struct FaultyDials {
  FaultyDials(DialerFault what, std::shared_ptr<WebsocketDialer> over) : fault(what), good(std::move(over)) {}
  const DialerFault fault;
  const std::shared_ptr<WebsocketDialer> good;
  std::string cookie;
  bool dialer_gone = false;
  std::vector<std::shared_ptr<void>> leaked;  // on the strand; let go of with the dialer
};

std::unique_ptr<WebsocketConn> make_faulty_conn(std::shared_ptr<FaultyDials> shared, std::shared_ptr<Executor> executor,
                                                std::unique_ptr<WebsocketConn> good);

}  // namespace signalr::conformance
