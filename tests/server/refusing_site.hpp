// A network that lets some transports not through.
#pragma once

#include <memory>
#include <signalr/server/site.hpp>
#include <string>

namespace signalr::test {

/// Answers 503 where a client connects over one of the transports in a list, as in "webSockets,serverSentEvents".
/// Everything else reaches the site behind it.
class RefusingSite : public server::Site {
 public:
  RefusingSite(std::unique_ptr<server::Site> behind, const std::string& transports)
      : behind_(std::move(behind)), transports_(',' + transports + ',') {}

  void on_request(std::shared_ptr<server::Exchange> exchange) override {
    if (!refuses(exchange->request())) return behind_->on_request(std::move(exchange));
    exchange->answer(503, {}, "");
  }
  void on_upgrade(std::shared_ptr<server::Upgrade> upgrade) override {
    if (!refuses(upgrade->request())) return behind_->on_upgrade(std::move(upgrade));
    upgrade->refuse(503, {}, "");
  }

 private:
  bool refuses(const server::Request& request) const {
    return request.command() == "connect" &&
           transports_.find(',' + request.query("transport") + ',') != std::string::npos;
  }

  std::unique_ptr<server::Site> behind_;
  std::string transports_;
};

}  // namespace signalr::test
