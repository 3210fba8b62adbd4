// Negotiating against a server that is wrong, slow, elsewhere or of another kind.
#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

namespace {

std::string negotiated(const std::string& version = "2.0", const std::string& more = "") {
  return R"({"Url":"/elsewhere","ConnectionToken":"tok+/=","ConnectionId":"id-1","KeepAliveTimeout":20.0,)"
         R"("DisconnectTimeout":30.0,"ConnectionTimeout":110.0,"TryWebSockets":true,"ProtocolVersion":")" +
         version + R"(","TransportConnectTimeout":5.0,"LongPollDelay":0.0)" + more + "}";
}

}  // namespace

TEST_CASE("P#15 another status than 200 is a NegotiateError that carries it; the dial is not repeated for 4xx") {
  for (const int status : {401, 403, 404}) {
    CAPTURE(status);
    World world;
    world.server.expect_negotiate().answer(status, "Somebody's words");
    const ErrorPtr error = world.dial_error();
    const auto* negotiate = dynamic_cast<const NegotiateError*>(error.get());
    REQUIRE(negotiate != nullptr);
    CHECK(negotiate->status() == status);
    CHECK(find_cause<HttpStatusError>(*error)->server_text() == "Somebody's words");
    CHECK(std::string(error->what()).find("Somebody") == std::string::npos);
    CHECK(world.server.transcript() == Story{"negotiate"});
  }
}

TEST_CASE("P#15 a 500 is tried again, max_negotiate_retries times") {
  World world;
  world.options.max_negotiate_retries = 2;
  world.server.expect_negotiate().times(3).answer(500);
  const ErrorPtr error = world.dial_error();
  CHECK(dynamic_cast<const NegotiateError&>(*error).status() == 500);
  CHECK(world.server.requests("negotiate").size() == 3);
  CHECK(world.server.clock().elapsed() >= 4s);  // two pauses of retry_interval and its jitter
  CHECK(world.server.clock().elapsed() <= 5s);
}

TEST_CASE("a network that heals while negotiate is retried leads to a connection") {
  World world;
  world.server.expect_negotiate().fail(TransportFailure::connect);
  world.server.expect_negotiate().answer(503);
  Conn conn = world.dial();
  CHECK(conn.connection_state() == ConnectionState::connected);
}

TEST_CASE("P#12 each negotiate goes without a connection token, and every later request with the same") {
  World world;
  world.server.expect_negotiate().answer(503);
  Conn conn = world.dial();
  conn.close();
  for (const auto& request : world.server.requests("negotiate")) CHECK_FALSE(request.has_query("connectionToken"));
  for (const char* command : {"connect", "start", "abort"}) {
    CHECK(world.server.requests(command).at(0).query("connectionToken") == conn.state().connection_token);
  }
}

TEST_CASE("P#10 P#6 P#13 connectionData and clientProtocol are the same on every request; callback is never sent") {
  World world;
  world.options.protocol = "1.5";
  Conn conn = world.dial();
  conn.close();
  CHECK(world.server.transcript() == Story{"negotiate", "connect webSockets", "start webSockets", "abort webSockets"});
  for (const auto& request : world.server.requests()) {
    CHECK(request.query("connectionData") == R"([{"name":"chat"}])");
    CHECK(request.query("clientProtocol") == "1.5");
    CHECK_FALSE(request.has_query("callback"));
  }
}

TEST_CASE("P#22 Url is ignored: all requests go where the user said") {
  World world;
  world.server.expect_negotiate().answer(negotiated());
  world.server.expect_connect().accept();
  const PendingDial pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [](Result<Conn>) {});
  world.settle();
  CHECK(world.server.requests("connect").at(0).url.path == "/signalr/connect");
  CHECK(world.server.requests("connect").at(0).query("connectionToken") == "tok+/=");
}

TEST_CASE("P#19 a server that tells no ConnectionId is connected to all the same") {
  World world;
  world.server.expect_negotiate().answer(R"({"ConnectionToken":"t","ProtocolVersion":"1.5","TryWebSockets":true})");
  world.server.expect_connect().accept();
  world.server.expect_start().answer(R"({"Response":"started"})");
  Conn conn;
  const PendingDial pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options,
                                         [&](Result<Conn> dialed) { conn = std::move(dialed).value(); });
  world.settle();
  world.server.peer().send(R"({"C":"s-0,1","S":1,"M":[]})");
  world.settle();
  REQUIRE(conn.connection_state() == ConnectionState::connected);
  CHECK(conn.state().connection_token == "t");
  CHECK(conn.state().connection_id.empty());
}

TEST_CASE("P#25 P#26 P#28 P#33 a redirect moves base, query and authorization of every later request") {
  World world;
  world.options.params = "user=1";
  world.options.headers.add("Authorization", "Basic mine");
  world.server.expect_negotiate().answer(R"({"ProtocolVersion":"2.0","RedirectUrl":")" + world.server.url() +
                                         R"(?asrs=1?x","AccessToken":"bearer-secret"})");
  Conn conn = world.dial();
  conn.close();
  const auto requests = world.server.requests();
  REQUIRE(requests.size() == 5);
  CHECK(*requests[0].headers.find("Authorization") == "Basic mine");
  CHECK(requests[0].query("user") == "1");
  for (std::size_t i = 1; i < requests.size(); ++i) {
    CHECK(*requests[i].headers.find("Authorization") == "Bearer bearer-secret");
    CHECK(requests[i].url.path.find("/signalr/") == 0);
    CHECK(requests[i].query("asrs") == "1?x");  // P#27: split at the first '?' alone
    CHECK_FALSE(requests[i].has_query("user"));
    CHECK(requests[i].url.query.find("bearer-secret") == std::string::npos);
  }
}

TEST_CASE("P#29 the 100th redirect fails with a limit error, the 99th does not; none is followed where 0 are allowed") {
  const auto redirect = [](World& world) {
    return R"({"ProtocolVersion":"2.0","RedirectUrl":")" + world.server.url() + R"("})";
  };
  World fine;
  fine.server.expect_negotiate().times(99).answer(redirect(fine));
  CHECK(fine.dial().connection_state() == ConnectionState::connected);

  World over;
  over.server.expect_negotiate().always().answer(redirect(over));
  const ErrorPtr error = over.dial_error();
  REQUIRE(find_cause<LimitError>(*error) != nullptr);
  CHECK(find_cause<LimitError>(*error)->option() == "max_negotiate_redirects");
  CHECK(over.server.requests("negotiate").size() == 100);

  World none;
  none.options.limits.max_negotiate_redirects = 0;
  none.server.expect_negotiate().answer(redirect(none));
  CHECK(find_cause<LimitError>(*none.dial_error()) != nullptr);
  CHECK(none.server.requests("negotiate").size() == 1);
}

TEST_CASE("P#21 P#24 an ASP.NET Core server and a server's Error are named as such") {
  World core;
  core.server.expect_negotiate().answer(R"({"negotiateVersion":1,"availableTransports":[]})");
  CHECK(std::string(core.dial_error()->what()).find("ASP.NET Core") != std::string::npos);

  World failing;
  failing.server.expect_negotiate().answer(
      R"({"ProtocolVersion":"2.0","Error":"out of quota","RedirectUrl":"http://elsewhere.test/"})");
  const ErrorPtr error = failing.dial_error();
  CHECK(std::string(error->what()).find("out of quota") != std::string::npos);
  CHECK(failing.server.requests().size() == 1);
}

TEST_CASE("P#21 the refusals of an ASP.NET Core server say so, and where negotiate went") {
  for (const int status : {404, 405}) {
    CAPTURE(status);
    World world;
    world.options.params = "user=secret";
    world.server.expect_negotiate().answer(status);
    const std::string what = world.dial_error()->what();
    CHECK(what.find("negotiate failed at " + world.server.origin() + "/signalr/negotiate: ") == 0);
    CHECK(what.find("an ASP.NET Core SignalR server, too, answers so") != std::string::npos);
    CHECK((what.find("use_default_path") != std::string::npos) == (status == 404));
    CHECK(what.find("secret") == std::string::npos);
  }
}

TEST_CASE("a 404 to a negotiate with long params names the length of the query, not the path") {
  World world;
  world.options.params = "a=" + std::string(2100, 'p');
  world.server.expect_negotiate().answer(404);
  const std::string what = world.dial_error()->what();
  CHECK(what.find(" characters: IIS takes 2048 by default") != std::string::npos);
  CHECK(what.find("use_default_path") == std::string::npos);
}

TEST_CASE("an answer that is broken where its text would be hidden fails with the reason that it has") {
  World world;
  const std::string broken = "\"?a=\x01\"}";
  world.server.expect_negotiate().answer(
      200, R"({"Url":"/signalr","ConnectionToken":"t","ConnectionId":"c","ProtocolVersion":"2.1","x":)" + broken);
  const std::string what = world.dial_error()->what();
  CHECK(what.find("that are no valid JSON from offset") != std::string::npos);
}

TEST_CASE("a login page instead of an answer is recognised, and where redirects led is told without its query") {
  World world;
  Headers headers;
  headers.set("Location", world.server.origin() + "/login?return=secret");
  world.server.expect_negotiate().answer(302, "", headers);
  const std::string redirected = world.dial_error()->what();
  CHECK(redirected.find("/signalr/negotiate (redirected to " + world.server.origin() + "/login): ") !=
        std::string::npos);
  CHECK(redirected.find("secret") == std::string::npos);

  World page;
  page.server.expect_negotiate().answer(200, "\r\n<!DOCTYPE html><html><body>Sign in</body></html>");
  CHECK(std::string(page.dial_error()->what()).find("a login page") != std::string::npos);
}

TEST_CASE("a deadline of the dial keeps why the last attempt failed") {
  World world;
  world.server.expect_negotiate().always().fail(TransportFailure::connect, "nobody listens");
  const ErrorPtr error = world.dial_error(CallOptions{1s});
  REQUIRE(dynamic_cast<const DeadlineError*>(error.get()) != nullptr);
  REQUIRE(find_cause<TransportError>(*error) != nullptr);
  CHECK(find_cause<TransportError>(*error)->failure() == TransportFailure::connect);
  CHECK(std::string(error->what()).find("negotiating with " + world.server.origin() + "/signalr/") !=
        std::string::npos);
  CHECK(std::string(error->what()).find("nobody listens") != std::string::npos);
}

TEST_CASE("a canceled dial keeps why the last attempt failed") {
  World world;
  world.server.expect_negotiate().always().fail(TransportFailure::connect, "nobody listens");
  CancelSource source;
  ErrorPtr error;
  const PendingDial pending = async_dial(
      world.server.origin(), Hubs{{"chat"}}, world.options, [&](const Result<Conn>& conn) { error = conn.error_ptr(); },
      CallOptions{{}, source.token()});
  world.settle();
  CHECK(error == nullptr);
  source.cancel();
  world.settle();
  REQUIRE(error != nullptr);
  CHECK(dynamic_cast<const CanceledError*>(error.get()) != nullptr);
  REQUIRE(error->cause() != nullptr);
  REQUIRE(find_cause<TransportError>(*error->cause()) != nullptr);
  CHECK(find_cause<TransportError>(*error->cause())->failure() == TransportFailure::connect);
  CHECK(std::string(error->what()).find("dial was canceled while negotiating with " + world.server.origin()) == 0);
  CHECK(std::string(error->what()).find("the last attempt: ") != std::string::npos);
  CHECK(std::string(error->what()).find("nobody listens") != std::string::npos);
}

TEST_CASE("a port of https that was spoken to in http is told as such") {
  for (const char* body : {"<h1>400</h1><center>The plain HTTP request was sent to HTTPS port</center>",
                           "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
                           "Client sent an HTTP request to an HTTPS server.\n"}) {
    CAPTURE(body);
    World world;
    world.server.expect_negotiate().answer(400, body);
    CHECK(std::string(world.dial_error()->what()).find("the URL must begin with https:") != std::string::npos);
  }
  World other;
  other.server.expect_negotiate().answer(400, "no");
  CHECK(std::string(other.dial_error()->what()).find("https:") == std::string::npos);
}

TEST_CASE("P#133 a negotiate that never ends is given up at request_timeout, and not tried again") {
  World world;
  world.options.request_timeout = 7s;
  world.server.expect_negotiate().hang();
  const ErrorPtr error = world.dial_error();
  CHECK(find_cause<DeadlineError>(*error) != nullptr);
  CHECK(world.server.clock().elapsed() == 7s);
  CHECK(world.server.network().open_connections() == 0);
}

TEST_CASE("P#16 a negotiate body over the cap fails with an error that names the option") {
  World world;
  world.options.limits.max_response_bytes = 1000;
  world.server.expect_negotiate().answer(std::string(1001, ' '));
  const ErrorPtr error = world.dial_error();
  REQUIRE(find_cause<LimitError>(*error) != nullptr);
  CHECK(find_cause<LimitError>(*error)->option() == "max_response_bytes");
}

TEST_CASE("HTTP redirects of negotiate are followed ten times, and no secret crosses to another origin") {
  World world;
  memory::FakeServer other(world.server.network(), "http://other.test");
  world.options.headers.add("Authorization", "Basic mine");
  world.options.headers.add("X-Api-Key", "mine");
  world.options.headers.add("User-Agent", "me/1");
  world.options.headers.add("Accept", "application/json");
  world.options.cookies.emplace_back("session", "mine");
  world.server.expect_negotiate().answer(302, "", {{"Location", "http://other.test/signalr/negotiate"}});
  other.expect_negotiate().answer(401);
  CHECK(dynamic_cast<const NegotiateError&>(*world.dial_error()).status() == 401);
  CHECK(*world.server.requests("negotiate").at(0).headers.find("Cookie") == "session=mine");
  REQUIRE(other.requests("negotiate").size() == 1);
  CHECK(other.requests("negotiate").at(0).headers.find("Authorization") == nullptr);
  const Headers sent = other.requests("negotiate").at(0).headers;
  for (const char* name : {"Cookie", "X-Api-Key"}) CHECK(sent.find(name) == nullptr);
  REQUIRE(sent.find("User-Agent") != nullptr);
  CHECK(*sent.find("User-Agent") == "me/1");
  REQUIRE(sent.find("Accept") != nullptr);
  CHECK(*sent.find("Accept") == "application/json");

  World endless;
  endless.server.expect_negotiate().always().answer(302, "", {{"Location", "/signalr/negotiate"}});
  CHECK(find_cause<LimitError>(*endless.dial_error()) != nullptr);
  CHECK(endless.server.requests("negotiate").size() == 11);
}

TEST_CASE("P#137 another port of the same host is another origin: neither cookies nor credentials go there by a 3xx") {
  World world;
  memory::FakeServer other(world.server.network(), "http://server.test:8080");
  world.options.headers.add("Authorization", "Basic mine");
  world.options.cookies.emplace_back("session", "mine");
  world.server.expect_negotiate().answer(302, "",
                                         {{"Location", "http://server.test:8080/signalr/negotiate"},
                                          {"Set-Cookie", "affinity=a; Path=/"},
                                          {"Set-Cookie", "domain=b; Path=/; Domain=server.test"}});
  other.expect_negotiate().answer(302, "", {{"Location", "http://server.test/signalr/negotiate"}});
  world.server.expect_negotiate().answer(401);
  CHECK(world.dial_error() != nullptr);
  const auto own = world.server.requests("negotiate");
  REQUIRE(own.size() == 2);
  CHECK(*own[0].headers.find("Cookie") == "session=mine");
  REQUIRE(other.requests("negotiate").size() == 1);
  // Nor when it leads back: that request is the other port's wish.
  for (const server::Request& request : {other.requests("negotiate")[0], own[1]}) {
    CHECK(request.headers.find("Cookie") == nullptr);
    CHECK(request.headers.find("Authorization") == nullptr);
  }
}

TEST_CASE(
    "P#137 a RedirectUrl to another port of the same host takes the cookies along, as a new address of the server") {
  World world;
  memory::FakeServer other(world.server.network(), "http://server.test:8080");
  world.options.cookies.emplace_back("session", "mine");
  world.server.expect_negotiate().answer(200,
                                         R"({"ProtocolVersion":"2.1","RedirectUrl":"http://server.test:8080/signalr"})",
                                         {{"Content-Type", "application/json"}, {"Set-Cookie", "affinity=a; Path=/"}});
  Conn conn = world.dial();
  CHECK(*other.requests("connect").at(0).headers.find("Cookie") == "session=mine; affinity=a");
}

TEST_CASE("what waiting can't heal is not tried again: a TLS failure ends the dial at once") {
  SUBCASE("of negotiate") {
    World world;
    world.server.expect_negotiate().fail(TransportFailure::tls, "the certificate has expired");
    const ErrorPtr error = world.dial_error();
    CHECK(dynamic_cast<const NegotiateError*>(error.get()) != nullptr);
    CHECK(find_cause<TransportError>(*error)->failure() == TransportFailure::tls);
    CHECK(world.server.requests("negotiate").size() <= 1);
    CHECK(world.server.clock().elapsed() == 0s);
  }
  SUBCASE("of the upgrade") {
    World world;
    world.options.transports = {TransportKind::websockets};
    world.server.expect_connect().fail(TransportFailure::tls, "the certificate has expired");
    const ErrorPtr error = world.dial_error();
    CHECK(dynamic_cast<const ConnectError*>(error.get()) != nullptr);
    CHECK(find_cause<TransportError>(*error)->failure() == TransportFailure::tls);
    CHECK(world.server.clock().elapsed() == 0s);
  }
}

TEST_CASE("a 500 to negotiate with hubs hints at the names of the hubs") {
  World world;
  world.options.max_negotiate_retries = 0;
  SUBCASE("500 with hubs") {
    world.server.expect_negotiate().answer(500);
    CHECK(std::string(world.dial_error()->what()).find("a hub that it doesn't have") != std::string::npos);
  }
  SUBCASE("another status") {
    world.server.expect_negotiate().answer(503);
    CHECK(std::string(world.dial_error()->what()).find("hub") == std::string::npos);
  }
}

TEST_CASE("a 401 that offers NTLM says what it asks for and what this client speaks") {
  for (const char* command : {"negotiate", "start", "connect"}) {
    CAPTURE(command);
    World world;
    world.options.transports = {TransportKind::websockets};
    world.server.expect(command).always().answer(401, "",
                                                 {{"WWW-Authenticate", "Negotiate"}, {"WWW-Authenticate", "NTLM"}});
    const ErrorPtr error = world.dial_error();
    CHECK(std::string(error->what()).find("it asks for Negotiate, NTLM, and this client sends a Bearer token") !=
          std::string::npos);
  }
  World world;
  world.server.expect_negotiate().answer(401);
  CHECK(std::string(world.dial_error()->what()).find("it asks for") == std::string::npos);
}
