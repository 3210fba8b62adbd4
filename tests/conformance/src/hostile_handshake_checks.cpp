// WebsocketDialer: answers to the upgrade that are odd, broken or hostile.
#include <string>

#include "bench.hpp"
#include "check_lists.hpp"
#include "handshake_key.hpp"
#include "websocket_probe.hpp"

namespace signalr::conformance {
namespace {

/// Dials; the peer answers with these bytes, in which KEY stands for the right Sec-WebSocket-Accept; then the handler.
WebsocketProbe& answered_with(Bench& b, std::string bytes, bool cut = false) {
  WebsocketProbe& ws = b.websocket();
  const std::size_t before = b.peer().exchanges().size();
  b.strand([&] { ws.dial(dial_request(b.peer().ws_url("/"))); });
  const auto exchange = b.arrival(before);
  const std::string* key = exchange->request().headers.find("Sec-WebSocket-Key");
  b.require(key != nullptr, "the upgrade has no Sec-WebSocket-Key");
  if (const std::size_t at = bytes.find("KEY"); at != std::string::npos) bytes.replace(at, 3, websocket_accept(*key));
  exchange->send_raw(std::move(bytes));
  if (cut) exchange->cut();
  b.until([&] { return ws.result.has_value(); }, "the handler of a dial that got an odd answer");
  return ws;
}

void require_open(Bench& b, WebsocketProbe& ws, const std::string& what) {
  b.strand([&] {
    b.require(ws.conn != nullptr,
              "no connection from " + what +
                  (ws.result->error ? ": " + std::string(ws.result->error->what()) : std::string()));
  });
}

void require_failed(Bench& b, WebsocketProbe& ws, const std::string& what) {
  b.strand([&] {
    b.require(ws.conn == nullptr, "a connection from " + what);
    b.require(ws.result->error.has_value(), "no error from " + what);
    b.require(ws.result->error->sent() == Sent::maybe, "the error from " + what + " claims that nothing was sent");
  });
}

constexpr const char* kUpgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";

void handshakes_are_verified(Bench& b) {
  const std::string line = "HTTP/1.1 101 Switching Protocols\r\n";
  require_failed(b, answered_with(b, line + kUpgrade + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
                 "a wrong Sec-WebSocket-Accept");
  require_failed(b, answered_with(b, line + kUpgrade + "\r\n"), "a 101 without Sec-WebSocket-Accept");
  require_failed(b, answered_with(b, line + "Connection: Upgrade\r\nSec-WebSocket-Accept: KEY\r\n\r\n"),
                 "a 101 without Upgrade");
  require_failed(b, answered_with(b, line + "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: KEY\r\n\r\n"),
                 "an upgrade to something else");
}

void unasked_extensions_are_rejected(Bench& b) {
  const std::string head = std::string("HTTP/1.1 101 OK\r\n") + kUpgrade + "Sec-WebSocket-Accept: KEY\r\n";
  require_failed(b, answered_with(b, head + "Sec-WebSocket-Extensions: permessage-deflate;;;=\"\r\n\r\n"),
                 "a broken extension header");
  require_failed(b, answered_with(b, head + "Sec-WebSocket-Extensions: x-nobody-asked\r\n\r\n"),
                 "an extension nobody asked for");
  require_failed(b, answered_with(b, head + "Sec-WebSocket-Protocol: nobody-asked\r\n\r\n"),
                 "a subprotocol nobody asked for");
}

void handshakes_may_be_odd(Bench& b) {
  require_open(b, answered_with(b, std::string("HTTP/1.1 101\r\n") + kUpgrade + "Sec-WebSocket-Accept: KEY\r\n\r\n"),
               "a status line without a reason");
  require_open(b,
               answered_with(b,
                             "HTTP/1.1 101 \r\nUPGRADE:WebSocket\r\nconnection:  keep-alive,   upgrade "
                             "\r\nsec-websocket-accept: KEY\r\n\r\n"),
               "headers in other letter cases and spacings");
}

void informational_answers_are_skipped(Bench& b) {
  require_open(b,
               answered_with(b, std::string("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 101 OK\r\n") +
                                    kUpgrade + "Sec-WebSocket-Accept: KEY\r\n\r\n"),
               "a 103 before the 101");
}

void garbage_is_a_failure(Bench& b) {
  for (const char* bytes : {"garbage\r\n\r\n", "HTTP/1.1 abc Huh\r\n\r\n", "\r\n\r\n\r\n\r\n", "HTTP/9.9 101 X\r\n\r\n",
                            "HTTP/1.1 101 OK\r\nno colon here\r\n\r\n", "HTTP/1.1 101 OK\r\nUpgrade: webso"}) {
    require_failed(b, answered_with(b, bytes, true), std::string("the answer \"") + bytes + "\"");
  }
}

void endless_headers_are_a_limit(Bench& b) {
  for (const bool lines : {true, false}) {
    WebsocketProbe& ws = b.websocket();
    const std::size_t before = b.peer().exchanges().size();
    b.strand([&] { ws.dial(dial_request(b.peer().ws_url("/"))); });
    const auto exchange = b.arrival(before);
    exchange->send_raw("HTTP/1.1 101 OK\r\n");
    for (int i = 0; i < 1000; ++i)
      exchange->send_raw(lines ? "X: " + std::string(1000, 'x') + "\r\n" : std::string(1000, 'x'));
    b.until([&] { return ws.result.has_value(); }, "the handler of a dial whose answer's headers never end");
    b.strand([&] {
      b.require(ws.conn == nullptr && ws.result->error.has_value(), "endless headers gave no error");
      b.require(ws.result->error->failure() == TransportFailure::limit,
                "endless headers failed with " + std::string(name_of(ws.result->error->failure())));
    });
  }
}

void refusals_without_length_are_answers(Bench& b) {
  WebsocketProbe& ws = answered_with(b, "HTTP/1.1 403 Forbidden\r\nX-Why: not\r\n\r\nuntil the connection ends", true);
  b.strand([&] {
    b.require(ws.conn == nullptr && ws.result->status == 403,
              "a refusal whose body ends with the connection gave no 403");
    b.require(!ws.result->error, "a refusal whose body ends with the connection gave an error");
    b.require(ws.result->body == "until the connection ends", "the body of a refusal without a length did not arrive");
  });
}

void chunked_refusals_are_answers(Bench& b) {
  WebsocketProbe& ws =
      answered_with(b, "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nso bus\r\n1\r\ny\r\n0\r\n\r\n");
  b.strand([&] {
    b.require(ws.conn == nullptr && ws.result->status == 503, "a chunked refusal gave no 503");
    b.require(ws.result->body == "so busy", "a chunked refusal's body did not arrive decoded: " + ws.result->body);
  });
}

}  // namespace

void add_hostile_handshake_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&)) {
    checks.push_back(make_check(name, offer::raw_bytes, body));
  };
  add("the handshake is verified", handshakes_are_verified);
  add("extensions and subprotocols that nobody asked for are rejected", unasked_extensions_are_rejected);
  add("a valid handshake may look odd", handshakes_may_be_odd);
  add("1xx before the answer to the upgrade is skipped", informational_answers_are_skipped);
  add("an answer to the upgrade that is no HTTP is a failure", garbage_is_a_failure);
  add("headers of the answer to the upgrade that never end are TransportFailure::limit", endless_headers_are_a_limit);
  add("a refusal's body may end with the connection", refusals_without_length_are_answers);
  add("a refusal's body may be chunked", chunked_refusals_are_answers);
}

}  // namespace signalr::conformance
