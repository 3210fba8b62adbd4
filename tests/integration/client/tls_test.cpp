// Certificates that must not be accepted, from the user's point of view: dial fails, and says why.
#include "world.hpp"

using namespace signalr;
using namespace signalr::test;

namespace {

TransportFailure failure_of_dial(const TestServer& server, const TlsOptions& tls) {
  DialOptions options = make_default_transport(tls);
  options.max_negotiate_retries = 0;
  try {
    dial(server.url(), Hubs{{"TestHub"}}, options, patiently());
  } catch (const NegotiateError& error) {
    const auto* cause = find_cause<TransportError>(error);
    REQUIRE(cause != nullptr);
    return cause->failure();
  }
  FAIL("dialed in spite of the certificate");
  return TransportFailure::io;
}

}  // namespace

TEST_CASE("P#136 untrusted, expired and wrong-host certificates fail the dial by default") {
  const TemporaryFolder folder;
  const TestAuthority authority(folder.path());
  TlsOptions tls;
  tls.ca_file = authority.ca_file();
  TestServerOptions options;
  options.tls = authority.issue("good");
  SUBCASE("untrusted") { tls.ca_file.clear(); }
  SUBCASE("expired") { options.tls = authority.issue("expired", {{"127.0.0.1"}, -3, -1}); }
  SUBCASE("not yet valid") { options.tls = authority.issue("early", {{"127.0.0.1"}, 3, 5}); }
  SUBCASE("wrong host") { options.tls = authority.issue("wrong", {{"elsewhere.test"}}); }
  const TestServer server(demo(), options);
  CHECK(failure_of_dial(server, tls) == TransportFailure::tls);
}

TEST_CASE("verification can be switched off in part") {
  const TemporaryFolder folder;
  const TestAuthority authority(folder.path());
  TestServerOptions options;
  TlsOptions tls;
  SUBCASE("the chain") {
    options.tls = authority.issue("good");
    tls.verify_peer = false;
  }
  SUBCASE("the name") {
    options.tls = authority.issue("wrong", {{"elsewhere.test"}});
    tls.ca_file = authority.ca_file();
    tls.verify_host = false;
  }
  const TestServer server(demo(), options);
  Conn conn = dial(server.url(), Hubs{{"TestHub"}}, make_default_transport(tls), patiently());
  CHECK(call(conn, "Echo", "1").result().text() == "1");
}
