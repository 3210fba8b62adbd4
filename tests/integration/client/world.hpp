// What the end-to-end tests share: the whole client over the default transport, and a test server of their own.
#pragma once

#include <doctest/doctest.h>
#include <chrono>
#include <future>
#include <memory>
#include <signalr/conn.hpp>
#include <signalr/default_transport.hpp>
#include <string>

#include "certificates.hpp"
#include "demo_site.hpp"
#include "test_server.hpp"

namespace signalr::test {

/// Waits that take longer have failed.
constexpr std::chrono::seconds kPatience(60);
inline CallOptions patiently() { return {kPatience}; }

inline SiteFactory demo(Duration tick = {}, server::ServerSettings settings = {}) {
  return [=](std::shared_ptr<Executor> executor) {
    return std::make_unique<DemoSite>(std::move(executor), tick, settings);
  };
}

/// The demo's server, in the clear or with a certificate of its own authority.
class Local {
 public:
  explicit Local(bool secure = false, SiteFactory site = demo()) : server(std::move(site), options(secure)) {}

  TlsOptions trust() const {
    TlsOptions tls;
    tls.ca_file = authority.ca_file();
    return tls;
  }
  Conn dial(const std::string& hub = "TestHub", DialOptions given = {}) const {
    const DefaultTransport transport = make_default_transport(trust());
    given.http_client = transport.http_client;
    given.dialer = transport.dialer;
    given.executor = transport.executor;
    return signalr::dial(server.url(), Hubs{{hub}}, std::move(given), patiently());
  }
  /// Runs a task with the demo's hubs on the server's thread.
  template <class Task>
  void hubs(Task task) {
    server.run([&](server::Site& site) { task(dynamic_cast<DemoSite&>(site).hubs()); });
  }
  /// What became of the connections: "connected webSockets; disconnected stop; ". The same twice in a row is told once:
  /// a poll that the abort has overtaken on its way finds the abort too, and ends once more.
  std::string connection_events() {
    std::string text;
    hubs([&](server::HubServer& hubs) {
      std::string last;
      for (const auto& event : hubs.events()) {
        if (to_string(event) != last) text += to_string(event) + "; ";
        last = to_string(event);
      }
    });
    return text;
  }

 private:
  TemporaryFolder folder_;

 public:
  TestAuthority authority{folder_.path()};
  TestServer server;

 private:
  TestServerOptions options(bool secure) const {
    TestServerOptions options;
    if (secure) options.tls = authority.issue("server");
    return options;
  }
};

/// Calls a method and gives its result's frame.
inline Message call(Conn& conn, const std::string& method, const std::string& json, const std::string& id = "1") {
  ClientMsg call;
  call.invocation_id = id;
  call.hub = "TestHub";
  call.method = method;
  call.args.push_back(RawJson::parse(json));
  conn.write_message(call, patiently());
  Message message;
  do {
    conn.read_message(message, patiently());
  } while (!message.is_result());
  return message;
}

}  // namespace signalr::test
