// TLS with peers that speak none, break off, end without a word, or flood.
#include <future>

#include "authority.hpp"
#include "client.hpp"
#include "peer.hpp"
#include "tls.hpp"

using namespace signalr;
using namespace tls;
using authority::Authority;
using authority::ServerContext;
using client::request_for;
using client::Session;

namespace {

/// What a server of TLS 1.3 says to this ClientHello before it waits for the client again.
std::string first_flight(SSL_CTX* context, const std::string& hello) {
  SSL* const ssl = SSL_new(context);
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl, in, out);
  BIO_write(in, hello.data(), static_cast<int>(hello.size()));
  CHECK(SSL_accept(ssl) != 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string flight(data, static_cast<std::size_t>(size));
  SSL_free(ssl);
  return flight;
}

}  // namespace

TEST_CASE("a port that speaks no TLS, or ends, is told as such") {
  peer::Server plain([](peer::Link& link) {
    link.read(5);
    link.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    link.end_writing();
    link.read_to_end();
  });
  CHECK(contains(failure(client::dial(make_asio_event_loop(), request_for(plain.at("/", "wss")))),
                 "doesn't speak TLS on this port; perhaps it speaks plain http"));
  peer::Server ends([](peer::Link& link) {
    link.read(5);
    link.end_writing();
    link.read_to_end();
  });
  CHECK(contains(failure(client::dial(make_asio_event_loop(), request_for(ends.at("/", "wss")))),
                 "ended the connection"));
}

TEST_CASE("the fault of a certificate is told although its server is gone by then") {
  Authority ca;
  const ServerContext context = authority::server_context(ca.issue("server"));
  peer::Server server([&](peer::Link& link) {
    const std::string header = link.read(5);
    const auto length = static_cast<unsigned char>(header[3]) * 256u + static_cast<unsigned char>(header[4]);
    link.send(first_flight(context.get(), header + link.read(length)));
    link.reset();
  });
  const Authority other;
  const auto dialer = make_websocketpp_dialer(trusting(other));
  CHECK(contains(failure(client::dial(make_asio_event_loop(), request_for(server.at("/", "wss")), dialer)),
                 "unknown authority"));
}

TEST_CASE("the end of a TLS connection without a close frame is 1006, with and without close_notify") {
  for (const bool notify : {true, false}) {
    Authority ca;
    const ServerContext context = authority::server_context(ca.issue("server"));
    SSL_CTX_set_quiet_shutdown(context.get(), notify ? 0 : 1);
    peer::Server server([&](peer::Link& link) {
      if (!link.accept_tls(context.get())) return;
      link.upgrade(peer::text("last"));
      if (notify) link.notify_end();
    });
    Session session(make_asio_event_loop(), request_for(server.at("/", "wss")), make_websocketpp_dialer(trusting(ca)));
    CHECK(session.next().payload == "last");
    const TransportError error = session.end();
    CHECK(error.failure() == TransportFailure::closed);
    CHECK(error.close_code() == close_code::abnormal);
  }
}

TEST_CASE("a peer that never stops updating its keys keeps its loop from nobody") {
  Authority ca;
  const ServerContext context = authority::server_context(ca.issue("server"));
  peer::Server server([&](peer::Link& link) {
    if (!link.accept_tls(context.get())) return;
    link.upgrade(peer::text("first"));
    while (link.update_keys()) {
    }
  });
  const auto loop = make_asio_event_loop();
  Session session(loop, request_for(server.at("/", "wss")), make_websocketpp_dialer(trusting(ca)));
  CHECK(session.next().payload == "first");
  session.read();
  for (int i = 0; i < 100; ++i) client::on(*loop, [] {});
  session.drop();  // else the flood goes on
  server.finish();
}

TEST_CASE("a peer that never comes to the point of its handshake keeps its loop from nobody") {
  std::promise<void> begun;
  peer::Server server([&](peer::Link& link) {
    link.read(5);  // the client's hello
    std::string requests;
    for (int i = 0; i < 1000; ++i) requests.append("\x16\x03\x03\0\4\0\0\0\0", 9);  // "hello request": to be ignored
    link.send(requests);
    begun.set_value();
    try {
      for (;;) link.send(requests);
    } catch (const std::runtime_error&) {  // the client is gone
    }
  });
  const auto loop = make_asio_event_loop();
  const auto dialer = make_websocketpp_dialer();
  std::unique_ptr<Operation> dialing;
  client::on(*loop, [&] {
    dialing = dialer->dial(loop, request_for(server.at("/", "wss")), [](const DialResult&) { FAIL_CHECK("dialed"); });
  });
  begun.get_future().wait();
  for (int i = 0; i < 100; ++i) client::on(*loop, [] {});
  client::on(*loop, [&] { dialing.reset(); });
  server.finish();
}
