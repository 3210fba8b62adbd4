// Servers that contradict themselves or mean harm: no crash, no tight loop, no memory that grows for ever.
#include <signalr/client.hpp>

#include "../support/cost.hpp"
#include "caller.hpp"
#include "http_world.hpp"

using namespace scenario;
using namespace signalr;

namespace {

constexpr const char* kOpenApart = R"({"C":"d-1","S":1,"M":[]})";

/// The negotiate answer of a server, with some of its numbers replaced.
std::string negotiated(const std::string& numbers) {
  return R"({"Url":"/signalr","ConnectionToken":"token","ConnectionId":"id","TryWebSockets":true,)"
         R"("ProtocolVersion":"2.1",)" +
         numbers + "}";
}

/// All that an error says, its causes' words included.
std::string words_of(const Error& error) {
  std::string words;
  for (const Error* link = &error; link != nullptr; link = link->cause().get()) {
    words.append(link->what()).append("\n").append(link->server_text()).append("\n");
    if (const auto* start = dynamic_cast<const InvalidStartResponseError*>(link)) words += start->actual();
  }
  return words;
}

/// Everything that a server knows of a request, as the error pages of some show it.
std::string error_page(const server::Request& request) {
  std::string page = "<pre>Requested URL http://server.test" + request.line() + "\nProxy-Authorization: proxy-secret\n";
  for (const Header& header : request.headers) page += header.name + ": " + header.value + "\n";
  return page + "</pre>";
}

/// Reaches the servers through a proxy whose password may come back from anywhere.
class ThroughProxy final : public HttpClient {
 public:
  explicit ThroughProxy(std::shared_ptr<HttpClient> inner) : inner_(std::move(inner)) {}
  std::unique_ptr<HttpOperation> send(const std::shared_ptr<Executor>& executor, HttpRequest request,
                                      HttpSink& sink) override {
    return inner_->send(executor, std::move(request), sink);
  }
  std::vector<std::string> secrets() const override { return {"proxy-secret"}; }

 private:
  const std::shared_ptr<HttpClient> inner_;
};

/// A proxy's refusal of the tunnel to whatever is asked for.
class RefusingProxy final : public HttpClient {
 public:
  explicit RefusingProxy(int status) : status_(status) {}
  std::unique_ptr<HttpOperation> send(const std::shared_ptr<Executor>& executor, HttpRequest, HttpSink& sink) override {
    ++requests;
    auto operation = std::make_unique<Refusal>();
    executor->post([&sink, status = status_, alive = std::weak_ptr<int>(operation->alive)] {
      const auto error = TransportError::proxy_refused(status, "the proxy refused the tunnel", Sent::no);
      if (!alive.expired()) sink.on_done(&error);
    });
    return operation;
  }
  int requests = 0;

 private:
  struct Refusal final : HttpOperation {
    void resume() override {}
    std::shared_ptr<int> alive = std::make_shared<int>();
  };
  const int status_;
};

}  // namespace

TEST_CASE("P#60 P#36 a first poll that says the server stops falls back to the next transport") {
  HttpWorld world(TransportKind::long_polling);
  world.options.transports = {TransportKind::long_polling, TransportKind::websockets};
  world.server.expect_connect().over("longPolling").answer(R"({"C":"d-1","T":1,"M":[]})");
  Conn conn = world.dial();
  CHECK(conn.transport() == TransportKind::websockets);
}

TEST_CASE("P#88 P#127 a server that makes up hub state for ever is told of once, and what is too much isn't kept") {
  World world;
  world.options.limits.max_hub_state_bytes = 10'000;
  Conn conn = world.dial();
  Client chat("chat", conn);
  const auto change = [&](const std::string& name, const std::string& value) {
    world.server.peer().send(R"({"C":"d-2","M":[{"H":"Chat","M":"m","A":[],"S":{")" + name + R"(":")" + value +
                             R"("}}]})");
    world.settle();
  };
  change("mine", "early");
  for (int i = 0; i < 1000; ++i) change("k" + std::to_string(i), std::string(90, 'v'));
  REQUIRE(world.errors.size() == 1);
  CHECK(dynamic_cast<const LimitError&>(*world.errors[0]).option() == "max_hub_state_bytes");
  CHECK(chat.state("k10"));
  CHECK_FALSE(chat.state("k999"));
  change("MINE", "late");  // no more than before
  CHECK(chat.state("mine")->text() == "\"late\"");
  chat.notify("Echo", 1);
  world.settle();
  REQUIRE(world.server.received().size() == 1);
  CHECK(world.server.received()[0].size() > 9'000);
  CHECK(world.server.received()[0].size() < 12'000);
}

TEST_CASE("P#135 what a server calls its methods can't forge lines of the log, nor fill it") {
  Caller world;
  world.chat.async_run([](const Result<void>&) {});
  world.settle();
  world.frame(R"({"C":"d-2","M":[{"H":"Chat","M":"a\nerror: forged","A":[]}]})");
  world.frame(R"({"C":"d-2","M":[{"H":"Chat","M":")" + std::string(1'000'000, 'x') + R"(","A":[]}]})");
  for (const std::string& line : world.log) {
    CHECK(line.find('\n') == std::string::npos);
    CHECK(line.size() < 1000);
  }
}

TEST_CASE("P#106 a server that forgets connections within a second doesn't make us think that we slept") {
  World world;
  world.server.expect_negotiate().answer(negotiated(R"("KeepAliveTimeout":null,"DisconnectTimeout":1)"));
  world.server.expect_connect().accept();
  world.server.expect_start().answer(R"({"Response":"started"})");
  PendingDial pending;
  std::optional<Conn> conn;
  pending = async_dial(world.server.origin(), Hubs{{"chat"}}, world.options,
                       [&](Result<Conn> result) { conn.emplace(std::move(result).value()); });
  world.settle();
  world.server.peer().send(kOpenApart);
  world.settle();
  REQUIRE(conn);
  world.server.clock().advance(1h);
  CHECK(conn->connection_state() == ConnectionState::connected);
}

TEST_CASE("P#127 what a server gives us to repeat in URLs is bounded, already by negotiate") {
  const std::string longer(101, 'x');
  for (const std::string& answer :
       {R"({"ProtocolVersion":"2.1","ConnectionId":"id","ConnectionToken":")" + longer + "\"}",
        R"({"ProtocolVersion":"2.1","RedirectUrl":"http://server.test/?)" + longer + "\"}",
        R"({"ProtocolVersion":"2.1","RedirectUrl":"http://server.test/","AccessToken":")" + longer + "\"}"}) {
    CAPTURE(answer);
    World world;
    world.options.limits.max_token_bytes = 100;
    world.server.expect_negotiate().answer(answer);
    const ErrorPtr error = world.dial_error();
    CHECK(dynamic_cast<const NegotiateError*>(error.get()) != nullptr);
    const auto* limit = find_cause<LimitError>(*error);
    REQUIRE(limit != nullptr);
    CHECK(limit->option() == "max_token_bytes");
  }
}

TEST_CASE(
    "P#127 a cursor or groups token without bound is refused as a message without bound is, over each transport") {
  const std::string longer(1001, 'x');
  for (const TransportKind kind :
       {TransportKind::websockets, TransportKind::server_sent_events, TransportKind::long_polling}) {
    for (const std::string& frame :
         {R"({"C":")" + longer + R"(","M":["lost"]})", R"({"C":"d-2","G":")" + longer + R"(","M":["lost"]})"}) {
      CAPTURE(to_string(kind));
      CAPTURE(frame.substr(0, 10));
      HttpWorld world(kind);
      world.options.limits.max_token_bytes = 1000;
      Conn conn = world.connect();
      const State before = conn.state();
      for (int time = 0; time < 3; ++time) {
        CHECK(conn.connection_state() == ConnectionState::connected);
        world.server.peer().send(frame);
        world.server.clock().advance(5s);
      }
      CHECK(conn.connection_state() == ConnectionState::disconnected);
      REQUIRE(world.reasons.size() >= 2);
      CHECK(find_cause<LimitError>(*world.reasons[0])->option() == "max_token_bytes");
      CHECK(conn.state().message_id == before.message_id);
      CHECK(conn.state().groups_token == before.groups_token);
      CHECK_THROWS_AS(conn.read_message(), ReadError);  // none of it was handed on
    }
  }
}

TEST_CASE("P#72 polls answered with nothing at once are never a tight loop, whatever retry_interval says") {
  HttpWorld world(TransportKind::long_polling);
  world.options.retry_interval = 0s;
  Conn conn = world.connect();
  world.server.expect_poll().always().answer("");
  world.server.broadcast("Chat", "wake", "[]");
  world.settle();
  world.server.clear_history();
  world.server.clock().advance(10s);
  CHECK(world.server.requests("poll").size() <= 100);
}

TEST_CASE("numbers of negotiate that no clock can hold are capped or refused, over each transport") {
  for (const TransportKind kind :
       {TransportKind::websockets, TransportKind::server_sent_events, TransportKind::long_polling}) {
    for (const char* number : {"1e308", "-1", "0", "1e-9", "9223372036854775807", "1e18"}) {
      CAPTURE(to_string(kind));
      CAPTURE(number);
      for (const char* name :
           {"KeepAliveTimeout", "DisconnectTimeout", "ConnectionTimeout", "TransportConnectTimeout", "LongPollDelay"}) {
        CAPTURE(name);
        HttpWorld world(kind);
        world.server.expect_negotiate().answer(negotiated('"' + std::string(name) + "\":" + number));
        world.server.expect_connect().always().answer(503);
        world.options.max_connect_retries = 0;
        const ErrorPtr error = world.dial_error();
        CHECK(error != nullptr);
        CHECK(world.server.clock().elapsed() < 1min);
      }
    }
  }
}

TEST_CASE("P#139 a proxy that wants other credentials is asked once; one that is overloaded again") {
  for (const int status : {407, 403, 503, 0}) {
    CAPTURE(status);
    const int requests = status == 407 || status == 403 ? 1 : 6;
    World world;
    const auto proxy = std::make_shared<RefusingProxy>(status);
    world.options.http_client = proxy;
    const ErrorPtr error = world.dial_error();
    REQUIRE(find_cause<TransportError>(*error) != nullptr);
    CHECK(find_cause<TransportError>(*error)->proxy_status() == status);
    CHECK(proxy->requests == requests);
  }
}

TEST_CASE("P#135 error pages that repeat the request show no secret of ours") {
  for (const TransportKind kind :
       {TransportKind::websockets, TransportKind::server_sent_events, TransportKind::long_polling}) {
    for (const char* command : {"negotiate", "connect", "start", "send", "poll", "reconnect"}) {
      for (const int status : {200, 400, 403, 500}) {
        CAPTURE(to_string(kind));
        CAPTURE(command);
        CAPTURE(status);
        server::ServerSettings settings;
        settings.path = "/app;ticket=path-secret/signalr";
        HttpWorld world(kind, settings);
        world.options.http_client = std::make_shared<ThroughProxy>(world.options.http_client);
        world.options.access_token = [] { return std::string("bearer-secret"); };
        world.options.cookies = {{"session", "cookie/secret=="}};
        world.options.headers.set("X-Api-Key", "header-secret");
        world.options.params = QueryParams{{"key", "query/secret=="}};
        world.options.max_negotiate_retries = 0;
        world.options.max_connect_retries = 1;
        std::string all;
        int retries = 0;
        world.options.events.on_dial_retry = [&](const Error& error, int, Duration) {
          all += words_of(error);
          ++retries;
        };
        world.options.events.on_error = [&](const Error& error) { all += words_of(error); };
        world.options.events.on_reconnecting = [&](const Error& error, int) { all += words_of(error); };
        auto expected = world.server.expect(command);
        expected.always();
        if (kind == TransportKind::websockets && (command == std::string("connect") || command[0] == 'r')) {
          expected.answer(
              status == 200 ? 418 : status,
              "Authorization: Bearer bearer-secret\nCookie: session=cookie/secret==\nX-Api-Key: "
              "header-secret\nproxy-secret\n/app;ticket=path-secret/signalr/connect?key=query%2Fsecret%3D%3D"
              "&groupsToken=a-secret");
        } else {
          expected.run([status](const std::shared_ptr<server::Exchange>& exchange) {
            exchange->answer(status, {{"Content-Type", "text/html"}}, error_page(exchange->request()));
          });
        }
        try {
          Conn conn = dial(world.server.origin() + "/app;ticket=path-secret", Hubs{{"chat"}}, world.options);
          Client chat("chat", conn);
          Invocation call = chat.invoke("Echo", 1);
          world.server.clock().advance(20s);
          world.server.network().cut_all();
          world.server.clock().advance(1min);
        } catch (const Error& error) {
          all += words_of(error);
        }
        for (const std::string& line : world.log) all += line + "\n";
        CHECK_MESSAGE(all.find("secret") == std::string::npos, all);
        if (command == std::string("connect") && status == 500) CHECK(retries == 1);
        for (const server::Request& request : world.server.requests()) {
          const std::string token = request.query("connectionToken");
          if (!token.empty()) CHECK(all.find(token) == std::string::npos);
        }
      }
    }
  }
}

// A hundred parameters and fifty cookies with a common beginning were each looked for in all of an answer of 1 MB: 4 s
// on the loop that others share.
TEST_CASE("P#126 P#135 what a server gives us to hide costs nothing when its answer is an error") {
  const std::string alike(60, 'e');
  const auto dial_with = [&](int secrets) {
    World world;
    Headers cookies{{"Content-Type", "application/json"}};
    std::string query = "?a=1";
    for (int i = 0; i < secrets; ++i) {
      if (i < 50) cookies.add("Set-Cookie", "c" + std::to_string(i) + "=" + alike + std::to_string(1000 + i));
      query += "&q=" + alike + std::to_string(1000 + i);
    }
    world.server.expect_negotiate().answer(
        200, R"({"ProtocolVersion":"2.1","RedirectUrl":"http://server.test/signalr)" + query + "\"}", cookies);
    world.server.expect_negotiate().answer(
        200, R"({"ProtocolVersion":"2.1","Error":")" + std::string(1'000'000, 'e') + "\"}");
    // Cut before it is searched: what it ends with then may be a secret's beginning.
    CHECK(world.dial_error()->server_text() == std::string(1024 - alike.size(), 'e') + "***");
    CHECK(world.server.requests("negotiate").size() == 2);
  };
  CHECK(test::cost_ratio([&] { dial_with(1); }, [&] { dial_with(100); }) < 20);
}
