// HttpSink: how an answer arrives.
#include <string>
#include <string_view>
#include <vector>

#include "bench.hpp"
#include "check_lists.hpp"
#include "http_probe.hpp"
#include "websocket_probe.hpp"  // name_of

namespace signalr::conformance {
namespace {

void whole_answers_arrive(Bench& b) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte.push_back(static_cast<char>(i));
  for (const std::string& body :
       {std::string(), std::string("{\"Response\":\"started\"}"), every_byte, std::string(1'000'000, 'x')}) {
    const SentRequest sent = send_get(b);
    sent.peer->answer(200, {{"Content-Type", "application/json"}}, body);
    require_success(b, sent.http);
    b.strand([&] {
      b.require(sent.http.status == 200, "a 200 was told as another status");
      b.require(sent.http.body == body, "a body of " + std::to_string(body.size()) + " bytes arrived changed");
      b.require(!body.empty() || sent.http.chunks == 0, "on_data came for an empty body");
    });
  }
}

void any_status_is_a_success(Bench& b) {
  for (const int status :
       {200, 201, 202, 206, 300, 400, 401, 403, 404, 405, 408, 410, 413, 417, 429, 500, 501, 502, 503, 504, 599}) {
    const SentRequest sent = send_get(b);
    sent.peer->answer(status, {}, "body");
    require_success(b, sent.http);
    b.strand([&] {
      b.require(sent.http.status == status, "the status " + std::to_string(status) + " was told as " +
                                                std::to_string(sent.http.status.value_or(0)));
      b.require(sent.http.body == "body", "the body of a " + std::to_string(status) + " did not arrive");
    });
  }
}

void some_statuses_have_no_body(Bench& b) {
  for (const int status : {204, 304}) {
    const SentRequest sent = send_get(b);
    sent.peer->answer(status, {}, "");
    require_success(b, sent.http);
    b.strand([&] { b.require(sent.http.status == status && sent.http.body.empty(), "a 204 or 304 arrived changed"); });
  }
}

void headers_arrive(Bench& b) {
  const SentRequest sent = send_get(b);
  sent.peer->answer(200,
                    {{"Set-Cookie", "a=1; Path=/; HttpOnly"},
                     {"X-Odd", "  spaces outside, \"quotes\"; and: colons  "},
                     {"Set-Cookie", "b=2"}},
                    "");
  require_success(b, sent.http);
  b.strand([&] {
    std::vector<std::string> cookies;
    for (const Header& field : sent.http.headers) {
      if (field.name == "Set-Cookie" || field.name == "set-cookie") cookies.push_back(field.value);
    }
    b.require(cookies == std::vector<std::string>{"a=1; Path=/; HttpOnly", "b=2"},
              "repeated headers did not arrive each and in order");
    const std::string* odd = sent.http.headers.find("x-odd");
    b.require(odd != nullptr && *odd == "spaces outside, \"quotes\"; and: colons",
              "a header's value arrived changed, or with the spaces around it");
  });
}

void bodies_arrive_as_they_come(Bench& b) {
  const SentRequest sent = send_get(b);
  sent.peer->start_answer(200, {{"Content-Type", "text/event-stream"}});
  b.until([&] { return sent.http.status.has_value(); }, "on_headers before the first byte of the body");
  std::string expected;
  for (const char* event : {"data: initialized\n\n", "data: {}\n\n", "data: {\"C\":\"d-1\"}\n\n"}) {
    sent.peer->write_chunk(event);
    expected += event;
    b.until([&] { return sent.http.body == expected; }, "a piece of the body before the next one was sent");
  }
  b.strand([&] { b.require(!sent.http.done, "on_done came before the end of the answer"); });
  sent.peer->finish_answer();
  require_success(b, sent.http);
  b.strand([&] { b.require(sent.http.body == expected, "a body in pieces arrived changed"); });
}

void long_bodies_arrive_once(Bench& b) {
  const SentRequest sent = send_get(b);
  std::string expected;
  sent.peer->start_answer(200, {});
  for (int i = 0; i < 2000; ++i) {
    const std::string piece = std::to_string(i) + std::string(static_cast<std::size_t>(i) % 1500, 'x');
    expected += piece;
    sent.peer->write_chunk(piece);
  }
  sent.peer->finish_answer();
  require_success(b, sent.http);
  b.strand([&] { b.require(sent.http.body == expected, "a long body in many pieces arrived changed"); });
}

void hung_requests_wait(Bench& b) {
  const SentRequest hung = send_get(b, "/hung");
  const SentRequest other = send_get(b, "/other");
  other.peer->answer(200, {}, "quick");
  require_success(b, other.http);
  b.settle();
  b.strand([&] { b.require(!hung.http.done && !hung.http.status, "a request ended before its answer came"); });
}

void cuts_are_failures(Bench& b) {
  {
    const SentRequest sent = send_get(b);
    sent.peer->cut();
    require_failure(b, sent.http);
    b.strand([&] { b.require(!sent.http.status, "a connection that was cut before its answer gave headers"); });
  }
  const SentRequest sent = send_get(b);
  sent.peer->start_answer(200, {});
  sent.peer->write_chunk("the first half");
  b.until([&] { return sent.http.body == "the first half"; }, "the first half of a body");
  sent.peer->cut();
  require_failure(b, sent.http);
  b.strand([&] {
    b.require(sent.http.error->sent() == Sent::maybe,
              "a request that was answered in part claims that nothing was sent");
    const TransportFailure failure = sent.http.error->failure();
    b.require(failure == TransportFailure::closed || failure == TransportFailure::io,
              "a body that was cut failed with " + std::string(name_of(failure)));
  });
}

void resets_are_failures(Bench& b) {
  for (const bool answered : {false, true}) {
    const SentRequest sent = send_get(b);
    if (answered) {
      sent.peer->start_answer(200, {});
      b.until([&] { return sent.http.status.has_value(); }, "on_headers");
    }
    sent.peer->reset();
    require_failure(b, sent.http);
    b.strand([&] {
      b.require(sent.http.error->sent() == Sent::maybe,
                "a request whose connection was reset claims that nothing was sent");
    });
  }
}

void headers_are_limited(Bench& b) {
  HttpRequest request = get_request(b.peer().http_url("/"));
  request.max_header_bytes = 4000;
  const SentRequest fits = send_request(b, request);
  fits.peer->answer(200, {{"X-Long", std::string(2000, 'x')}}, "body");
  require_success(b, fits.http);

  const SentRequest flood = send_request(b, request);
  Headers headers;
  for (int i = 0; i < 100; ++i) headers.add("X-Flood-" + std::to_string(i), std::string(100, 'x'));
  flood.peer->answer(200, headers, "body");
  require_failure(b, flood.http);
  b.strand([&] {
    b.require(flood.http.error->failure() == TransportFailure::limit,
              "an answer beyond max_header_bytes failed with " + std::string(name_of(flood.http.error->failure())));
    const std::string what = flood.http.error->what();
    b.require(what.find("max_header_bytes") != std::string::npos,
              "TransportFailure::limit does not name its option: " + what);
    b.require(!flood.http.status, "on_headers came for an answer beyond max_header_bytes");
  });
}

/// "decoded content\n", as gzip makes it.
constexpr std::string_view kGzip{
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x49\x4d\xce\x4f\x49\x4d\x51\x48\xce\xcf\x2b\x49\xcd\x2b\xe1\x02\x00"
    "\x86\x98\x66\x01\x10\x00\x00\x00",
    36};

void content_codings_are_undone(Bench& b) {
  const SentRequest sent = send_get(b);
  const std::string* accepted = sent.peer->request().headers.find("Accept-Encoding");
  if (accepted == nullptr || accepted->find("gzip") == std::string::npos) return;  // the peer would send none
  sent.peer->answer(200, {{"Content-Encoding", "gzip"}}, std::string(kGzip));
  require_success(b, sent.http);
  b.strand([&] { b.require(sent.http.body == "decoded content\n", "the adapter asked for gzip but did not undo it"); });
}

}  // namespace

void add_http_answer_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&), unsigned needs = 0) {
    checks.push_back(make_check(name, needs, body));
  };
  add("whole answers arrive", whole_answers_arrive);
  add("any status is a success", any_status_is_a_success);
  add("204 and 304 have no body", some_statuses_have_no_body);
  add("headers arrive each and in order", headers_arrive, offer::network);
  add("the body arrives as it comes", bodies_arrive_as_they_come);
  add("each byte of a long body arrives once", long_bodies_arrive_once);
  add("a request without an answer waits and delays nobody", hung_requests_wait);
  add("a connection cut before the end of the answer is a failure", cuts_are_failures);
  add("a reset connection is a failure", resets_are_failures);
  add("an answer beyond max_header_bytes is TransportFailure::limit", headers_are_limited, offer::network);
  add("a content coding that the adapter asked for is undone", content_codings_are_undone, offer::network);
}

}  // namespace signalr::conformance
