// The hub `Jobs`: work that takes its time and says how far it is.
#pragma once

#include <list>
#include <string>

#include "demo_hub.hpp"

namespace signalr::test {

/// `Run(steps)` reports `{"Step":n,"Of":steps}` at each tick, then answers "done". `Hang()` is never answered.
class JobsHub : public DemoHub {
 public:
  explicit JobsHub(server::HubServer& server);

  void tick() override;
  void forget(const std::string& connection_id) override;

 private:
  struct Job {
    server::Call call;
    int steps;
    int done = 0;
  };

  std::list<Job> jobs_;
};

}  // namespace signalr::test
