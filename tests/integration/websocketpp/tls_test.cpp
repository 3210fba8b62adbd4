// TLS: which certificates are taken, what is told of those that aren't, and WebSockets under it.
#include <cstdio>
#include <fstream>

#include "authority.hpp"
#include "client.hpp"
#include "peer.hpp"
#include "tls.hpp"

using namespace signalr;
using authority::Authority;
using authority::Identity;
using authority::ServerContext;
using authority::Wish;
using client::AnyExecutor;
using client::request_for;
using client::Session;
using namespace tls;

namespace {

/// A server that shakes hands, grants the upgrade and echoes one frame.
peer::Script secure_echo(SSL_CTX* context) {
  return [context](peer::Link& link) {
    if (!link.accept_tls(context)) return;
    link.upgrade();
    const peer::Frame frame = link.read_frame();
    link.send(peer::frame(frame.first, frame.payload));
    link.send(peer::close_frame(1000));
    CHECK(link.read_close() == 1000);
  };
}

/// As above, for clients that may well break the handshake off.
peer::Script secure_upgrade(SSL_CTX* context) {
  return [context](peer::Link& link) {
    if (!link.accept_tls(context)) return;
    try {
      link.upgrade();
    } catch (const std::runtime_error&) {
    }
  };
}

/// Dials `host` with these options against a server of that identity.
DialResult dial(const TlsOptions& options, const Identity& identity, const std::string& host,
                const std::string& client_ca_file = {}) {
  const ServerContext context = authority::server_context(identity, client_ca_file);
  peer::Server server(secure_upgrade(context.get()), 1, host == "[::1]" ? "::1" : "127.0.0.1");
  DialResult result =
      client::dial(make_asio_event_loop(), request_for("wss://" + host + ':' + std::to_string(server.port()) + "/"),
                   make_websocketpp_dialer(options));
  return result;
}

}  // namespace

TEST_CASE("a trusted certificate for the host is taken, and messages go both ways") {
  const AnyExecutor executor;
  Authority ca;
  const ServerContext context = authority::server_context(ca.issue("server"));
  peer::Server server(secure_echo(context.get()));
  Session session(executor.get(), request_for("wss://localhost:" + std::to_string(server.port()) + "/"),
                  make_websocketpp_dialer(trusting(ca)));
  const std::string message(200000, 's');
  session.write(message);
  CHECK(session.next().payload == message);
  CHECK(session.end().close_code() == close_code::normal);
  session.drop();
  server.finish();
}

TEST_CASE("an IP address is matched against the certificate's addresses, and has no SNI") {
  Authority ca;
  const Identity server = ca.issue("server");
  CHECK(dial(trusting(ca), server, "127.0.0.1").conn != nullptr);
  CHECK(dial(trusting(ca), server, "[::1]").conn != nullptr);

  Wish names_only;
  names_only.names = "DNS:127.0.0.1,DNS:localhost";
  CHECK(contains(failure(dial(trusting(ca), ca.issue("names", names_only), "127.0.0.1")), "another IP address"));

  Wish none;
  none.names = {};
  TlsOptions any_authority;
  any_authority.verify_peer = false;
  const Identity named = ca.issue("127.0.0.1", none);  // a common name counts for names alone
  CHECK(contains(failure(dial(trusting(ca), named, "127.0.0.1")), "another IP address"));
  CHECK(contains(failure(dial(any_authority, named, "127.0.0.1")), "another IP address"));

  static std::string indicated;
  const ServerContext context = authority::server_context(server);
  SSL_CTX_set_tlsext_servername_callback(
      context.get(), +[](SSL* ssl, int*, void*) {
        const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        indicated = name == nullptr ? "none" : name;
        return SSL_TLSEXT_ERR_OK;
      });
  for (const auto& pair : {std::pair<std::string, std::string>{"localhost", "localhost"}, {"127.0.0.1", "none"}}) {
    const std::string host = pair.first;
    const std::string expected = pair.second;
    CAPTURE(host);
    peer::Server link(secure_upgrade(context.get()));
    CHECK(client::dial(make_asio_event_loop(), request_for("wss://" + host + ':' + std::to_string(link.port()) + "/"),
                       make_websocketpp_dialer(trusting(ca)))
              .conn != nullptr);
    link.finish();
    CHECK(indicated == expected);
  }
}

TEST_CASE("P#136 a certificate that isn't right is refused before anything is sent, with its fault in words") {
  Authority ca, other_ca;
  Wish expired, early, elsewhere, self_signed;
  expired.valid_from_days = -10;
  expired.valid_to_days = -5;
  early.valid_from_days = 5;
  early.valid_to_days = 10;
  elsewhere.names = "DNS:elsewhere.example,DNS:*.localhost";
  self_signed.self_signed = true;

  CHECK(contains(failure(dial(trusting(ca), ca.issue("expired", expired), "localhost")), "has expired"));
  CHECK(contains(failure(dial(trusting(ca), ca.issue("early", early), "localhost")), "not valid yet"));
  CHECK(contains(failure(dial(trusting(ca), ca.issue("elsewhere", elsewhere), "localhost")), "another host name"));
  CHECK(contains(failure(dial(trusting(ca), ca.issue("self", self_signed), "localhost")), "self-signed"));
  CHECK(contains(failure(dial(trusting(ca), other_ca.issue("other"), "localhost")), "unknown authority"));
  CHECK(contains(failure(dial(trusting(ca), other_ca.issue("other"), "localhost")), "TlsOptions::ca_file names"));
  CHECK(contains(failure(dial({}, ca.issue("default"), "localhost")), "unknown authority"));  // the system's
  Wish for_client;
  for_client.for_client = true;
  CHECK(contains(failure(dial(trusting(ca), ca.issue("client", for_client), "localhost")), "certificate"));
}

TEST_CASE("the error names the peer") {
  Authority ca;
  const ServerContext context = authority::server_context(ca.issue("server"));
  peer::Server server(secure_upgrade(context.get()));
  const std::string where = "localhost:" + std::to_string(server.port());
  const DialResult result =
      client::dial(make_asio_event_loop(), request_for("wss://u:hidden@" + where + "/?token=hidden"));
  CHECK(contains(failure(result), "the TLS handshake with " + where + " failed: "));
  CHECK_FALSE(contains(result.error->what(), "hidden"));
}

TEST_CASE("verification can be switched off in each of its halves, and only in that one") {
  Authority ca, other_ca;
  Wish elsewhere;
  elsewhere.names = "DNS:elsewhere.example";
  TlsOptions any_peer, any_host = trusting(ca), anything;
  any_peer.verify_peer = false;
  any_host.verify_host = false;
  anything.verify_peer = anything.verify_host = false;

  CHECK(dial(any_peer, other_ca.issue("a"), "localhost").conn != nullptr);
  CHECK(contains(failure(dial(any_peer, other_ca.issue("b", elsewhere), "localhost")), "another host name"));
  CHECK(contains(failure(dial(any_peer, other_ca.issue("c", elsewhere), "127.0.0.1")), "another IP address"));
  CHECK(dial(any_host, ca.issue("d", elsewhere), "localhost").conn != nullptr);
  CHECK(contains(failure(dial(any_host, other_ca.issue("e", elsewhere), "localhost")), "unknown authority"));
  CHECK(dial(anything, other_ca.issue("f", elsewhere), "localhost").conn != nullptr);
}

TEST_CASE("a client certificate is shown to servers that ask") {
  Authority ca;
  Wish wish;
  wish.for_client = true;
  const Identity mine = ca.issue("client", wish);
  TlsOptions options = trusting(ca);
  options.min_version = TlsVersion::tls1_2;
  options.client_certificate_file = mine.certificate_file;
  options.client_key_file = mine.key_file;
  CHECK(dial(options, ca.issue("server"), "localhost", ca.file()).conn != nullptr);
  CHECK(dial(trusting(ca), ca.issue("server"), "localhost", ca.file()).conn == nullptr);
}

TEST_CASE("files that can't be used fail the dial and never weaken it") {
  Authority ca;
  const Identity server = ca.issue("server");
  const Identity other = ca.issue("other");
  TlsOptions options;
  options.ca_file = ca.folder() + "/missing.pem";
  CHECK(contains(failure(dial(options, server, "localhost")), "TlsOptions::ca_file"));

  const std::string empty = ca.folder() + "/empty.pem";
  std::ofstream(empty) << "no certificate";
  options.ca_file = empty;
  CHECK(contains(failure(dial(options, server, "localhost")), "TlsOptions::ca_file"));

  options = trusting(ca);
  options.client_certificate_file = empty;
  CHECK(contains(failure(dial(options, server, "localhost")), "TlsOptions::client_certificate_file"));

  options.client_certificate_file = server.certificate_file;
  options.client_key_file = other.key_file;  // of another certificate
  CHECK(contains(failure(dial(options, server, "localhost")), "TlsOptions::client_key_file"));
}

TEST_CASE("an encrypted client key fails the dial, and the error says that it is encrypted") {
  Authority ca;
  const Identity mine = ca.issue("client");
  TlsOptions options = trusting(ca);
  options.client_certificate_file = mine.certificate_file;
  options.client_key_file = ca.encrypt_key(mine, "secret");
  CHECK(contains(failure(dial(options, ca.issue("server"), "localhost")),
                 "the key in TlsOptions::client_key_file (" + options.client_key_file + ") is encrypted"));
}

TEST_CASE("TLS below 1.2 isn't spoken, nor below the version that is wanted") {
  Authority ca;
  const Identity identity = ca.issue("server");
  const auto dial_old = [&](const TlsOptions& options, int version) {
    const ServerContext context = authority::server_context(identity);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), 0);
    SSL_CTX_set_max_proto_version(context.get(), version);
    peer::Server server(secure_upgrade(context.get()));
    DialResult result =
        client::dial(make_asio_event_loop(), request_for(server.at("/", "wss")), make_websocketpp_dialer(options));
    return result;
  };
  TlsOptions modern = trusting(ca);
  modern.min_version = TlsVersion::tls1_3;
  CHECK(dial_old(trusting(ca), TLS1_2_VERSION).conn != nullptr);
  failure(dial_old(trusting(ca), TLS1_1_VERSION));
  failure(dial_old(modern, TLS1_2_VERSION));
  CHECK(dial_old(modern, TLS1_3_VERSION).conn != nullptr);
}

TEST_CASE("P#139 TLS goes through a proxy's tunnel, to the server's certificate") {
  Authority ca;
  const ServerContext context = authority::server_context(ca.issue("server", {"DNS:far.example", -1, 1, false, false}));
  for (const std::string host : {"far.example", "far.example."}) {  // the dot is for resolvers alone
    std::string tunnel;
    peer::Server proxy([&](peer::Link& link) {
      tunnel = link.read_until("\r\n\r\n");
      link.send("HTTP/1.1 200\r\n\r\n");
      if (!link.accept_tls(context.get())) return;
      link.upgrade(peer::text("through"));
      link.read_close();
    });
    Session session(make_asio_event_loop(), request_for("wss://" + host + "/"),
                    make_websocketpp_dialer(trusting(ca), {proxy.at("", "http"), {}, false}));
    CHECK(session.next().payload == "through");
    session.close(1000);
    session.sink.wait_end();
    proxy.finish();
    CHECK(tunnel.substr(0, tunnel.find("\r\n")) == "CONNECT " + host + ":443 HTTP/1.1");
  }
}
