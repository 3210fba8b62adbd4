// The script of FakeServer: what requests get instead of the usual answer.
#include "support.hpp"

#include <stdexcept>

using namespace memory_test;

namespace {

Request ping(Client& client) {
  Request sent = client.send("GET", "http://server.test/signalr/ping");
  client.server.clock().run_ready();
  return sent;
}

}  // namespace

TEST_CASE("without a script it behaves like a server; the transcript tells what was asked") {
  memory::FakeServer server;
  Client client{server};
  client.negotiate();
  Dialed socket = client.open("connect");
  client.request("start", "webSockets");
  socket.conn().write(MessageType::text, "hello");
  server.clock().run_ready();
  client.request("abort", "webSockets");
  CHECK(server.transcript() == Lines{"negotiate", "connect webSockets", "start webSockets", "abort webSockets"});
  CHECK(server.requests("connect").size() == 1);
  CHECK(server.requests("connect")[0].upgrade);
  CHECK(server.requests().size() == 4);
  CHECK(server.received() == Lines{"hello"});
  CHECK(server.unmet().empty());
}

TEST_CASE("expectations apply to one request each, in the order in which they were written") {
  memory::FakeServer server;
  Client client{server};
  server.expect("ping").answer("{}");
  server.expect("ping").answer(503, "busy", {{"Retry-After", "1"}});
  server.expect("ping").fail(TransportFailure::tls, "why");
  server.expect("ping").truncate("{\"Resp");
  server.expect("ping");
  CHECK(ping(client)->body == "{}");
  const Request busy = ping(client);
  CHECK(busy->status == 503);
  CHECK(busy->body == "busy");
  CHECK(*busy->headers.find("Retry-After") == "1");
  CHECK(ping(client)->log == Lines{"failed tls"});
  CHECK(ping(client)->log == Lines{"headers 200", "data {\"Resp", "failed closed"});
  CHECK(server.unmet() == "ping\n");
  CHECK(ping(client)->body == R"({ "Response": "pong" })");
  CHECK(server.unmet().empty());
  CHECK(ping(client)->body == R"({ "Response": "pong" })");
}

TEST_CASE("times, always, with and over choose the requests") {
  memory::FakeServer server;
  Client client{server};
  client.negotiate();
  server.expect_start().over("longPolling").times(2).answer(500);
  server.expect_start().with("clientProtocol", "9.9").answer(404);
  CHECK(client.request("start", "longPolling")->status == 500);
  CHECK(server.unmet() == "start transport=longPolling\nstart clientProtocol=9.9\n");
  CHECK(client.request("start", "webSockets")->status == 200);
  CHECK(client.request("start", "longPolling")->status == 500);
  CHECK(client.request("start", "longPolling")->status == 200);
  server.expect("ping").always().answer(401);
  for (int i = 0; i < 3; ++i) CHECK(ping(client)->status == 401);
  server.expect_connect().times(3);
  CHECK(server.unmet() == "start clientProtocol=9.9\nconnect, 3 times\n");
  CHECK_THROWS_AS(server.expect("conect"), std::invalid_argument);
}

TEST_CASE("hang answers never, after answers later") {
  memory::FakeServer server;
  Client client{server};
  server.expect("ping").hang();
  server.expect("ping").after(3s).serve();
  const Request hung = ping(client);
  const Request slow = ping(client);
  server.clock().advance(2999ms);
  CHECK(slow->log.empty());
  server.clock().advance(1ms);
  CHECK(slow->done);
  server.clock().advance(24h);
  CHECK(hung->log.empty());
}

TEST_CASE("run hands over the exchange") {
  memory::FakeServer server;
  Client client{server};
  std::shared_ptr<server::Exchange> kept;
  server.expect("ping").run([&](std::shared_ptr<server::Exchange> exchange) { kept = std::move(exchange); });
  const Request sent = ping(client);
  kept->write("in ");
  kept->write("pieces");
  kept->end();
  server.clock().run_ready();
  CHECK(sent->log == Lines{"headers 200", "data in ", "data pieces", "done"});
}

TEST_CASE("upgrades are refused, failed or hung by the same words") {
  memory::FakeServer server;
  Client client{server};
  server.expect_connect().answer(404, "not here");
  server.expect_connect().fail(TransportFailure::tls);
  server.expect_connect().truncate("");
  server.expect_connect().hang();
  std::vector<Dialed> dialed;
  for (int i = 0; i < 4; ++i) dialed.push_back(client.dial("ws://server.test/signalr/connect?transport=webSockets"));
  server.clock().run_ready();
  CHECK(dialed[0].kept->result->status == 404);
  CHECK(dialed[0].kept->result->body == "not here");
  CHECK(dialed[1].kept->result->error->failure() == TransportFailure::tls);
  CHECK(dialed[2].kept->result->error->failure() == TransportFailure::closed);
  CHECK_FALSE(dialed[3].over());
}

TEST_CASE("accept opens a WebSocket that does only what the test says") {
  memory::FakeServer server;
  Client client{server};
  CHECK_THROWS_AS(server.peer(), std::out_of_range);
  server.expect_connect().accept({{"Set-Cookie", "a=1"}});
  client.negotiate();
  Dialed socket = client.open("connect");
  CHECK(*socket.kept->result->headers.find("Set-Cookie") == "a=1");
  server.clock().advance(1h);
  CHECK(socket.ear().log.empty());  // no init, no keep-alive
  socket.conn().write(MessageType::text, "hello");
  server.clock().run_ready();
  CHECK(server.received() == Lines{"hello"});
  server.peer().send("{}").send("not json").send_binary("\x01").keep_alive();
  server.peer().close(1001, "restart");
  server.clock().run_ready();
  CHECK(socket.ear().log ==
        Lines{"written hello", "text {}", "text not json", "binary \x01", "text {}", "end closed 1001"});
  CHECK_FALSE(server.peer().open());
}

TEST_CASE("accept opens event streams and polls, too") {
  memory::FakeServer server;
  Client client{server};
  client.negotiate();
  server.expect_connect().times(2).accept();
  const Request stream = client.request("connect", "serverSentEvents");
  CHECK(server.peer().transport() == "serverSentEvents");
  server.peer().send("one");
  server.peer().cut();
  const Request poll = client.request("connect", "longPolling");
  server.peer().keep_alive().send("two");
  server.clock().run_ready();
  CHECK(stream->body == "data: initialized\n\ndata: one\n\n");
  CHECK(stream->log.back() == "failed closed");
  CHECK(poll->body == " two");
  CHECK(poll->done);
  CHECK(server.peers() == 2);
}

TEST_CASE("peers of served transports are at hand as well") {
  memory::FakeServer server;
  Client client{server};
  client.negotiate();
  Dialed socket = client.open("connect");
  server.peer(0).send("{\"extra\":1}");
  server.peer(0).cut();
  server.clock().run_ready();
  CHECK(socket.ear().texts.back() == "{\"extra\":1}");
  CHECK(socket.ear().log.back() == "end closed 1006");
  CHECK_THROWS_AS(server.peer(1), std::out_of_range);
}

TEST_CASE("several servers share one network and one clock") {
  const auto clock = std::make_shared<memory::VirtualExecutor>();
  memory::Network network(clock);
  memory::FakeServer one(network, "http://one.test");
  memory::FakeServer two(network, "https://two.test:444");
  CHECK(&one.clock() == clock.get());
  CHECK(two.url() == "https://two.test:444/signalr");
  Client client{one};
  const Request first = client.send("GET", one.url() + "/ping");
  const Request second = client.send("GET", two.url() + "/ping");
  clock->run_ready();
  CHECK(first->done);
  CHECK(second->done);
  CHECK(one.transcript() == Lines{"ping"});
  CHECK(two.transcript() == Lines{"ping"});
}

TEST_CASE("clients may outlive the server") {
  Request request;
  Dialed socket;
  std::shared_ptr<server::Exchange> kept;
  {
    memory::FakeServer server;
    Client client{server};
    client.negotiate();
    socket = client.open("connect");
    server.expect("ping").run([&](std::shared_ptr<server::Exchange> exchange) { kept = std::move(exchange); });
    request = ping(client);
    socket.conn().write(MessageType::text, "queued");
  }
  socket.conn().write(MessageType::text, "later");
  socket.conn().read();
  kept->answer_json("{}");
  socket.kept->result.reset();
  request.op.reset();
  CHECK(socket.ear().texts.size() == 1);
  CHECK(request->log.empty());
}
