// A network with one site that keeps the upgrades it is asked for.
#pragma once

#include "support.hpp"

namespace memory_test {

using memory::Network;
using memory::VirtualExecutor;
using server::Socket;
using server::Upgrade;

struct SocketSite : server::Site {
  std::vector<std::shared_ptr<Upgrade>> asked;
  void on_request(std::shared_ptr<server::Exchange>) override {}
  void on_upgrade(std::shared_ptr<Upgrade> upgrade) override { asked.push_back(std::move(upgrade)); }
};

struct SocketNet {
  SocketNet() { network.bind("http://a.test", site); }

  Dialed dial(DialRequest request) {
    Dialed dialed;
    dialed.op = network.dialer()->dial(clock, std::move(request), [kept = dialed.kept.get()](DialResult result) {
      kept->result.emplace(std::move(result));
    });
    return dialed;
  }
  Dialed dial(const std::string& url = "ws://a.test/x") {
    DialRequest request;
    request.url = url;
    return dial(std::move(request));
  }
  Upgrade& asked() {
    clock->run_ready();
    REQUIRE_FALSE(site.asked.empty());
    return *site.asked.back();
  }
  // An open WebSocket whose server end is `socket`, and whose client reads on.
  Dialed open(DialRequest request = {}) {
    request.url = "ws://a.test/x";
    Dialed dialed = dial(std::move(request));
    server::SocketHandlers handlers;
    handlers.on_message = [this](MessageType type, std::string_view text) {
      heard.push_back((type == MessageType::text ? "text " : "binary ") + std::string(text));
    };
    handlers.on_end = [this] { heard.push_back("end"); };
    if (answers_close) {
      handlers.on_close = [this](std::uint16_t code, std::string_view reason) {
        heard.push_back("close " + std::to_string(code) + ' ' + std::string(reason));
      };
    }
    socket = asked().accept({}, std::move(handlers));
    clock->run_ready();
    REQUIRE(dialed.over());
    dialed.start_reading();
    clock->run_ready();
    return dialed;
  }

  std::shared_ptr<VirtualExecutor> clock = std::make_shared<VirtualExecutor>();
  SocketSite site;
  Network network{clock};
  std::shared_ptr<Socket> socket;
  Lines heard;                 // by the server
  bool answers_close = false;  // the test does
};

}  // namespace memory_test
