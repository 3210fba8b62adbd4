// Whom https trusts, and how it says whom it doesn't.
#include <signal.h>
#include <unistd.h>
#include <signalr/curl/http_client.hpp>

#include "certificates.hpp"
#include "exchange.hpp"
#include "script_server.hpp"
#include "tls_wire.hpp"

namespace signalr::test {
namespace {

struct Fixture {
  Fixture() { ::signal(SIGPIPE, SIG_IGN); }  // our server's OpenSSL writes where nobody reads any more

  TemporaryFolder folder;
  TestAuthority authority{folder.path()};
  std::atomic<int> served{0};

  TlsServer with(const TlsFiles& files) const { return {files.certificate_file, files.key_file}; }
  TlsServer good() const { return with(authority.issue("server")); }
  TlsOptions trusting() const {
    TlsOptions options;
    options.ca_file = authority.ca_file();
    return options;
  }
  ScriptServer::Script ok() {
    return [this](Peer& peer, int) {
      while (!peer.read_request().empty()) {
        ++served;
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    };
  }
  Answer fetch(const TlsOptions& options, std::string url, const ProxyOptions& proxy = {}) {
    Exchange exchange(make_event_loop(), make_curl_http_client(options, proxy), post(std::move(url), "x"));
    return exchange.wait();
  }
  void check_refused(const Answer& answer, const std::string& part) {
    check_failure(answer, TransportFailure::tls, Sent::no, part);
    CHECK(served == 0);
  }
};

TEST_CASE_FIXTURE(Fixture, "P#136 a server of a trusted authority is accepted by name and by address") {
  ScriptServer server(ok(), tls_wrap(good()));
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const Answer answer = fetch(trusting(), server.url("/", "https", host));
    CHECK_FALSE(answer.error);
    CHECK(answer.body == "ok");
  }
}

TEST_CASE_FIXTURE(Fixture, "P#136 an untrusted authority is refused by default, before anything is sent") {
  ScriptServer server(ok(), tls_wrap(good()));
  const Answer answer = fetch({}, server.url("/", "https"));
  check_refused(answer, "TLS with 127.0.0.1:" + std::to_string(server.port()) + " failed");
  check_refused(answer, "unable to get local issuer certificate");
  check_refused(answer, "TlsOptions::ca_file names its certificate");
}

TEST_CASE_FIXTURE(Fixture, "P#136 a certificate that has expired, or isn't valid yet, is refused") {
  CertificateRequest request;
  request.first_day = -10;
  request.last_day = -1;
  ScriptServer expired(ok(), tls_wrap(with(authority.issue("old", request))));
  check_refused(fetch(trusting(), expired.url("/", "https")), "certificate has expired");
  request.first_day = 2;
  request.last_day = 10;
  ScriptServer early(ok(), tls_wrap(with(authority.issue("new", request))));
  check_refused(fetch(trusting(), early.url("/", "https")), "not yet valid");
}

TEST_CASE_FIXTURE(Fixture, "P#136 a certificate for another host is refused, for names and for addresses") {
  CertificateRequest request;
  request.hosts = {"example.test", "127.0.0.2"};
  ScriptServer server(ok(), tls_wrap(with(authority.issue("other", request))));
  for (const char* host : {"127.0.0.1", "localhost"}) {
    check_refused(fetch(trusting(), server.url("/", "https", host)), host);
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "P#136 a certificate without alternative names isn't valid for an address, whatever its name") {
  CertificateRequest request;
  request.hosts = {};
  ScriptServer server(ok(), tls_wrap(with(authority.issue("127.0.0.1", request))));
  check_refused(fetch(trusting(), server.url("/", "https")), "IP address mismatch");
  TlsOptions any_authority;
  any_authority.verify_peer = false;
  check_failure(fetch(any_authority, server.url("/", "https")), TransportFailure::tls, Sent::no, "127.0.0.1");
  CHECK(served == 0);
  TlsOptions any_host = trusting();
  any_host.verify_host = false;
  CHECK_FALSE(fetch(any_host, server.url("/", "https")).error);
}

TEST_CASE_FIXTURE(Fixture, "verification can be switched off, each half alone") {
  CertificateRequest request;
  request.hosts = {"example.test"};
  ScriptServer other_host(ok(), tls_wrap(with(authority.issue("other", request))));
  TlsOptions no_host = trusting();
  no_host.verify_host = false;
  CHECK_FALSE(fetch(no_host, other_host.url("/", "https")).error);
  TlsOptions no_peer;
  no_peer.verify_peer = false;
  served = 0;
  check_refused(fetch(no_peer, other_host.url("/", "https")), "127.0.0.1");
  ScriptServer untrusted(ok(), tls_wrap(good()));
  CHECK_FALSE(fetch(no_peer, untrusted.url("/", "https")).error);
  TlsOptions no_host_untrusted;
  no_host_untrusted.verify_host = false;
  served = 0;
  check_refused(fetch(no_host_untrusted, untrusted.url("/", "https")), "issuer");
}

TEST_CASE_FIXTURE(Fixture, "a file that can't be read fails the request and weakens nothing") {
  ScriptServer server(ok(), tls_wrap(good()));
  TlsOptions options;
  options.ca_file = folder.path() + "/missing.pem";
  check_refused(fetch(options, server.url("/", "https")), "missing.pem");
  options = trusting();
  options.client_certificate_file = folder.path() + "/nobody.pem";
  check_refused(fetch(options, server.url("/", "https")), "nobody.pem");
}

TEST_CASE_FIXTURE(Fixture, "an own ca_file replaces the system's authorities, as does a ca_path") {
  ScriptServer server(ok(), tls_wrap(good()));
  TlsOptions elsewhere;
  elsewhere.ca_path = folder.path();  // not hashed: nobody is in there
  check_refused(fetch(elsewhere, server.url("/", "https")), "issuer");
  const TemporaryFolder other_folder;
  const TestAuthority other(other_folder.path());
  TlsOptions options;
  options.ca_file = other.ca_file();
  check_refused(fetch(options, server.url("/", "https")), "certificate");
}

TEST_CASE_FIXTURE(Fixture, "a client certificate is shown to a server that asks for one") {
  TlsServer asking = good();
  asking.client_ca_file = authority.ca_file();
  asking.at_most_1_2 = true;  // so that the refusal comes inside the handshake
  ScriptServer server(ok(), tls_wrap(asking));
  const TlsFiles mine = authority.issue("client");
  TlsOptions options = trusting();
  check_refused(fetch(options, server.url("/", "https")), "handshake");
  options.client_certificate_file = mine.certificate_file;
  options.client_key_file = mine.key_file;
  CHECK_FALSE(fetch(options, server.url("/", "https")).error);
}

/// What is read from the standard input, where nobody sits at a terminal.
class StandardInput {
 public:
  explicit StandardInput(const std::string& text) : before_(dup(0)) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    REQUIRE(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    close(ends[1]);
    dup2(ends[0], 0);
    close(ends[0]);
  }
  ~StandardInput() {
    dup2(before_, 0);
    close(before_);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  int before_;
};

TEST_CASE_FIXTURE(Fixture, "an encrypted client key fails the request, and nobody is asked for its password") {
  ScriptServer server(ok(), tls_wrap(good()));
  const TlsFiles mine = authority.issue("client");
  TlsOptions options = trusting();
  options.client_certificate_file = mine.certificate_file;
  for (const bool traditional : {false, true}) {
    CAPTURE(traditional);
    options.client_key_file = folder.path() + (traditional ? "/old.key" : "/new.key");
    write_encrypted_key(mine.key_file, options.client_key_file, "secret", traditional);
    const StandardInput typed("secret\nsecret\n");
    const Answer answer = fetch(options, server.url("/", "https"));
    check_refused(answer, "is encrypted");
    check_refused(answer, options.client_key_file);
  }
}

TEST_CASE_FIXTURE(Fixture, "a server that speaks older versions only than min_version is refused") {
  TlsServer old = good();
  old.at_most_1_2 = true;
  ScriptServer server(ok(), tls_wrap(old));
  TlsOptions options = trusting();
  options.min_version = TlsVersion::tls1_3;
  check_refused(fetch(options, server.url("/", "https")), "version");
  options.min_version = TlsVersion::tls1_2;
  CHECK_FALSE(fetch(options, server.url("/", "https")).error);
}

TEST_CASE_FIXTURE(Fixture,
                  "what isn't TLS, or ends in the handshake, is TransportFailure::tls and provably sent nothing") {
  ScriptServer plain([](Peer& peer, int) {
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.wait_closed();
  });
  const Answer answer = fetch(trusting(), plain.url("/", "https"));
  check_refused(answer, "TLS with 127.0.0.1");
  check_refused(answer, "doesn't speak TLS on this port: perhaps it speaks plain http");
  ScriptServer closing([](Peer&, int) {});
  check_refused(fetch(trusting(), closing.url("/", "https")), "TLS with 127.0.0.1");
}

TEST_CASE_FIXTURE(Fixture, "P#132 a body cut short is a failure over TLS too, with TLS's own goodbye and without") {
  for (const bool polite : {true, false}) {
    for (const char* framing : {"Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"}) {
      CAPTURE(polite);
      CAPTURE(framing);
      ScriptServer server(
          [&](Peer& peer, int) {
            peer.read_request();
            peer.send(std::string("HTTP/1.1 200 OK\r\n") + framing);
          },
          tls_wrap(good(), polite));
      const Answer answer = fetch(trusting(), server.url("/", "https"));
      check_failure(answer, TransportFailure::closed, Sent::maybe, "127.0.0.1");
      CHECK(answer.body == "half");
    }
  }
}

TEST_CASE_FIXTURE(Fixture, "P#139 through a proxy's tunnel the server's certificate is verified, not the proxy's") {
  ScriptServer server(ok(), tls_wrap(good()));
  // A proxy that tunnels to the one server, whatever it is asked for.
  ScriptServer proxy([&](Peer& peer, int) {
    if (peer.read_request().find("CONNECT localhost:") != 0) return;
    peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
    peer.tunnel_to(server.port());
  });
  ProxyOptions through;
  through.url = "http://127.0.0.1:" + std::to_string(proxy.port());
  CHECK(fetch(trusting(), server.url("/", "https", "localhost"), through).body == "ok");
  served = 0;
  check_refused(fetch({}, server.url("/", "https", "localhost"), through), "TLS with localhost");
}

TEST_CASE_FIXTURE(Fixture, "P#42 over https, too, a request that finds its idle connection reset goes out once") {
  std::promise<void> answered, reset;
  auto is_answered = answered.get_future();
  auto is_reset = reset.get_future();
  ScriptServer server(
      [&](Peer& peer, int number) {
        while (!peer.read_request().empty()) {
          ++served;
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          if (number > 0) continue;
          is_answered.wait_for(kPatience);
          peer.reset();
          reset.set_value();
          return;
        }
      },
      tls_wrap(good()));
  const auto loop = make_event_loop();
  const auto client = make_curl_http_client(trusting());
  CHECK(Exchange(loop, client, get(server.url("/", "https"))).wait().body == "ok");
  answered.set_value();
  REQUIRE(is_reset.wait_for(kPatience) == std::future_status::ready);
  CHECK(Exchange(loop, client, post(server.url("/start", "https"), "once")).wait().body == "ok");
  CHECK(served == 2);
  CHECK(server.connections() == 2);
}

TEST_CASE_FIXTURE(Fixture, "https connections are re-used") {
  ScriptServer server(ok(), tls_wrap(good()));
  const auto loop = make_event_loop();
  const auto client = make_curl_http_client(trusting());
  for (int i = 0; i < 3; ++i) CHECK(Exchange(loop, client, get(server.url("/", "https"))).wait().body == "ok");
  CHECK(server.connections() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a request is given up inside a handshake that goes nowhere") {
  std::promise<void> closed;
  auto is_closed = closed.get_future();
  std::promise<void> connected;
  auto is_connected = connected.get_future();
  ScriptServer silent([&](Peer& peer, int) {
    connected.set_value();
    peer.wait_closed();
    closed.set_value();
  });
  Exchange exchange(make_event_loop(), make_curl_http_client(), get(silent.url("/", "https")));
  REQUIRE(is_connected.wait_for(kPatience) == std::future_status::ready);
  exchange.cancel();
  CHECK(is_closed.wait_for(kPatience) == std::future_status::ready);
  CHECK(exchange.so_far().ends == 0);
}

TEST_CASE_FIXTURE(Fixture, "a client goes at once also while a server never comes to the point of its handshake") {
  std::promise<void> flooding;
  ScriptServer server([&](Peer& peer, int) {
    std::string requests;
    for (int i = 0; i < 1000; ++i) requests.append("\x16\x03\x03\0\4\0\0\0\0", 9);  // "hello request": to be ignored
    for (int i = 0; peer.send(requests); ++i) {
      if (i == 10) flooding.set_value();
    }
  });
  auto client = make_curl_http_client();
  auto exchange = std::make_unique<Exchange>(make_event_loop(), client, get(server.url("/", "https")));
  REQUIRE(flooding.get_future().wait_for(kPatience) == std::future_status::ready);
  const auto gone = std::async(std::launch::async, [&] {
    exchange.reset();
    client.reset();
  });
  CHECK(gone.wait_for(kPatience) == std::future_status::ready);
}

}  // namespace
}  // namespace signalr::test
