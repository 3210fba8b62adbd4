// Through squid and tinyproxy, as in companies: plain requests go to them, everything else through a tunnel.
#include "proxies.hpp"
#include "world.hpp"

using namespace signalr;
using namespace signalr::test;

namespace {

struct ForwardProxy {
  std::string name;
  Program::Command (*command)(Guests);
};
const ForwardProxy kProxies[] = {{"squid", squid}, {"tinyproxy", tinyproxy}};

DialOptions through(const Program& proxy, const TlsOptions& tls = {}, const std::string& credentials = {}) {
  return make_default_transport(tls, {"http://" + credentials + proxy.address(), {}, false});
}

// What the error of a dial says that must fail at the proxy, all of its causes.
std::string refusal(const Local& local, DialOptions options) {
  options.max_negotiate_retries = 0;
  try {
    dial(local.server.url(), Hubs{{"TestHub"}}, options, patiently());
  } catch (const NegotiateError& error) {
    const auto* cause = find_cause<TransportError>(error);
    CHECK((cause != nullptr ? cause->failure() == TransportFailure::proxy : error.status() == 401));
    return error.what();
  }
  FAIL("went through without the password");
  return {};
}

}  // namespace

TEST_CASE("P#139 squid and tinyproxy: HTTP and WebSockets go through, and are lost with the proxy") {
  for (const ForwardProxy& one : kProxies) {
    for (const bool secure : {false, true}) {
      CAPTURE(one.name);
      CAPTURE(secure);
      const Local local(secure);
      Program proxy(one.name, one.command(Guests::everybody));
      std::promise<void> lost;
      DialOptions options = through(proxy, local.trust());
      options.events.on_reconnecting = [&](const Error&, int attempt) {
        if (attempt == 1) lost.set_value();
      };
      Conn conn = dial(local.server.url(), Hubs{{"TestHub"}}, options, patiently());
      CHECK(call(conn, "Echo", "1").result().text() == "1");
      proxy.stop();
      CHECK(lost.get_future().wait_for(kPatience) == std::future_status::ready);
    }
  }
}

TEST_CASE("P#139 squid and tinyproxy with a password: the dial fails without it, and with it all goes well") {
  for (const ForwardProxy& one : kProxies) {
    for (const bool secure : {false, true}) {
      CAPTURE(one.name);
      CAPTURE(secure);
      Local local(secure);
      const Program proxy(one.name, one.command(Guests::me));
      for (const std::string credentials : {"", "me:wrong@"}) {
        CAPTURE(credentials);
        const std::string said = refusal(local, through(proxy, local.trust(), credentials));
        // tinyproxy says 401 to a wrong password, as if it were the server.
        CHECK(said.find(one.name == "tinyproxy" && !credentials.empty() ? "401" : "407") != std::string::npos);
        CHECK(said.find("wrong") == std::string::npos);
      }
      Conn conn = dial(local.server.url(), Hubs{{"TestHub"}},
                       through(proxy, local.trust(), std::string("me:") + kPassword + "@"), patiently());
      CHECK(call(conn, "Echo", "1").result().text() == "1");
      conn.close(patiently());
      CHECK(local.connection_events() == "connected webSockets; disconnected stop; ");
    }
  }
}

TEST_CASE("P#139 squid and tinyproxy: server-sent events and long polling go through, in the clear and in tunnels") {
  for (const ForwardProxy& one : kProxies) {
    for (const bool secure : {false, true}) {
      for (const TransportKind transport : {TransportKind::server_sent_events, TransportKind::long_polling}) {
        CAPTURE(one.name);
        CAPTURE(secure);
        CAPTURE(to_string(transport));
        Local local(secure);
        const Program proxy(one.name, one.command(Guests::everybody));
        DialOptions options = through(proxy, local.trust());
        options.transports = {transport};
        Conn conn = dial(local.server.url(), Hubs{{"TestHub"}}, options, patiently());
        for (int n = 0; n < 5; ++n) CHECK(call(conn, "Echo", std::to_string(n)).result().text() == std::to_string(n));
        local.hubs([](server::HubServer& hubs) { hubs.broadcast("TestHub", "pushed", "[1]"); });
        Message message;
        do {
          conn.read_message(message, patiently());
        } while (message.messages().empty());
        CHECK(message.messages()[0].method == "pushed");
        conn.close(patiently());
        CHECK(local.connection_events() == "connected " + std::string(to_string(transport)) + "; disconnected stop; ");
      }
    }
  }
}
