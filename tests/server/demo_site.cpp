// The methods and the ticker.
#include "demo_site.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "chat_hub.hpp"
#include "exchange_hub.hpp"
#include "jobs_hub.hpp"
#include "orders_hub.hpp"
#include "telemetry_hub.hpp"

namespace signalr::test {
namespace {

constexpr const char* kHubs[] = {"TestHub", "demo"};

std::string arg(const server::Call& call, std::size_t n) { return n < call.args().size() ? call.args()[n] : ""; }

// A JSON string's characters, taken as they are: the demo's texts have no escapes.
std::string unquote(const std::string& json) {
  return json.size() >= 2 && json.front() == '"' ? json.substr(1, json.size() - 2) : json;
}

}  // namespace

DemoSite::DemoSite(std::shared_ptr<Executor> executor, Duration tick, server::ServerSettings settings)
    : executor_(std::move(executor)), hubs_(executor_, std::move(settings)), tick_(tick) {
  for (const char* hub : kHubs) add_methods(hub);
  hubs_.raw("echo", {});
  examples_.push_back(std::make_unique<ChatHub>(hubs_));
  examples_.push_back(std::make_unique<ExchangeHub>(hubs_));
  examples_.push_back(std::make_unique<JobsHub>(hubs_));
  examples_.push_back(std::make_unique<OrdersHub>(hubs_));
  examples_.push_back(std::make_unique<TelemetryHub>(hubs_));
  hubs_.on_disconnected([this](const std::string& connection_id, bool) {
    for (const auto& hub : examples_) hub->forget(connection_id);
    tell_watcher();
  });
  if (tick_ > Duration::zero()) {
    next_tick_ = executor_->now() + tick_;
    schedule_tick();
  }
}

DemoSite::~DemoSite() {
  executor_->cancel(timer_);
  hubs_.on_disconnected({});
  watch({});
}

void DemoSite::watch(std::function<void(const server::LifecycleEvent&)> watcher) {
  watcher_ = std::move(watcher);
  hubs_.on_connected([this](const std::string&) { tell_watcher(); });
  hubs_.on_reconnected([this](const std::string&) { tell_watcher(); });
}

void DemoSite::tell_watcher() {
  if (watcher_) watcher_(hubs_.events().back());
}

void DemoSite::add_methods(const char* name) {
  server::Hub hub = hubs_.hub(name);
  hub.on("Echo", [](server::Call& call) { call.result(arg(call, 0)); });
  hub.on("Nothing", [](server::Call&) {});
  hub.on("Fail", [](server::Call& call) { call.error(unquote(arg(call, 0)), true, arg(call, 1)); });
  hub.on("Never", [](server::Call& call) { call.never(); });
  hub.on("Note", [](server::Call& call) {
    const std::string before = call.state("note");
    call.set_state("note", arg(call, 0));
    call.result(before);
  });
  hub.on("Count", [](server::Call& call) {
    const int n = std::clamp(std::atoi(arg(call, 0).c_str()), 0, 10'000);
    for (int i = 1; i <= n; ++i) call.progress(std::to_string(i));
    call.result(std::to_string(n));
  });
  hub.on("Say", [this, name](server::Call& call) { hubs_.broadcast(name, "said", call.args_json()); });
}

// Due times are kept on a grid, so that a busy loop doesn't slow the ticker down.
void DemoSite::schedule_tick() {
  timer_ = executor_->schedule(next_tick_, [this] {
    const std::string args = R"([{"n":)" + std::to_string(++ticks_) + "}]";
    for (const char* hub : kHubs) hubs_.broadcast(hub, "tick", args);
    for (const auto& hub : examples_) hub->tick();
    next_tick_ = std::max(next_tick_ + tick_, executor_->now());
    schedule_tick();
  });
}

void DemoSite::on_request(std::shared_ptr<server::Exchange> exchange) { hubs_.on_request(std::move(exchange)); }
void DemoSite::on_upgrade(std::shared_ptr<server::Upgrade> upgrade) { hubs_.on_upgrade(std::move(upgrade)); }

}  // namespace signalr::test
