// The examples of docs/testing.md, with the client that they are about.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include <signalr/conn.hpp>
#include <signalr/memory/fake_server.hpp>

using namespace std::chrono_literals;
using namespace signalr;

namespace {

DialOptions options_for(memory::FakeServer& server) {
  DialOptions options;
  options.http_client = server.http_client();
  options.dialer = server.dialer();
  options.executor = server.executor();
  return options;
}

}  // namespace

TEST_CASE("the first test of the guide") {
  memory::FakeServer server;
  Conn conn = dial(server.origin(), Hubs{{"ticker"}}, options_for(server));
  server.broadcast("Ticker", "price", R"(["MSFT", 101.50])");
  const Message message = conn.read_message();
  CHECK(message.messages().at(0).arg(1).text() == "101.50");

  conn.close();
  CHECK(server.transcript() ==
        std::vector<std::string>{"negotiate", "connect webSockets", "start webSockets", "abort webSockets"});
  server.clock().run_ready();  // what the end of the connection left to be dropped
  CHECK(server.clock().pending_tasks() == 0);
  CHECK(server.clock().pending_timers() == 0);
  CHECK(server.network().open_connections() == 0);
}

TEST_CASE("the guide's script: what the next requests get") {
  memory::FakeServer server;
  server.expect_negotiate().answer(503);
  server.expect_negotiate().fail(TransportFailure::connect);
  server.expect_start().after(4s).serve();
  Conn conn = dial(server.origin(), Hubs{{"ticker"}}, options_for(server));
  CHECK(server.requests("negotiate").size() == 3);
  CHECK(server.unmet() == "");
}

TEST_CASE("the guide's peer: speaking for the server") {
  memory::FakeServer server;
  server.expect_connect().accept();
  std::optional<Conn> conn;
  const PendingDial pending = async_dial(server.origin(), Hubs{{"ticker"}}, options_for(server),
                                         [&](Result<Conn> result) { conn = std::move(result).value(); });
  server.clock().run_ready();
  CHECK_FALSE(conn.has_value());
  server.peer().send(R"({"C":"d-1","S":1,"M":[]})");
  server.clock().run_ready();
  REQUIRE(conn.has_value());
  server.peer().send(R"({"C":"d-2","M":[{"H":"Ticker","M":"price","A":[1]}]})");
  const Message message = conn->read_message();
  CHECK(message.messages().at(0).method == "price");
}
