// A network with one site that keeps the requests it is asked.
#pragma once

#include "support.hpp"

namespace memory_test {

using memory::Network;
using memory::VirtualExecutor;
using server::Exchange;

// A site that keeps what it is asked.
struct KeepingSite : server::Site {
  std::vector<std::shared_ptr<Exchange>> asked;
  void on_request(std::shared_ptr<Exchange> exchange) override { asked.push_back(std::move(exchange)); }
};

struct HttpNet {
  HttpNet() { network.bind("http://a.test", site); }

  Request get(const std::string& url = "http://a.test/x?y=1", std::size_t max_header_bytes = 64 * 1024) {
    HttpRequest request;
    request.url = url;
    request.max_header_bytes = max_header_bytes;
    return send(std::move(request));
  }
  Request send(HttpRequest request) {
    Request sent;
    sent.op = network.http_client()->send(clock, std::move(request), *sent.answer);
    return sent;
  }
  Exchange& asked() {
    clock->run_ready();
    REQUIRE_FALSE(site.asked.empty());
    return *site.asked.back();
  }

  std::shared_ptr<VirtualExecutor> clock = std::make_shared<VirtualExecutor>();
  KeepingSite site;
  Network network{clock};
};

}  // namespace memory_test
