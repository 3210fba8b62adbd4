// Origins, the journal, and who may go before whom.
#include <stdexcept>

#include "http_net.hpp"

using namespace memory_test;

TEST_CASE("origins are told apart by scheme, host and port; without a site they refuse") {
  HttpNet net;
  KeepingSite other;
  net.network.bind("https://A.test:8443/", other);
  const Request there = net.get("https://a.test:8443/x");
  const Request elsewhere = net.get("https://a.test/x");
  net.clock->run_ready();
  CHECK(other.asked.size() == 1);
  CHECK(net.site.asked.empty());
  CHECK(elsewhere->log == Lines{"failed connect"});
  CHECK(elsewhere->error->sent() == Sent::no);

  net.network.unbind("https://a.test:8443");
  const Request refused = net.get("https://a.test:8443/x");
  net.clock->run_ready();
  CHECK(refused->log == Lines{"failed connect"});
  CHECK_THROWS_AS(net.network.bind("a.test", other), std::invalid_argument);
  CHECK_THROWS_AS(net.network.bind("ws://a.test", other), std::invalid_argument);
}

TEST_CASE("the journal keeps all requests in order of arrival") {
  HttpNet net;
  const Request one = net.get("http://a.test/one");
  const Request two = net.get("http://nobody.test/two");
  net.clock->run_ready();
  REQUIRE(net.network.requests().size() == 2);
  CHECK(net.network.requests()[0].line() == "GET /one");
  CHECK(net.network.requests()[1].url.host == "nobody.test");
  net.network.clear_requests();
  CHECK(net.network.requests().empty());
}

TEST_CASE("operations go on when the client that made them is gone, and end with the network silently") {
  auto clock = std::make_shared<VirtualExecutor>();
  KeepingSite site;
  auto network = std::make_unique<Network>(clock);
  network->bind("http://a.test", site);
  std::shared_ptr<HttpClient> client = network->http_client();
  Request sent;
  HttpRequest request;
  request.url = "http://a.test/";
  sent.op = client->send(clock, request, *sent.answer);
  Request later;
  clock->run_ready();
  site.asked.at(0)->write("one");
  clock->run_ready();
  CHECK(sent->log == Lines{"headers 200", "data one"});

  network.reset();
  site.asked.at(0)->write("two");
  later.op = client->send(clock, request, *later.answer);
  clock->run_ready();
  CHECK(sent->log.size() == 2);
  CHECK(later->log == Lines{"failed connect"});
}

TEST_CASE("after the executor has stopped, destruction is safe on any thread") {
  HttpNet net;
  Request sent = net.get();
  Request early = net.get();
  net.asked().write("one");
  net.clock->stop();
  sent.op.reset();
  early.op.reset();
  CHECK(sent->log.empty());
}

TEST_CASE("queued work holds neither the executor nor the network") {
  auto clock = std::make_shared<VirtualExecutor>();
  const std::weak_ptr<VirtualExecutor> watched = clock;
  KeepingSite site;
  {
    Network network(clock);
    network.bind("http://a.test", site);
    Request sent;
    HttpRequest request;
    request.url = "http://a.test/";
    sent.op = network.http_client()->send(clock, request, *sent.answer);
    clock.reset();
  }
  CHECK(watched.expired());
}
