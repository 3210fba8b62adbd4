// WebsocketDialer: what goes out with the upgrade, and how a dial ends.
#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "bench.hpp"
#include "check_lists.hpp"
#include "websocket_probe.hpp"

namespace signalr::conformance {
namespace {

/// Dials and waits for the handler.
WebsocketProbe& finished_dial(Bench& b, DialRequest request) {
  WebsocketProbe& ws = b.websocket();
  b.strand([&] { ws.dial(std::move(request)); });
  b.until([&] { return ws.result.has_value(); }, "the dial's handler");
  return ws;
}

/// Dials, refuses, waits for the handler.
WebsocketProbe& refused_dial(Bench& b, DialRequest request, int status, const Headers& headers, std::string body) {
  WebsocketProbe& ws = b.websocket();
  const std::size_t before = b.peer().exchanges().size();
  b.strand([&] { ws.dial(std::move(request)); });
  b.arrival(before)->answer(status, headers, std::move(body));
  b.until([&] { return ws.result.has_value(); }, "the handler of a refused dial");
  return ws;
}

void require_refusal(Bench& b, WebsocketProbe& ws, int status) {
  b.strand([&] {
    b.require(ws.conn == nullptr, "a refused dial gave a connection");
    b.require(ws.result->status == status, "a dial refused with " + std::to_string(status) + " gave the status " +
                                               std::to_string(ws.result->status));
    b.require(!ws.result->error, "a valid HTTP refusal was told as a failure of the network" +
                                     (ws.result->error ? ": " + std::string(ws.result->error->what()) : ""));
  });
}

void accepted_dials_open(Bench& b) {
  const OpenWebsocket open = open_websocket(b, dial_request(b.peer().ws_url("/")),
                                            {{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}, {"X-Answer", "yes, it is"}});
  b.strand([&] {
    const DialResult& result = *open.ws.result;
    b.require(result.status == 101, "an accepted dial gave a status other than 101");
    b.require(!result.error, "an accepted dial gave an error");
    std::vector<std::string> cookies;
    for (const Header& field : result.headers) {
      if (field.name.size() == 10 && (field.name[0] == 'S' || field.name[0] == 's')) cookies.push_back(field.value);
    }
    b.require(cookies == std::vector<std::string>{"a=1", "b=2"},
              "the cookies of the 101 did not arrive, each and in order");
    const std::string* answer = result.headers.find("x-answer");
    b.require(answer != nullptr && *answer == "yes, it is", "a header of the 101 did not arrive");
  });
  b.settle();
}

void targets_go_out_as_they_are(Bench& b) {
  const std::string target =
      "/a%2Fb/c%20d;e/connect?transport=webSockets&connectionData=%5B%7B%22name%22%3A%22x%22%7D%5D&t=a+b%2Bc";
  const OpenWebsocket open = open_websocket(b, target);
  b.require(open.peer->request().target == target,
            "the url's path and query arrived changed: " + open.peer->request().target);
  b.require(open.peer->request().method == "GET", "the upgrade is no GET");
}

void headers_go_out_as_they_are(Bench& b) {
  DialRequest request = dial_request(b.peer().ws_url("/"));
  const std::vector<Header> given = {{"Cookie", "session=abc; other=\"x y\""},
                                     {"Authorization", "Bearer a.b-c_d"},
                                     {"X-Twice", "first"},
                                     {"X-Twice", "second"},
                                     {"User-Agent", "the caller's own"},
                                     {"Origin", "https://example.test"}};
  for (const Header& field : given) request.headers.add(field.name, field.value);
  const OpenWebsocket open = open_websocket(b, std::move(request), {});
  for (const Header& field : given) {
    const Headers& arrived = open.peer->request().headers;
    const auto same = [&](const Header& one) { return one.name == field.name && one.value == field.value; };
    b.require(std::count_if(arrived.begin(), arrived.end(), same) == 1,
              "the header " + field.name + " did not arrive once and as it was given");
  }
  const Headers& arrived = open.peer->request().headers;
  const auto agent = [](const Header& one) {
    return one.name.size() == 10 && (one.name[0] == 'U' || one.name[0] == 'u');
  };
  b.require(std::count_if(arrived.begin(), arrived.end(), agent) == 1, "a User-Agent was added to the caller's own");
}

void upgrades_are_complete(Bench& b) {
  const OpenWebsocket open = open_websocket(b);
  const Headers& headers = open.peer->request().headers;
  for (const char* name : {"Host", "Connection", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version"}) {
    b.require(headers.find(name) != nullptr, std::string("the upgrade lacks the header ") + name);
  }
  const std::string url = b.peer().ws_url("");
  b.require(*headers.find("Host") == url.substr(url.find("//") + 2),
            "Host is not the url's authority: " + *headers.find("Host"));
  b.require(*headers.find("Sec-WebSocket-Version") == "13", "the WebSocket version is not 13");
  for (const char* name : {"Cookie", "Authorization"}) {
    b.require(headers.find(name) == nullptr, std::string("the upgrade has a header that nobody gave: ") + name);
  }
}

void cookies_are_not_kept(Bench& b) {
  open_websocket(b, dial_request(b.peer().ws_url("/first")), {{"Set-Cookie", "kept=1; Path=/"}});
  const OpenWebsocket second = open_websocket(b, "/second");
  b.require(second.peer->request().headers.find("Cookie") == nullptr, "the adapter sent a cookie of its own");
}

void refusals_are_answers(Bench& b) {
  for (const int status : {200, 204, 400, 401, 403, 404, 407, 500, 503}) {
    WebsocketProbe& ws = refused_dial(b, dial_request(b.peer().ws_url("/")), status,
                                      {{"Set-Cookie", "why=not"}, {"WWW-Authenticate", "Negotiate"}}, "refused");
    require_refusal(b, ws, status);
    b.strand([&] {
      const std::string* cookie = ws.result->headers.find("Set-Cookie");
      b.require(cookie != nullptr && *cookie == "why=not", "the headers of a refusal did not arrive");
      if (status != 204) b.require(ws.result->body == "refused", "the body of a refusal did not arrive");
    });
  }
  b.settle();
  b.require(b.peer().exchanges().size() == 9, "a refused dial was repeated");
}

void redirects_are_refusals(Bench& b) {
  for (const int status : {301, 302, 307, 308}) {
    WebsocketProbe& ws = refused_dial(b, dial_request(b.peer().ws_url("/")), status,
                                      {{"Location", b.peer().http_url("/elsewhere")}}, "");
    require_refusal(b, ws, status);
  }
  b.settle();
  b.require(b.peer().exchanges().size() == 4, "a redirect was followed");
}

void bodies_of_refusals_are_cut(Bench& b) {
  std::string body;
  for (int i = 0; body.size() < 100'000; ++i) body += std::to_string(i) + ',';
  for (const std::size_t limit : {std::size_t{0}, std::size_t{10}, std::size_t{1024}}) {
    DialRequest request = dial_request(b.peer().ws_url("/"));
    request.max_refusal_bytes = limit;
    WebsocketProbe& ws = refused_dial(b, std::move(request), 503, {}, body);
    require_refusal(b, ws, 503);
    b.strand([&] {
      b.require(ws.result->body == body.substr(0, limit),
                "a refusal's body was not cut to max_refusal_bytes = " + std::to_string(limit) + ", it has " +
                    std::to_string(ws.result->body.size()) + " bytes");
    });
  }
}

void answers_may_be_late(Bench& b) {
  WebsocketProbe& ws = b.websocket();
  b.strand([&] { ws.dial(dial_request(b.peer().ws_url("/"))); });
  const auto exchange = b.arrival();
  b.settle();
  b.strand([&] { b.require(!ws.result, "the handler was called before the peer had answered"); });
  exchange->accept({});
  b.until([&] { return ws.result.has_value(); }, "the dial's handler");
}

void cut_answers_are_failures(Bench& b) {
  WebsocketProbe& ws = b.websocket();
  b.strand([&] { ws.dial(dial_request(b.peer().ws_url("/"))); });
  b.arrival()->cut();
  b.until([&] { return ws.result.has_value(); }, "the handler of a dial that was cut");
  b.strand([&] {
    b.require(ws.conn == nullptr && ws.result->error.has_value(), "a dial whose connection was cut gave no error");
    b.require(ws.result->status == 0, "a dial without an HTTP answer gave a status");
    b.require(ws.result->error->sent() == Sent::maybe, "a dial that reached the peer claims that nothing was sent");
    const TransportFailure failure = ws.result->error->failure();
    b.require(
        failure == TransportFailure::closed || failure == TransportFailure::io || failure == TransportFailure::protocol,
        "a dial whose connection was cut failed with " + std::string(name_of(failure)));
  });
}

void headers_are_limited(Bench& b) {
  DialRequest request = dial_request(b.peer().ws_url("/"));
  request.max_header_bytes = 4000;
  open_websocket(b, request, {{"X-Long", std::string(2000, 'x')}});

  WebsocketProbe& ws = b.websocket();
  const std::size_t before = b.peer().exchanges().size();
  b.strand([&] { ws.dial(request); });
  Headers flood;
  for (int i = 0; i < 100; ++i) flood.add("X-Flood-" + std::to_string(i), std::string(100, 'x'));
  b.arrival(before)->accept(flood);
  b.until([&] { return ws.result.has_value(); }, "the handler of a dial whose answer is too long");
  b.strand([&] {
    b.require(ws.conn == nullptr && ws.result->error.has_value(), "an answer beyond max_header_bytes was accepted");
    b.require(ws.result->error->failure() == TransportFailure::limit,
              "an answer beyond max_header_bytes failed with " + std::string(name_of(ws.result->error->failure())));
    const std::string what = ws.result->error->what();
    b.require(what.find("max_header_bytes") != std::string::npos,
              "TransportFailure::limit does not name its option: " + what);
  });
}

void refused_connections_fail(Bench& b) {
  WebsocketProbe& ws = finished_dial(b, dial_request("ws://" + b.peer().refused_authority() + "/secret?token=secret"));
  b.strand([&] {
    b.require(ws.conn == nullptr && ws.result->error.has_value(), "a refused connection gave no error");
    b.require(ws.result->error->failure() == TransportFailure::connect,
              "a refused connection failed with " + std::string(name_of(ws.result->error->failure())));
    b.require(ws.result->error->sent() == Sent::no, "a refused connection claims that something may have been sent");
    b.require(ws.result->status == 0, "a refused connection gave an HTTP status");
    b.require(std::string(ws.result->error->what()).find("token") == std::string::npos,
              "an error tells the query string");
  });
}

void bad_urls_fail(Bench& b) {
  for (const char* url : {"", "nonsense", "gopher://127.0.0.1/", "ws://", "ws://127.0.0.1:99999/"}) {
    WebsocketProbe& ws = finished_dial(b, dial_request(url));
    b.strand([&] {
      b.require(ws.conn == nullptr && ws.result->error.has_value(),
                "dialing \"" + std::string(url) + "\" gave no error");
      b.require(ws.result->error->sent() == Sent::no,
                "a dial of \"" + std::string(url) + "\" claims that something was sent");
    });
  }
}

void names_are_resolved(Bench& b) {
  const OpenWebsocket open = open_websocket(b, dial_request("ws://" + b.peer().named_authority() + "/"), {});
  const std::string* host = open.peer->request().headers.find("Host");
  b.require(host != nullptr && *host == b.peer().named_authority(), "Host is not the url's authority");
}

void dial_never_blocks(Bench& b) {
  for (const std::string& url : {b.peer().ws_url("/"), std::string("ws://no-such-name.invalid/")}) {
    const Duration fastest = fastest_of(5, [&] {
      WebsocketProbe& ws = b.websocket();
      return b.strand([&] { return time_of([&] { ws.dial(dial_request(url)); }); });
    });
    b.require(fastest < std::chrono::milliseconds(50), "dial blocked for more than 50 ms");
  }
}

void dials_run_side_by_side(Bench& b) {
  constexpr std::size_t kDials = 8;
  std::vector<WebsocketProbe*> all;
  for (std::size_t i = 0; i < kDials; ++i) {
    all.push_back(&b.websocket());
    b.strand([&] { all.back()->dial(dial_request(b.peer().ws_url("/" + std::to_string(i)))); });
  }
  b.arrival(kDials - 1);
  const auto exchanges = b.peer().exchanges();
  for (auto last = exchanges.rbegin(); last != exchanges.rend(); ++last) (*last)->accept({});
  for (WebsocketProbe* ws : all) {
    b.until([&] { return ws->result.has_value(); }, "all of several dials to end");
    b.strand([&] { b.require(ws->conn != nullptr, "one of several dials side by side gave no connection"); });
  }
}

}  // namespace

void add_dial_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&), unsigned needs = 0) {
    checks.push_back(make_check(name, needs, body));
  };
  add("an accepted dial gives an open connection, 101 and the answer's headers", accepted_dials_open);
  add("the url's path and query go out as they are", targets_go_out_as_they_are);
  add("the request's headers go out as they are", headers_go_out_as_they_are);
  add("the upgrade has what RFC 6455 demands, and no cookies or credentials of its own", upgrades_are_complete,
      offer::network);
  add("cookies are not kept", cookies_are_not_kept);
  add("a refusal is an HTTP answer, not a failure, and is not repeated", refusals_are_answers);
  add("redirects are not followed", redirects_are_refusals);
  add("a refusal's body is cut to max_refusal_bytes", bodies_of_refusals_are_cut);
  add("the handler waits for the answer", answers_may_be_late);
  add("a connection cut before the answer is a failure, and something was sent", cut_answers_are_failures);
  add("an answer beyond max_header_bytes is TransportFailure::limit", headers_are_limited, offer::network);
  add("a refused connection is TransportFailure::connect, and nothing was sent", refused_connections_fail,
      offer::network);
  add("a url that can't be dialed is a failure told by the handler", bad_urls_fail);
  add("names are resolved, all their addresses tried", names_are_resolved, offer::network);
  add("dial never blocks", dial_never_blocks);
  add("dials run side by side", dials_run_side_by_side);
}

}  // namespace signalr::conformance
