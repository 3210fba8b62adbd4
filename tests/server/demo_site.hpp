// What test-server serves: a hub that echoes, fails, counts and ticks, the examples' hubs, and a raw connection that
// echoes.
#pragma once

#include <functional>
#include <memory>
#include <signalr/executor.hpp>
#include <signalr/server/hub_server.hpp>
#include <vector>

#include "demo_hub.hpp"

namespace signalr::test {

/// The hubs `TestHub` and `demo` have the same methods:
/// - `Echo(x)` answers x;
/// - `Nothing()` answers nothing, as a void method does;
/// - `Fail(text, data)` fails with a hub error;
/// - `Count(n)` reports progress 1 … n, then answers n;
/// - `Never()` is never answered;
/// - `Note(x)` answers the `note` of the hub's state, and sets it to x;
/// - `Say(x)` calls `said(x)` on all clients.
/// With a tick interval, all clients are called `tick({"n": 1})`, `tick({"n": 2})`, … The path `/echo` is a raw
/// persistent connection that sends back what it gets. The hubs of the examples, which move with the same ticks, have
/// files of their own: ChatHub, ExchangeHub, JobsHub, OrdersHub, TelemetryHub.
class DemoSite : public server::Site {
 public:
  /// A zero interval doesn't tick.
  DemoSite(std::shared_ptr<Executor> executor, Duration tick, server::ServerSettings settings = {});
  ~DemoSite() override;

  server::HubServer& hubs() noexcept { return hubs_; }
  /// Called with each event of a connection's life, as it happens.
  void watch(std::function<void(const server::LifecycleEvent&)> watcher);

  void on_request(std::shared_ptr<server::Exchange> exchange) override;
  void on_upgrade(std::shared_ptr<server::Upgrade> upgrade) override;

 private:
  void add_methods(const char* hub);
  void tell_watcher();
  void schedule_tick();

  std::shared_ptr<Executor> executor_;
  server::HubServer hubs_;
  std::vector<std::unique_ptr<DemoHub>> examples_;
  std::function<void(const server::LifecycleEvent&)> watcher_;
  Duration tick_;
  TimePoint next_tick_{};
  TimerId timer_ = 0;
  unsigned long ticks_ = 0;
};

}  // namespace signalr::test
