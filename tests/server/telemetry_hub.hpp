// The hub `streaming`: a snapshot as the answer to a subscription, then changes, as motor racing's live timing did it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "demo_hub.hpp"

namespace signalr::test {

/// `Subscribe([topic, …])` answers an object with what is known of each of the topics `Heartbeat`, `CarData` and
/// `Weather`; unknown ones are left out. At each tick the caller is called `feed(topic, data, time)`, the topics in
/// turn.
class TelemetryHub : public DemoHub {
 public:
  explicit TelemetryHub(server::HubServer& server);

  void tick() override;
  void forget(const std::string& connection_id) override;

 private:
  void subscribe(server::Call& call);

  server::HubServer& server_;
  std::map<std::string, std::vector<std::string>> subscribers_;  // their topics, by connection
  unsigned ticks_ = 0;
};

}  // namespace signalr::test
