// The server of the chaos test: it numbers its messages, and remembers what it could still send again when a client
// came.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <signalr/server/hub_server.hpp>

namespace signalr::test {

/// What the server's thread tells the test's.
class Told {
 public:
  explicit Told(int buffer) : buffer_(buffer) {}
  int next() { return ++last_; }
  int last() const { return last_; }
  void on_channel(const std::string& id) {
    const std::lock_guard<std::mutex> lock(mutex_);
    first_held_[id] = std::max(1, last_ - buffer_ + 1);
  }
  /// The oldest message that the server had when that connection's present transport was opened.
  int first_held(const std::string& id) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return first_held_[id];
  }

 private:
  const int buffer_;
  std::atomic<int> last_{0};
  std::mutex mutex_;
  std::map<std::string, int> first_held_;
};

class ChaosSite : public server::Site {
 public:
  static constexpr int kBuffer = 600;

  ChaosSite(std::shared_ptr<Executor> executor, std::shared_ptr<Told> told)
      : executor_(std::move(executor)), hubs_(executor_, settings()), told_(std::move(told)) {
    hubs_.hub("Chat").on("Echo", [](server::Call& call) { call.result(call.args().at(0)); });
    hubs_.on_channel([this](const std::string& id, const std::shared_ptr<server::Channel>&) { told_->on_channel(id); });
    tick();
  }
  ~ChaosSite() override { executor_->cancel(timer_); }

  void on_request(std::shared_ptr<server::Exchange> exchange) override { hubs_.on_request(std::move(exchange)); }
  void on_upgrade(std::shared_ptr<server::Upgrade> upgrade) override { hubs_.on_upgrade(std::move(upgrade)); }
  server::HubServer& hubs() noexcept { return hubs_; }

 private:
  static server::ServerSettings settings() {
    server::ServerSettings settings;
    settings.keep_alive = std::chrono::milliseconds(300);
    settings.transport_connect_timeout = std::chrono::seconds(2);
    settings.message_buffer = kBuffer;
    return settings;
  }
  void tick() {
    for (int i = 0; i < 2; ++i) hubs_.broadcast("Chat", "number", "[" + std::to_string(told_->next()) + "]");
    timer_ = executor_->schedule(executor_->now() + std::chrono::milliseconds(10), [this] { tick(); });
  }

  std::shared_ptr<Executor> executor_;
  server::HubServer hubs_;
  std::shared_ptr<Told> told_;
  TimerId timer_ = 0;
};

}  // namespace signalr::test
