// HTTP redirects (3xx): the whole connection goes where a GET was led; what isn't followed says where it led.
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

constexpr TransportKind kTransports[] = {TransportKind::websockets, TransportKind::server_sent_events,
                                         TransportKind::long_polling};

/// Answers as a site does that wants all of http to be https, or to be elsewhere: same path, same query.
auto moved_to(std::string origin) {
  return [origin = std::move(origin)](const std::shared_ptr<server::Exchange>& exchange) {
    exchange->answer(301, {{"Location", origin + exchange->request().url.target()}}, "moved");
  };
}

/// The server that users dial, whose negotiate leads to another one.
struct Moved : World {
  explicit Moved(const std::string& origin = "https://server.test") : there(server.network(), origin) {
    there.hub("Chat").on("Echo", [](server::Call& call) { call.result(call.args().at(0)); });
    server.expect_negotiate().always().run(moved_to(origin));
  }
  bool logged(std::string_view part) const {
    return std::any_of(log.begin(), log.end(), [&](const std::string& line) { return line.find(part) != line.npos; });
  }

  memory::FakeServer there;
};

/// What a server has to know to answer negotiate, without the user's own parameters.
const std::string kQuery = "clientProtocol=2.1&connectionData=%5B%7B%22name%22%3A%22chat%22%7D%5D";

std::string result_of(Conn& conn, const ClientMsg& message) {
  conn.write_message(message, CallOptions{1min});
  for (;;) {
    const Message frame = conn.read_message(CallOptions{1min});
    if (frame.is_result()) return std::string(frame.result().text());
  }
}

/// What an error of a redirect that isn't followed says.
constexpr const char* kTold = "; the server redirects to https://elsewhere.test/signalr/login: dial that";

Headers elsewhere() { return {{"Location", "https://elsewhere.test/signalr/login?ticket=SECRET#SECRET"}}; }

void check_told(const std::string& what) {
  CAPTURE(what);
  CHECK(what.find(kTold) != std::string::npos);
  CHECK(what.find("SECRET") == std::string::npos);
}

}  // namespace

TEST_CASE("a site that answers each request over http by 301 to https is connected to over https") {
  for (const TransportKind kind : kTransports) {
    CAPTURE(to_string(kind));
    Moved world;
    world.options.transports = {kind};
    world.options.params = "user=1";
    Conn conn = world.dial();
    CHECK(result_of(conn, call("1", "Echo", {"7"})) == "7");
    conn.close();
    CHECK(world.server.transcript() == Story{"negotiate"});
    for (const char* command : {"negotiate", "connect", "start", "abort"}) {
      REQUIRE(world.there.requests(command).size() == 1);
      CHECK(world.there.requests(command)[0].query("user") == "1");
    }
    CHECK(world.logged("the server redirects to https://server.test/signalr/, and the whole connection goes there"));
  }
}

TEST_CASE("P#137 cookies that negotiate set where it was led go with the later requests there, and no others") {
  Moved world;
  world.options.cookies.emplace_back("session", "of http");
  world.there.expect_negotiate().answer(
      200, R"({"ConnectionToken":"t","ConnectionId":"i","ProtocolVersion":"1.5","TryWebSockets":true})",
      {{"Set-Cookie", "affinity=7; Path=/"}});
  world.there.expect_connect().accept();
  const PendingDial pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [](Result<Conn>) {});
  world.settle();
  REQUIRE(world.there.requests("connect").size() == 1);
  REQUIRE(world.there.requests("connect")[0].headers.find("Cookie") != nullptr);
  CHECK(*world.there.requests("connect")[0].headers.find("Cookie") == "affinity=7");
}

TEST_CASE("where a redirect led to another origin, nothing goes along that was meant for the first one") {
  for (const TransportKind kind : kTransports) {
    CAPTURE(to_string(kind));
    World world;
    memory::FakeServer other(world.server.network(), "http://other.test");
    other.hub("Chat").on("Echo", [](server::Call& call) { call.result(call.args().at(0)); });
    world.server.expect_negotiate().answer(302, "", {{"Location", "http://other.test/signalr/negotiate?" + kQuery}});
    world.options.transports = {kind};
    world.options.headers.add("X-Api-Key", "SECRET");
    world.options.headers.add("User-Agent", "me/1");
    world.options.cookies.emplace_back("session", "SECRET");
    world.options.access_token = [] { return std::string("SECRET"); };
    world.options.params = "key=SECRET";
    Conn conn = world.dial();
    CHECK(result_of(conn, call("1", "Echo", {"7"})) == "7");
    conn.close();
    CHECK(other.requests().size() >= 4);
    for (const server::Request& request : other.requests()) {
      CAPTURE(request.line());
      CHECK(request.line().find("SECRET") == std::string::npos);
      for (const Header& header : request.headers) CHECK(header.value.find("SECRET") == std::string::npos);
      CHECK(*request.headers.find("User-Agent") == "me/1");
    }
    const auto told = std::find_if(world.log.begin(), world.log.end(), [](const std::string& line) {
      return line.find("without the headers, cookies, token and parameters") != std::string::npos;
    });
    CHECK(told != world.log.end());
  }
}

TEST_CASE("a refusal where a redirect led says that the credentials were left out") {
  Moved world("http://other.test");
  world.options.headers.add("Authorization", "Basic mine");
  world.there.expect_negotiate().answer(401);
  const ErrorPtr error = world.dial_error();
  CHECK(dynamic_cast<const NegotiateError&>(*error).status() == 401);
  CHECK(std::string(error->what()).find("were left out: dial that URL") != std::string::npos);

  Moved nobody("http://other.test");
  nobody.there.expect_negotiate().answer(401);
  CHECK(std::string(nobody.dial_error()->what()).find("left out") == std::string::npos);
}

TEST_CASE("a redirect within the origin takes everything along") {
  server::ServerSettings settings;
  settings.path = "/v2/signalr";
  World world(settings);
  world.options.headers.add("X-Api-Key", "mine");
  world.options.params = "key=mine";
  world.server.expect_negotiate().answer(302, "", {{"Location", "/v2/signalr/negotiate?" + kQuery}});
  Conn conn = world.dial();
  conn.close();
  const auto requests = world.server.requests();
  REQUIRE(requests.size() == 5);
  for (std::size_t i = 2; i < requests.size(); ++i) {
    CHECK(requests[i].url.path.find("/v2/signalr/") == 0);
    CHECK(*requests[i].headers.find("X-Api-Key") == "mine");
    CHECK(requests[i].query("key") == "mine");
  }
}

TEST_CASE("a RedirectUrl of where an HTTP redirect led brings no credentials back") {
  Moved world("http://other.test");
  memory::FakeServer third(world.server.network(), "http://third.test");
  world.options.headers.add("X-Api-Key", "SECRET");
  world.there.expect_negotiate().answer(
      R"({"ProtocolVersion":"2.0","RedirectUrl":"http://third.test/signalr","AccessToken":"theirs"})");
  Conn conn = world.dial();
  conn.close();
  CHECK(third.requests().size() == 4);
  for (const server::Request& request : third.requests()) {
    CHECK(request.headers.find("X-Api-Key") == nullptr);
    CHECK(*request.headers.find("Authorization") == "Bearer theirs");
  }
}

TEST_CASE("a detour over another origin that ends where it began moves nothing, and its cookies are kept") {
  World world;
  memory::FakeServer other(world.server.network(), "http://other.test");
  world.options.headers.add("X-Api-Key", "mine");
  world.server.expect_negotiate().answer(302, "", {{"Location", "http://other.test/signalr/ping"}});
  other.expect("ping").answer(302, "", {{"Location", "http://server.test/signalr/negotiate"}});
  world.server.expect_negotiate().answer(
      200, R"({"ConnectionToken":"t","ConnectionId":"i","ProtocolVersion":"1.5","TryWebSockets":true})",
      {{"Set-Cookie", "ticket=7; Path=/"}});
  world.server.expect_connect().accept();
  const PendingDial pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [](Result<Conn>) {});
  world.settle();
  REQUIRE(world.server.requests("connect").size() == 1);
  const Headers sent = world.server.requests("connect")[0].headers;
  REQUIRE(sent.find("Cookie") != nullptr);
  CHECK(*sent.find("Cookie") == "ticket=7");
  CHECK(*sent.find("X-Api-Key") == "mine");
}

TEST_CASE("a redirect that ends elsewhere than at the request's name is no answer, whatever is there") {
  World world;
  world.server.expect_negotiate().answer(302, "", {{"Location", "http://other.test/signalr/ping?return=SECRET"}});
  memory::FakeServer other(world.server.network(), "http://other.test");
  other.expect("ping").answer(200, "<html>Sign in</html>");
  const std::string what = world.dial_error()->what();
  CHECK(what.find(
            "the server redirects to http://other.test/signalr/ping, which is not where a connection's requests go") !=
        std::string::npos);
  CHECK(what.find("SECRET") == std::string::npos);
}

TEST_CASE("a restart begins where the user dialed, whatever redirects led to") {
  Moved world;
  world.options.restart.emplace();
  Conn conn = world.dial();
  world.there.peer().send(R"({"E":"over"})");
  world.server.clock().advance(1min);
  CHECK(conn.connection_state() == ConnectionState::connected);
  CHECK(conn.stats().restarts == 1);
  CHECK(world.server.transcript() == Story{"negotiate", "negotiate"});
}

TEST_CASE("an event stream that is led elsewhere takes the later requests along") {
  HttpWorld world(TransportKind::server_sent_events);
  memory::FakeServer other(world.server.network(), "http://other.test");
  world.server.expect_connect().run(moved_to("http://other.test"));
  Conn conn = world.connect();
  conn.close();
  CHECK(other.transcript() == Story{"connect serverSentEvents", "start serverSentEvents", "abort serverSentEvents"});
}

TEST_CASE("a redirect of negotiate, connect or start that isn't followed says where it led") {
  {
    World world;
    world.server.expect_negotiate().answer(300, "", elsewhere());
    check_told(world.dial_error()->what());
  }
  {
    World world;
    world.server.expect_start().answer(300, "", elsewhere());
    check_told(world.dial_error()->what());
  }
  for (const TransportKind kind : kTransports) {
    CAPTURE(to_string(kind));
    World world;
    world.options.transports = {kind};
    world.server.expect_connect().answer(kind == TransportKind::server_sent_events ? 300 : 301, "", elsewhere());
    check_told(world.dial_error()->what());
  }
}

TEST_CASE("a redirect of a poll, a message or an abort says where it led") {
  {
    HttpWorld world(TransportKind::long_polling);
    world.server.expect_poll().answer(302, "", elsewhere());
    Conn conn = world.connect();
    REQUIRE_FALSE(world.reasons.empty());
    check_told(world.reasons[0]->what());
  }
  over_both([](HttpWorld& world) {
    Conn conn = world.connect();
    world.server.expect_send().answer(302, "", elsewhere());
    try {
      conn.write_message(call("1", "Echo", {"1"}));
      FAIL("a message that was redirected counts as sent");
    } catch (const WriteError& error) {
      check_told(error.what());
    }
    world.server.expect_abort().answer(302, "", elsewhere());
    conn.close();
    const auto line = std::find_if(world.log.begin(), world.log.end(),
                                   [](const std::string& text) { return text.find("abort answered 302") == 0; });
    REQUIRE(line != world.log.end());
    check_told(*line);
  });
}

TEST_CASE("a redirect that can't be followed says where it led") {
  World world;
  world.server.expect_negotiate().always().answer(302, "", {{"Location", "/signalr/negotiate?again=SECRET"}});
  const std::string what = world.dial_error()->what();
  CHECK(what.find("10 redirects were followed, the next one leads to http://server.test/signalr/negotiate") !=
        std::string::npos);
  CHECK(what.find("SECRET") == std::string::npos);
}
