// Through a proxy: plain requests in absolute form, https in a tunnel, and what a proxy may refuse.
#include <cstdlib>

#include "fixture.hpp"

namespace signalr::test {
namespace {

/// Answers everything itself, and keeps the first request.
struct Proxy {
  std::promise<std::string> first;
  ScriptServer server;

  explicit Proxy(std::string bytes)
      : server([this, bytes = std::move(bytes)](Peer& peer, int number) {
          std::string request = peer.read_request();
          if (number == 0) first.set_value(std::move(request));
          peer.send(bytes);
        }) {}

  std::string request() {
    auto future = first.get_future();
    REQUIRE(future.wait_for(kPatience) == std::future_status::ready);
    return future.get();
  }
};

Answer fetch(const ProxyOptions& options, HttpRequest request) {
  Exchange exchange(make_event_loop(), make_curl_http_client({}, options), std::move(request));
  return exchange.wait();
}

ProxyOptions through(const ScriptServer& server, const std::string& credentials = {}) {
  ProxyOptions options;
  options.url = "http://" + credentials + "127.0.0.1:" + std::to_string(server.port());
  return options;
}

TEST_CASE("P#139 http goes to the proxy in absolute form, with the proxy's own credentials") {
  Proxy proxy(kOk);
  const Answer answer =
      fetch(through(proxy.server, "user:p%40ss@"), get("http://example.test:81/x?q=1", {{"X-A", "b"}}));
  CHECK(answer.body == "ok");
  CHECK(proxy.request() ==
        "GET http://example.test:81/x?q=1 HTTP/1.1\r\nHost: example.test:81\r\n"
        "Proxy-Authorization: Basic dXNlcjpwQHNz\r\nX-A: b\r\n\r\n");
}

TEST_CASE("a proxy that closes after each answer without announcing it loses no request") {
  ScriptServer proxy([](Peer& peer, int) {
    peer.read_request();
    peer.send(kOk);
    peer.read_request();  // one more on the same connection gets no answer
  });
  const auto loop = make_event_loop();
  const auto client = make_curl_http_client({}, through(proxy));
  for (int n = 0; n < 3; ++n) CHECK(Exchange(loop, client, get("http://example.test/")).wait().body == "ok");
}

TEST_CASE("P#139 https goes through a CONNECT tunnel that shows the proxy none of the request's headers") {
  Proxy proxy("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
  const Answer answer =
      fetch(through(proxy.server, "user:pass@"), get("https://example.test/x?q=secret", {{"Authorization", "secret"}}));
  check_failure(answer, TransportFailure::proxy, Sent::no,
                "refused the tunnel with status 502 on the way to example.test:443");
  const std::string request = proxy.request();
  CHECK(request.find("CONNECT example.test:443 HTTP/1.1\r\n") == 0);
  CHECK(request.find("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n") != std::string::npos);
  CHECK(request.find("secret") == std::string::npos);
}

TEST_CASE(
    "P#139 407 is TransportFailure::proxy for http and for https, and says what to do; no credentials in the error") {
  const std::string refusal =
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: "
      "0\r\n\r\n";
  Proxy plain(refusal);
  const Answer answer = fetch(through(plain.server, "user:hunter2@"), get("http://example.test/"));
  check_failure(answer, TransportFailure::proxy, Sent::maybe, "407");
  CHECK(answer.heads == 0);
  CHECK(std::string(answer.error->what()).find("hunter2") == std::string::npos);

  Proxy tunnel(refusal);
  const Answer tunnelled = fetch(through(tunnel.server, "user:hunter2@"), get("https://example.test/"));
  check_failure(tunnelled, TransportFailure::proxy, Sent::no, "407");
  CHECK(std::string(tunnelled.error->what()).find("hunter2") == std::string::npos);
}

TEST_CASE("P#139 a 407 says what the proxy wants and what is spoken: no password heals NTLM") {
  for (const char* scheme : {"http", "https"}) {
    CAPTURE(scheme);
    const auto what = [&](const std::string& challenge, const std::string& credentials) {
      Proxy proxy("HTTP/1.1 407 No\r\n" + challenge + "Content-Length: 0\r\n\r\n");
      const Answer answer = fetch(through(proxy.server, credentials), get(scheme + std::string("://example.test/")));
      REQUIRE(answer.error);
      CHECK(answer.error->failure() == TransportFailure::proxy);
      CHECK(answer.error->proxy_status() == 407);
      return std::string(answer.error->what());
    };
    const std::string ntlm = "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n";
    for (const char* credentials : {"", "user:pass@"}) {
      CHECK(what(ntlm, credentials).find("it wants Negotiate, NTLM, and Basic is all") != std::string::npos);
    }
    const std::string basic = "Proxy-Authenticate: Basic realm=\"x\"\r\n";
    CHECK(what(basic, "").find("it wants credentials (Basic), user:password@") != std::string::npos);
    CHECK(what(basic, "user:pass@").find("were not accepted") != std::string::npos);
  }
}

TEST_CASE("P#139 a proxy's answer to CONNECT has a limit, and a broken one isn't a refusal") {
  std::string flood = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 700; ++i) flood += "X-Flood: " + std::string(100, 'x') + "\r\n";
  Proxy proxy(flood + "\r\n");
  const Answer answer = fetch(through(proxy.server), get("https://example.test/"));
  check_failure(answer, TransportFailure::proxy, Sent::no, "127.0.0.1");
  const std::string what = answer.error->what();
  CAPTURE(what);
  CHECK(what.find("refused") == std::string::npos);
  CHECK(answer.error->proxy_status() == 0);
  CHECK((what.find("max_header_bytes") != std::string::npos || what.find("broke the tunnel") != std::string::npos));
}

TEST_CASE("an @ in a proxy's password is to be percent-encoded, and the error says so without telling it") {
  for (const char* url : {"http://user:p@ss@proxy.test:3128", "http://user:p/ss@proxy.test:3128"}) {
    CAPTURE(url);
    ProxyOptions options;
    options.url = url;
    const Answer answer = fetch(options, get("http://example.test/"));
    check_failure(answer, TransportFailure::unsupported, Sent::no, "percent-encoded: @ as %40");
    CHECK(std::string(answer.error->what()).find("p@ss") == std::string::npos);
    CHECK(std::string(answer.error->what()).find("p/ss") == std::string::npos);
  }
}

TEST_CASE("P#139 a proxy that is not there, breaks off, or is of another kind is named in the error") {
  const DeadPort dead;
  ProxyOptions options;
  options.url = "http://127.0.0.1:" + std::to_string(dead.port());
  check_failure(fetch(options, get("http://example.test/")), TransportFailure::connect, Sent::no,
                "cannot connect to the proxy 127.0.0.1:" + std::to_string(dead.port()));
  Proxy closing("");
  check_failure(fetch(through(closing.server), get("https://example.test/")), TransportFailure::proxy, Sent::no,
                "broke the tunnel");
  for (const char* other : {"socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://", "http://a b"}) {
    options.url = other;
    check_failure(fetch(options, get("http://example.test/")), TransportFailure::unsupported, Sent::no,
                  "http://host:port");
  }
}

TEST_CASE("P#139 exceptions go straight to the server") {
  ScriptServer server([](Peer& peer, int) {
    peer.read_request();
    peer.send(kOk);
  });
  const DeadPort dead;
  const std::string port = std::to_string(server.port());
  const auto reaches = [&](std::string exception, const std::string& host) {
    ProxyOptions options;
    options.url = "http://127.0.0.1:" + std::to_string(dead.port());
    options.no_proxy = {"unrelated.test", std::move(exception)};
    return !fetch(options, get(server.url("/", "http", host))).error;
  };
  for (const std::string& exception : {std::string("127.0.0.1"), std::string("*"), "127.0.0.1:" + port}) {
    CAPTURE(exception);
    CHECK(reaches(exception, "127.0.0.1"));
  }
  for (const char* exception : {"localhost", "LOCALHOST", ".localhost"}) CHECK(reaches(exception, "localhost"));
  for (const char* exception : {"127.0.0.1:1", "0.0.1", "7.0.0.1", "", "localhos", "ocalhost"}) {
    CAPTURE(exception);
    CHECK_FALSE(reaches(exception, "127.0.0.1"));
  }
}

TEST_CASE("P#139 the environment is read when the client is made, and only on demand") {
  Proxy proxy(kOk);
  const std::string url = "127.0.0.1:" + std::to_string(proxy.server.port());  // as people write it, without a scheme
  ScriptServer server([](Peer& peer, int) {
    peer.read_request();
    peer.send("HTTP/1.1 204 No Content\r\n\r\n");
  });
  REQUIRE(setenv("http_proxy", url.c_str(), 1) == 0);
  REQUIRE(setenv("no_proxy", "one.test, 127.0.0.1", 1) == 0);
  ProxyOptions from_environment;
  from_environment.from_environment = true;
  const auto with = make_curl_http_client({}, from_environment);
  const auto without = make_curl_http_client({}, {});
  unsetenv("no_proxy");
  const auto loop = make_event_loop();
  CHECK(Exchange(loop, with, get("http://example.test/")).wait().status == 200);
  CHECK(Exchange(loop, with, get(server.url())).wait().status == 204);
  CHECK(Exchange(loop, without, get(server.url())).wait().status == 204);
  unsetenv("http_proxy");
}

TEST_CASE(
    "P#135 P#139 the proxy's password is told to those who hide it, in each form that travels, and to nobody else") {
  ProxyOptions options;
  options.url = "http://user:p%40ssword@proxy.test:3128";
  CHECK(make_curl_http_client({}, options)->secrets() ==
        std::vector<std::string>{"user:p%40ssword", "user:p@ssword", "p@ssword", "dXNlcjpwQHNzd29yZA=="});
  CHECK(make_curl_http_client()->secrets().empty());
  // As if the password began at "/": the rest isn't to be taken for a host.
  options.url = "http://user:12/hidden@127.0.0.1:3128";
  const Answer answer = fetch(options, get("http://example.test/"));
  check_failure(answer, TransportFailure::unsupported, Sent::no, "%2F");
  for (const char* part : {"hidden", "user", "12"})
    CHECK(std::string(answer.error->what()).find(part) == std::string::npos);
}

}  // namespace
}  // namespace signalr::test
