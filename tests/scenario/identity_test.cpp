// What goes with every request: query, headers, cookies, tokens; and where none of it may ever show up.
#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

TEST_CASE("P#11 P#138 params and headers go with every request, the upgrade included") {
  World world;
  world.options.params = "?bob=12345&ä=%C3%A4";
  world.options.headers.add("X-Trace", "one");
  world.options.headers.add("X-Trace", "two");
  Conn conn = world.dial();
  conn.close();
  CHECK(world.server.requests().size() == 4);
  for (const auto& request : world.server.requests()) {
    CHECK(request.query("bob") == "12345");
    std::vector<std::string> values;
    for (const Header& header : request.headers) {
      if (header.name == "X-Trace") values.push_back(header.value);
    }
    CHECK(values == Story{"one", "two"});
  }
}

TEST_CASE("P#137 cookies set by negotiate are sent with the upgrade, start and abort") {
  World world;
  world.options.cookies.emplace_back("mine", "1");
  world.server.expect_negotiate().run([&](std::shared_ptr<server::Exchange> exchange) {
    exchange->answer(503, {{"Set-Cookie", "ARRAffinity=node7; Path=/; HttpOnly"}}, "");
  });
  Conn conn = world.dial();
  conn.close();
  const auto requests = world.server.requests();
  REQUIRE(requests.size() == 5);
  CHECK(*requests[0].headers.find("Cookie") == "mine=1");
  for (std::size_t i = 1; i < requests.size(); ++i) {
    const std::string& cookies = *requests[i].headers.find("Cookie");
    CHECK(cookies.find("mine=1") != std::string::npos);
    CHECK(cookies.find("ARRAffinity=node7") != std::string::npos);
  }
}

TEST_CASE("access_token is asked before each request") {
  World world;
  int asked = 0;
  world.options.access_token = [&] { return "token-" + std::to_string(++asked); };
  Conn conn = world.dial();
  conn.close();
  const auto requests = world.server.requests();
  REQUIRE(requests.size() == 4);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    CHECK(*requests[i].headers.find("Authorization") == "Bearer token-" + std::to_string(i + 1));
  }
}

TEST_CASE("an access_token that throws, or that would split the request, fails the dial without I/O") {
  World world;
  world.options.access_token = []() -> std::string { throw std::runtime_error("keychain locked"); };
  CHECK(find_cause<UsageError>(*world.dial_error()) != nullptr);
  world.options.access_token = [] { return std::string("a\r\nX-Injected: 1"); };
  CHECK(find_cause<UsageError>(*world.dial_error()) != nullptr);
  CHECK(world.server.requests().empty());
}

TEST_CASE("P#1 P#2 P#11 P#134 bad endpoints, params, headers and options are UsageErrors before any I/O") {
  World world;
  const auto refused = [&](const std::string& endpoint, DialOptions options) {
    CHECK_THROWS_AS(dial(endpoint, Hubs{{"chat"}}, options), UsageError);
    CHECK_THROWS_AS((void)async_dial(endpoint, Hubs{{"chat"}}, options, [](Result<Conn>) {}), UsageError);
  };
  for (const char* endpoint : {"", "ssh://server.test", "ws://server.test", "server.test", "http://", "http://a/?x=1",
                               "http://a/#x", "http://a b/"}) {
    CAPTURE(endpoint);
    refused(endpoint, world.options);
  }
  const auto with = [&](auto change) {
    DialOptions options = world.options;
    change(options);
    refused(world.server.origin(), options);
  };
  with([](DialOptions& options) { options.params = "connectionTOKEN=x"; });
  with([](DialOptions& options) { options.params = "a=1\r\nX: y"; });
  with([](DialOptions& options) { options.headers.add("X", "a\r\nY: b"); });
  with([](DialOptions& options) { options.headers.add("Sec-WebSocket-Key", "x"); });
  with([](DialOptions& options) { options.headers.add("Host", "x"); });
  with([](DialOptions& options) { options.protocol = "1.1"; });
  with([](DialOptions& options) { options.protocol = "3.0"; });
  with([](DialOptions& options) { options.http_client = nullptr; });
  with([](DialOptions& options) {
    options.dialer = nullptr;
    options.transports = {TransportKind::websockets};
  });
  with([](DialOptions& options) { options.transports = {}; });
  with([](DialOptions& options) {
    options.transports = {TransportKind::long_polling, TransportKind::websockets, TransportKind::long_polling};
  });
  with([](DialOptions& options) { options.parallel_sends = 0; });
  with([](DialOptions& options) { options.request_timeout = 0s; });
  CHECK(world.server.requests().empty());
}

TEST_CASE("P#135 no secret shows up in logs, errors or exceptions, whatever fails") {
  const std::vector<std::string> secrets = {"s3cr3t-cookie", "s3cr3t-header", "s3cr3t-param", "s3cr3t-token"};
  for (const std::string stage : {"none", "negotiate", "connect", "start", "abort", "network"}) {
    CAPTURE(stage);
    World world;
    world.options.cookies.emplace_back("c", secrets[0]);
    world.options.headers.add("Authorization", "Basic " + secrets[1]);
    world.options.params = "key=" + secrets[2];
    world.options.max_negotiate_retries = 1;
    world.options.log_level = LogLevel::trace;
    if (stage == "network") world.server.network().fail_connections(TransportFailure::connect);
    if (stage == "negotiate") world.server.expect_negotiate().answer(403, secrets[3]);
    if (stage == "connect") world.server.expect_connect().answer(403, secrets[3]);
    if (stage == "start") world.server.expect_start().answer(R"({"Response":"no"})");
    if (stage == "abort") world.server.expect_abort().answer(500, secrets[3]);
    std::string everything;
    std::string connection_token;
    try {
      Conn conn = world.dial();
      connection_token = conn.state().connection_token;
      conn.close();
    } catch (const Error& error) {
      for (const Error* link = &error; link != nullptr; link = link->cause().get()) everything += link->what();
    }
    for (const std::string& line : world.log) everything += line + '\n';
    for (const std::string& line : world.story) everything += line + '\n';
    CHECK(everything.size() > 100);
    for (const std::string& secret : secrets) CHECK(everything.find(secret) == std::string::npos);
    if (!connection_token.empty()) CHECK(everything.find(connection_token) == std::string::npos);
  }
}
