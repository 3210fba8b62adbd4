// HttpClient: answers that are odd, broken or hostile.
#include <string>

#include "bench.hpp"
#include "check_lists.hpp"
#include "http_probe.hpp"
#include "websocket_probe.hpp"  // name_of

namespace signalr::conformance {
namespace {

/// Sends a GET that gets these bytes for an answer, and waits for on_done.
HttpProbe& answered_with(Bench& b, const std::string& bytes, bool cut) {
  const SentRequest sent = send_get(b);
  sent.peer->send_raw(bytes);
  if (cut) sent.peer->cut();
  await_done(b, sent.http);
  return sent.http;
}

void require_body(Bench& b, const std::string& what, const std::string& bytes, bool cut, const std::string& body) {
  HttpProbe& http = answered_with(b, bytes, cut);
  b.strand([&] {
    b.require(!http.error,
              what + " was told as a failure" + (http.error ? ": " + std::string(http.error->what()) : ""));
    b.require(http.status == 200, what + " was told with the status " + std::to_string(http.status.value_or(0)));
    b.require(http.body == body, what + " arrived changed");
  });
}

void require_broken(Bench& b, const std::string& what, const std::string& bytes, bool cut = true) {
  HttpProbe& http = answered_with(b, bytes, cut);
  b.strand([&] {
    b.require(http.error.has_value(), what + " was told as success");
    b.require(http.error->sent() == Sent::maybe, what + ": the error claims that nothing was sent");
  });
}

void odd_answers_are_answers(Bench& b) {
  require_body(b, "a status line without a reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", false, "ok");
  require_body(b, "an answer that ends with the connection", "HTTP/1.1 200 OK\r\nX: y\r\n\r\nto the end", true,
               "to the end");
  require_body(b, "an answer of HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nold", true, "old");
  require_body(
      b, "chunks with extensions and trailers",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: z\r\n\r\n",
      false, "abcde");
  require_body(b, "header names in another letter case", "HTTP/1.1 200 OK\r\ncontent-LENGTH:2\r\n\r\nok", false, "ok");
}

void informational_answers_are_skipped(Bench& b) {
  require_body(b, "an answer after 100 and 103",
               "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-Hint: x\r\n\r\nHTTP/1.1 200 "
               "OK\r\nContent-Length: 2\r\n\r\nok",
               false, "ok");
}

void short_bodies_are_failures(Bench& b) {
  require_broken(b, "a body shorter than its Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort");
  require_broken(b, "no body where one was announced", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  require_broken(b, "chunks without a last one", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  require_broken(b, "a chunk that is cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc");
}

void broken_chunks_are_failures(Bench& b) {
  require_broken(b, "a chunk whose size is no number",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n");
  require_broken(b, "a chunk of more than 2^64 bytes",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n");
}

void surplus_bytes_are_no_body(Bench& b) {
  const SentRequest sent = send_get(b);
  sent.peer->send_raw(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and much more\r\nHTTP/1.1 200 OK\r\nContent-Length: "
      "6\r\n\r\nforged");
  require_success(b, sent.http);
  b.strand([&] { b.require(sent.http.body == "ok", "bytes beyond the Content-Length were told as the body"); });

  const SentRequest next = send_get(b, "/next");
  next.peer->answer(200, {}, "true");
  await_done(b, next.http);
  b.strand([&] {
    b.require(next.http.body != "forged", "surplus bytes of an answer were told as the next request's answer");
  });
}

void garbage_is_a_failure(Bench& b) {
  require_broken(b, "a status line that is cut", "HTTP/1.1 20");
  require_broken(b, "headers that are cut", "HTTP/1.1 200 OK\r\nContent-Le");
  require_broken(b, "an answer that is no HTTP", std::string("\x15\x03\x01\0\x02\x02\x28 garbage\r\n\r\n", 19));
  require_broken(b, "a Content-Length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: huge\r\n\r\nbody");
  require_broken(b, "a negative Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nbody");
}

void endless_headers_are_a_limit(Bench& b) {
  for (const bool lines : {true, false}) {
    const SentRequest sent = send_get(b);
    sent.peer->send_raw("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 1000; ++i) {
      sent.peer->send_raw(lines ? "X-" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n"
                                : std::string(1000, 'x'));
    }
    require_failure(b, sent.http);
    b.strand([&] {
      b.require(sent.http.error->failure() == TransportFailure::limit,
                "headers that never end failed with " + std::string(name_of(sent.http.error->failure())));
    });
  }
}

void endless_informational_answers_are_a_limit(Bench& b) {
  const SentRequest sent = send_get(b);
  for (int i = 0; i < 20'000; ++i) sent.peer->send_raw("HTTP/1.1 103 Early Hints\r\nX-Hint: x\r\n\r\n");
  require_failure(b, sent.http);
  b.strand([&] {
    b.require(sent.http.error->failure() == TransportFailure::limit,
              "1xx answers that never end failed with " + std::string(name_of(sent.http.error->failure())));
  });
}

void answers_may_come_byte_by_byte(Bench& b) {
  const std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  const SentRequest sent = send_get(b);
  for (const char byte : bytes) {
    const std::size_t before = sent.peer->taken_bytes();
    sent.peer->send_raw(std::string(1, byte));
    b.wait_for([&] { return sent.peer->taken_bytes() > before; }, "the peer to send a byte");
  }
  require_success(b, sent.http);
  b.strand([&] { b.require(sent.http.body == "hello", "an answer that came byte by byte arrived changed"); });
}

}  // namespace

void add_hostile_http_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&)) {
    checks.push_back(make_check(name, offer::raw_bytes, body));
  };
  add("a valid answer may look odd", odd_answers_are_answers);
  add("1xx before the answer is skipped", informational_answers_are_skipped);
  add("a body that ends before its length or last chunk is a failure", short_bodies_are_failures);
  add("broken chunks are a failure", broken_chunks_are_failures);
  add("what comes after the answer is nobody's", surplus_bytes_are_no_body);
  add("an answer that is no HTTP is a failure", garbage_is_a_failure);
  add("headers that never end are TransportFailure::limit", endless_headers_are_a_limit);
  add("1xx answers that never end are TransportFailure::limit", endless_informational_answers_are_a_limit);
  add("an answer may come byte by byte", answers_may_come_byte_by_byte);
}

}  // namespace signalr::conformance
