// Tunnels through http proxies, and which hosts go through one.
#include <cstdlib>

#include "client.hpp"
#include "peer.hpp"

using namespace signalr;
using client::AnyExecutor;
using client::request_for;
using client::Session;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

DialResult dial_through(const std::string& proxy, const std::string& url, std::vector<std::string> exceptions = {}) {
  return client::dial(make_asio_event_loop(), request_for(url),
                      make_websocketpp_dialer({}, {proxy, std::move(exceptions), false}));
}

/// A proxy that gives this answer.
peer::Script answering(const std::string& answer, std::string* request = nullptr) {
  return [=](peer::Link& link) {
    const std::string seen = link.read_until("\r\n\r\n");
    if (request != nullptr) *request = seen;
    link.send(answer);
    link.end_writing();
    link.read_to_end();
  };
}

}  // namespace

TEST_CASE("P#139 a WebSocket goes through a CONNECT tunnel, whose end alone sees the credentials") {
  const AnyExecutor executor;
  std::string tunnel, upgrade;
  peer::Server proxy([&](peer::Link& link) {
    tunnel = link.read_until("\r\n\r\n");
    link.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n");
    upgrade = link.upgrade(peer::text("through"));
    link.read_to_end();
  });
  const std::string url = "http://user%40home:p%3Aass@127.0.0.1:" + std::to_string(proxy.port());
  Session session(executor.get(), request_for("ws://never.resolved.invalid:8080/path?a=b"),
                  make_websocketpp_dialer({}, {url, {}, false}));
  CHECK(session.next().payload == "through");
  session.drop();
  proxy.finish();
  CHECK(tunnel ==
        "CONNECT never.resolved.invalid:8080 HTTP/1.1\r\nHost: never.resolved.invalid:8080\r\n"
        "Proxy-Authorization: Basic dXNlckBob21lOnA6YXNz\r\n\r\n");
  CHECK(contains(upgrade, "GET /path?a=b HTTP/1.1\r\n"));
  CHECK(contains(upgrade, "\r\nHost: never.resolved.invalid:8080\r\n"));
  CHECK_FALSE(contains(upgrade, "Proxy-Authorization"));
}

TEST_CASE(
    "P#139 what a proxy answers instead of a tunnel is told with its status, and nothing was sent to the server") {
  struct Case {
    std::string answer, says;
  };
  for (const Case& refusal : std::vector<Case>{
           {"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nno!",
            "status 407: it wants credentials"},
           {"HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n",
            "status 407: it wants NTLM, and Basic is all"},
           {"HTTP/1.0 403 Forbidden\r\n\r\n", "status 403"},
           {"HTTP/1.1 503\r\n\r\n", "status 503"},
           {"HTTP/1.1 301 Moved\r\nLocation: http://x/\r\n\r\n", "status 301"},
           {"", "ended before"},
           {"nonsense", "status line"},
           {"HTTP/1.1 200 OK\r\nA: " + std::string(70000, 'x'), "max_header_bytes"},
           {"HTTP/1.1 200 OK\r\n\r\nearly words", "before there was a tunnel"},
       }) {
    CAPTURE(refusal.says);
    peer::Server proxy(answering(refusal.answer));
    const DialResult result = dial_through(proxy.at("", "http"), "ws://example.com/?token=secret");
    CHECK(result.conn == nullptr);
    REQUIRE(result.error);
    CHECK(result.error->failure() == TransportFailure::proxy);
    CHECK(result.error->sent() == Sent::no);
    CHECK(contains(result.error->what(), refusal.says));
    CHECK(contains(result.error->what(), "the proxy 127.0.0.1:" + std::to_string(proxy.port())));
    CHECK_FALSE(contains(result.error->what(), "secret"));
  }
}

TEST_CASE("P#135 P#139 credentials that a proxy doesn't take are told as such, and not told") {
  std::string request;
  peer::Server proxy(answering("HTTP/1.1 407 No\r\n\r\n", &request));
  const DialResult result =
      dial_through("http://me:hidden@127.0.0.1:" + std::to_string(proxy.port()), "ws://example.com/");
  REQUIRE(result.error);
  CHECK(contains(result.error->what(), "were not accepted"));
  CHECK_FALSE(contains(result.error->what(), "hidden"));
  CHECK(contains(request, "Proxy-Authorization: Basic bWU6aGlkZGVu\r\n"));
}

TEST_CASE("a proxy that can't be reached is told as the proxy") {
  const peer::ClosedPort closed;
  const std::string port = std::to_string(closed.port());
  const DialResult result = dial_through("http://127.0.0.1:" + port, "ws://example.com/");
  REQUIRE(result.error);
  CHECK(result.error->failure() == TransportFailure::connect);
  CHECK(contains(result.error->what(), "could not connect to the proxy 127.0.0.1:" + port));
}

TEST_CASE("proxies of other kinds, and URLs that are none, are not supported") {
  for (const std::string& url : std::vector<std::string>{
           "https://user:hidden@127.0.0.1:1", "socks5://127.0.0.1:1", "http://:", "http://user:1/hidden@127.0.0.1:1",
           "http://hidden:2?x@127.0.0.1:1", "http://user:hid@den@127.0.0.1:1"}) {
    CAPTURE(url);
    const DialResult result = dial_through(url, "ws://example.com/");
    REQUIRE(result.error);
    CHECK(result.error->failure() == TransportFailure::unsupported);
    CHECK_FALSE(contains(result.error->what(), "hidden"));
  }
}

TEST_CASE("an @ in a proxy's password is to be percent-encoded, and the error says so") {
  const DialResult result = dial_through("http://user:p@ss@127.0.0.1:1", "ws://example.com/");
  REQUIRE(result.error);
  CHECK(contains(result.error->what(), "percent-encoded: @ as %40"));
  CHECK_FALSE(contains(result.error->what(), "p@ss"));
}

TEST_CASE("no_proxy names what is reached straight") {
  struct Case {
    std::string entry;
    bool straight;
  };
  peer::Server server([](peer::Link& link) { link.upgrade(); }, 100);
  const std::string port = std::to_string(server.port());
  for (const Case& rule : std::vector<Case>{{"*", true},
                                            {"127.0.0.1", true},
                                            {"127.0.0.1:" + port, true},
                                            {"127.0.0.1:1", false},
                                            {"127.0.0", false},
                                            {".0.0.1", false},
                                            {"example.com", false},
                                            {"", false}}) {
    CAPTURE(rule.entry);
    // An https proxy fails at once, so that it shows whether it was chosen.
    const DialResult result = dial_through("https://x:1", server.at(), {"other.example", rule.entry});
    CHECK((result.conn != nullptr) == rule.straight);
  }
  for (const Case& rule : std::vector<Case>{{"name.invalid", true},
                                            {"NAME.INVALID", true},
                                            {".invalid", true},
                                            {"invalid", true},
                                            {"valid", false},
                                            {"a.name.invalid", false},
                                            {"name.invalid:80", true},
                                            {"name.invalid:81", false}}) {
    CAPTURE(rule.entry);
    const DialResult result = dial_through("https://x:1", "ws://name.invalid/", {rule.entry});
    REQUIRE(result.error);
    CHECK((result.error->failure() == TransportFailure::resolve) == rule.straight);
  }
}

TEST_CASE("the environment is asked only when it is to be, and an explicit URL goes before it") {
  for (const char* name :
       {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
    ::unsetenv(name);
  }
  ::setenv("http_proxy", "https://plain.invalid:1", 1);
  ::setenv("HTTPS_PROXY", "socks4://secure.invalid:1", 1);
  ::setenv("HTTP_PROXY", "gopher://never.invalid:1", 1);
  ::setenv("no_proxy", "localhost, direct.invalid", 1);
  const auto failure = [](ProxyOptions options, const std::string& url) {
    const DialResult result =
        client::dial(make_asio_event_loop(), request_for(url), make_websocketpp_dialer({}, std::move(options)));
    REQUIRE(result.error);
    return std::string(result.error->what());
  };
  CHECK(contains(failure({"", {}, true}, "ws://a.invalid/"), "scheme https"));
  CHECK(contains(failure({"", {}, true}, "wss://a.invalid/"), "scheme socks4"));
  CHECK(contains(failure({"", {}, true}, "ws://direct.invalid/"), "the name direct.invalid could not be resolved"));
  CHECK(contains(failure({"", {}, false}, "ws://a.invalid/"), "the name a.invalid could not be resolved"));
  CHECK(contains(failure({"ftp://x", {}, true}, "ws://a.invalid/"), "scheme ftp"));
  ::unsetenv("http_proxy");
  CHECK(contains(failure({"", {}, true}, "ws://a.invalid/"), "the name a.invalid could not be resolved"));
  ::unsetenv("HTTPS_PROXY");
  ::unsetenv("HTTP_PROXY");
  ::unsetenv("no_proxy");
}
