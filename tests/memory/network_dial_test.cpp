// The WebsocketDialer of the in-memory network keeps the seam's contract.
#include "socket_net.hpp"

using namespace memory_test;

TEST_CASE("a dial arrives as an upgrade, and its acceptance gives a connection") {
  SocketNet net;
  DialRequest request;
  request.url = "ws://a.test/x?y=1";
  request.headers = {{"Cookie", "c=1"}};
  Dialed dialed = net.dial(std::move(request));
  CHECK(net.site.asked.empty());
  Upgrade& upgrade = net.asked();
  CHECK(upgrade.request().line() == "GET /x?y=1");
  CHECK(upgrade.request().upgrade);
  CHECK(*upgrade.request().headers.find("Cookie") == "c=1");
  CHECK(upgrade.open());
  const bool accepted = upgrade.accept({{"Set-Cookie", "d=2"}}, {}) != nullptr;
  CHECK(accepted);
  CHECK_FALSE(upgrade.open());
  const bool again = upgrade.accept({}, {}) != nullptr;
  CHECK_FALSE(again);
  CHECK_FALSE(dialed.over());  // not inside the call
  net.clock->run_ready();
  REQUIRE(dialed.over());
  CHECK(dialed.kept->result->status == 101);
  CHECK(*dialed.kept->result->headers.find("set-cookie") == "d=2");
  CHECK(dialed.kept->result->conn != nullptr);
  CHECK_FALSE(dialed.kept->result->error.has_value());
}

TEST_CASE("a refusal gives its status, headers and the start of its body") {
  SocketNet net;
  DialRequest request;
  request.url = "ws://a.test/x";
  request.max_refusal_bytes = 4;
  const Dialed dialed = net.dial(std::move(request));
  net.asked().refuse(403, {{"X-Why", "w"}}, "forbidden");
  net.clock->run_ready();
  REQUIRE(dialed.over());
  const DialResult& result = *dialed.kept->result;
  CHECK(result.status == 403);
  CHECK(result.body == "forb");
  CHECK(*result.headers.find("X-Why") == "w");
  CHECK(result.conn == nullptr);
  CHECK_FALSE(result.error.has_value());
}

TEST_CASE("a dial fails where the network does, or the url is wrong") {
  SocketNet net;
  const Dialed failed = net.dial();
  net.asked().fail(TransportFailure::tls, "no certificate");
  const Dialed nobody = net.dial("ws://nobody.test/");
  const Dialed scheme = net.dial("http://a.test/");
  net.clock->run_ready();
  REQUIRE(failed.over());
  CHECK(failed.kept->result->error->failure() == TransportFailure::tls);
  REQUIRE(nobody.over());
  CHECK(nobody.kept->result->error->failure() == TransportFailure::connect);
  CHECK(nobody.kept->result->error->sent() == Sent::no);
  REQUIRE(scheme.over());
  CHECK(scheme.kept->result->error->failure() == TransportFailure::unsupported);
}

TEST_CASE("wss urls go to the https origin") {
  SocketNet net;
  SocketSite secure;
  net.network.bind("https://a.test", secure);
  const Dialed dialed = net.dial("wss://a.test/x");
  net.clock->run_ready();
  CHECK(secure.asked.size() == 1);
  CHECK(secure.asked[0]->request().url.scheme == "https");
}

TEST_CASE("a canceled dial never calls its handler, and the server's socket ends") {
  SocketNet net;
  Dialed early = net.dial();
  early.op.reset();
  net.clock->run_ready();
  CHECK(net.site.asked.empty());

  Dialed late = net.dial();
  bool ended = false;
  server::SocketHandlers handlers;
  handlers.on_end = [&] { ended = true; };
  const auto socket = net.asked().accept({}, std::move(handlers));
  late.op.reset();
  net.clock->run_ready();
  CHECK_FALSE(late.over());
  CHECK(ended);
  CHECK_FALSE(socket->open());
  CHECK(net.network.open_connections() == 0);
}

TEST_CASE("the operation may go inside the handler without harm to the connection") {
  SocketNet net;
  Dialed dialed;
  DialRequest request;
  request.url = "ws://a.test/x";
  dialed.op = net.network.dialer()->dial(net.clock, std::move(request), [&](DialResult result) {
    dialed.kept->result.emplace(std::move(result));
    dialed.op.reset();
  });
  const auto socket = net.asked().accept({}, {});
  net.clock->run_ready();
  REQUIRE(dialed.over());
  dialed.start_reading();
  socket->send(MessageType::text, "hello");
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"text hello"});
}

TEST_CASE("a result that nobody takes aborts the connection") {
  SocketNet net;
  DialRequest request;
  request.url = "ws://a.test/x";
  const auto op = net.network.dialer()->dial(net.clock, std::move(request), [](const DialResult&) {});
  bool ended = false;
  server::SocketHandlers handlers;
  handlers.on_end = [&] { ended = true; };
  const auto socket = net.asked().accept({}, std::move(handlers));
  net.clock->run_ready();
  CHECK(ended);
  CHECK(net.network.open_connections() == 0);
}
