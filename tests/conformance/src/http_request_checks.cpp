// HttpClient: what goes out with a request, and requests that can't.
#include <algorithm>
#include <cctype>
#include <chrono>
#include <string>
#include <vector>

#include "bench.hpp"
#include "check_lists.hpp"
#include "http_probe.hpp"
#include "websocket_probe.hpp"  // name_of

namespace signalr::conformance {
namespace {

std::string lower(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

void targets_go_out_as_they_are(Bench& b) {
  const std::string target =
      "/a%2Fb/c%20d;e/negotiate?clientProtocol=2.1&connectionData=%5B%7B%22name%22%3A%22x%22%7D%5D&t=a+b%2Bc&empty=";
  const SentRequest sent = send_get(b, target);
  b.require(sent.peer->request().target == target,
            "the url's path and query arrived changed: " + sent.peer->request().target);
  b.require(sent.peer->request().method == "GET", "a GET arrived as " + sent.peer->request().method);
}

void urls_may_lack_a_path(Bench& b) {
  const std::string origin = b.peer().http_url("");
  const SentRequest bare = send_request(b, get_request(origin));
  b.require(bare.peer->request().target == "/", "a url without a path asked for " + bare.peer->request().target);
  const SentRequest query = send_request(b, get_request(origin + "/?a=b"));
  b.require(query.peer->request().target == "/?a=b",
            "a url with only a query asked for " + query.peer->request().target);
}

void headers_go_out_as_they_are(Bench& b) {
  HttpRequest request = post_request(b.peer().http_url("/"), "x=y");
  const std::vector<Header> given = {{"Cookie", "session=abc; other=\"x y\""},
                                     {"Authorization", "Bearer a.b-c_d"},
                                     {"X-Twice", "first"},
                                     {"X-Twice", "second"},
                                     {"X-Empty", ""},
                                     {"Accept", "text/event-stream"},
                                     {"User-Agent", "the caller's own"},
                                     {"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"}};
  for (const Header& field : given) request.headers.add(field.name, field.value);
  const SentRequest sent = send_request(b, std::move(request));
  std::vector<std::string> twice;
  for (const Header& field : given) {
    const Headers& arrived = sent.peer->request().headers;
    const auto same = [&](const Header& one) {
      return lower(one.name) == lower(field.name) && one.value == field.value;
    };
    b.require(std::count_if(arrived.begin(), arrived.end(), same) == 1,
              "the header " + field.name + " did not arrive once and as it was given");
  }
  for (const Header& field : sent.peer->request().headers) {
    if (lower(field.name) == "x-twice") twice.push_back(field.value);
  }
  b.require(twice == std::vector<std::string>{"first", "second"}, "repeated headers arrived out of order");
}

void nothing_else_goes_out(Bench& b) {
  const std::vector<std::string> demanded = {"host", "content-length", "connection", "accept-encoding"};
  for (const bool post : {false, true}) {
    const std::string url = b.peer().http_url("/");
    const SentRequest sent = send_request(b, post ? post_request(url, "body") : get_request(url));
    for (const Header& field : sent.peer->request().headers) {
      b.require(std::count(demanded.begin(), demanded.end(), lower(field.name)) == 1,
                "a header was sent that neither the caller gave nor HTTP demands: " + field.name);
    }
  }
}

void hosts_are_named(Bench& b) {
  const SentRequest sent = send_get(b);
  const std::string url = b.peer().http_url("");
  const std::string* host = sent.peer->request().headers.find("Host");
  b.require(host != nullptr && *host == url.substr(url.find("//") + 2), "Host is not the url's authority");
}

void bodies_go_out(Bench& b) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte.push_back(static_cast<char>(i));
  for (const std::string& body : {std::string("data=%7B%7D"), every_byte, std::string(1'000'000, 'x')}) {
    const SentRequest sent = send_request(b, post_request(b.peer().http_url("/send"), body));
    b.require(sent.peer->request().method == "POST", "a POST arrived as " + sent.peer->request().method);
    b.require(sent.peer->request().body == body, "a body of " + std::to_string(body.size()) + " bytes arrived changed");
    sent.peer->answer(200, {}, "");
    require_success(b, sent.http);
  }
}

void bodies_have_their_length(Bench& b) {
  for (const std::string& body : {std::string(), std::string("12345")}) {
    const SentRequest sent = send_request(b, post_request(b.peer().http_url("/"), body));
    const std::string* length = sent.peer->request().headers.find("Content-Length");
    b.require(length != nullptr && *length == std::to_string(body.size()),
              "a POST of " + std::to_string(body.size()) + " bytes came without its Content-Length");
  }
  const SentRequest get = send_get(b);
  b.require(get.peer->request().body.empty(), "a GET came with a body");
}

void bodies_dont_wait_to_be_expected(Bench& b) {
  const SentRequest sent = send_request(b, post_request(b.peer().http_url("/"), std::string(2'000'000, 'x')));
  b.require(sent.peer->request().headers.find("Expect") == nullptr,
            "a POST came with Expect, which costs a round trip");
}

void cookies_are_not_kept(Bench& b) {
  const SentRequest first = send_get(b, "/first");
  first.peer->answer(200, {{"Set-Cookie", "kept=1; Path=/"}}, "");
  require_success(b, first.http);
  const SentRequest second = send_get(b, "/second");
  b.require(second.peer->request().headers.find("Cookie") == nullptr, "the adapter sent a cookie of its own");
}

void redirects_are_not_followed(Bench& b) {
  std::size_t requests = 0;
  for (const int status : {301, 302, 303, 307, 308}) {
    const SentRequest sent = send_get(b);
    sent.peer->answer(status, {{"Location", b.peer().http_url("/elsewhere")}}, "moved");
    require_success(b, sent.http);
    b.strand([&] {
      b.require(sent.http.status == status, "a redirect was told as " + std::to_string(sent.http.status.value_or(0)));
      const std::string* location = sent.http.headers.find("Location");
      b.require(location != nullptr && *location == b.peer().http_url("/elsewhere"),
                "a redirect's Location did not arrive");
      b.require(sent.http.body == "moved", "a redirect's body did not arrive");
    });
    ++requests;
  }
  b.settle();
  b.require(b.peer().exchanges().size() == requests, "a redirect was followed");
}

void credentials_are_not_offered(Bench& b) {
  for (const int status : {401, 407}) {
    const std::size_t before = b.peer().exchanges().size();
    const SentRequest sent = send_get(b);
    b.require(sent.peer->request().headers.find("Authorization") == nullptr, "the adapter sent credentials of its own");
    sent.peer->answer(status, {{"WWW-Authenticate", "Basic realm=\"x\""}, {"WWW-Authenticate", "Negotiate"}}, "");
    require_success(b, sent.http);
    b.settle();
    b.require(b.peer().exchanges().size() == before + 1, "a request was repeated after " + std::to_string(status));
  }
}

void failures_are_not_retried(Bench& b) {
  const SentRequest first = send_get(b, "/kept-alive");
  first.peer->answer(200, {}, "so that the connection can be used again");
  require_success(b, first.http);
  for (const bool post : {true, false}) {
    const std::size_t before = b.peer().exchanges().size();
    const std::string url = b.peer().http_url("/once");
    const SentRequest sent = send_request(b, post ? post_request(url, "not idempotent") : get_request(url));
    sent.peer->cut();
    require_failure(b, sent.http);
    b.settle();
    b.require(b.peer().exchanges().size() == before + 1, "a request whose connection broke was sent again");
    b.strand([&] {
      b.require(sent.http.error->sent() == Sent::maybe, "a request that reached the peer claims that nothing was sent");
    });
  }
}

void dead_idle_connections_are_known(Bench& b) {
  for (const bool post : {true, false}) {
    const SentRequest first = send_get(b, "/kept-alive");
    first.peer->answer(200, {}, "so that the connection can be used again");
    require_success(b, first.http);
    first.peer->reset();
    b.settle();
    const std::size_t before = b.peer().exchanges().size();
    const std::string url = b.peer().http_url("/once");
    HttpProbe& http = b.http();
    b.strand([&] { http.send(post ? post_request(url, "not idempotent") : get_request(url)); });
    b.until([&] { return http.done || b.peer().exchanges().size() > before; }, "a request or its failure");
    if (b.peer().exchanges().size() > before) {
      b.arrival(before)->answer(200, {}, "");
      require_success(b, http);
    } else {
      require_failure(b, http);
      b.strand([&] {
        const TransportFailure failure = http.error->failure();
        b.require(http.error->sent() == Sent::no,
                  "a request for which only a dead connection was found claims to have been sent");
        b.require(failure == TransportFailure::closed,
                  "a request that found its connection dead failed with " + std::string(name_of(failure)));
      });
    }
    b.settle();
    b.require(b.peer().exchanges().size() <= before + 1, "a request that found its connection dead was sent twice");
  }
}

void refused_connections_fail(Bench& b) {
  HttpProbe& http = b.http();
  b.strand([&] { http.send(get_request("http://" + b.peer().refused_authority() + "/secret?token=secret")); });
  require_failure(b, http);
  b.strand([&] {
    b.require(http.error->failure() == TransportFailure::connect,
              "a refused connection failed with " + std::string(name_of(http.error->failure())));
    b.require(http.error->sent() == Sent::no, "a refused connection claims that something may have been sent");
    b.require(!http.status, "a refused connection gave headers");
    b.require(std::string(http.error->what()).find("token") == std::string::npos, "an error tells the query string");
  });
}

void bad_requests_fail(Bench& b) {
  for (const char* url :
       {"", "nonsense", "gopher://127.0.0.1/", "file:///etc/passwd", "http://", "http://127.0.0.1:99999/"}) {
    HttpProbe& http = b.http();
    b.strand([&] { http.send(get_request(url)); });
    require_failure(b, http);
    b.strand([&] {
      b.require(http.error->sent() == Sent::no,
                "a request for \"" + std::string(url) + "\" claims that something was sent");
      b.require(!http.status, "a request for \"" + std::string(url) + "\" gave headers");
    });
  }
}

void names_are_resolved(Bench& b) {
  const SentRequest sent = send_request(b, get_request("http://" + b.peer().named_authority() + "/"));
  const std::string* host = sent.peer->request().headers.find("Host");
  b.require(host != nullptr && *host == b.peer().named_authority(), "Host is not the url's authority");
}

void send_never_blocks(Bench& b) {
  for (const std::string& url : {b.peer().http_url("/"), std::string("http://no-such-name.invalid/")}) {
    const Duration fastest = fastest_of(5, [&] {
      HttpProbe& http = b.http();
      return b.strand([&] { return time_of([&] { http.send(get_request(url)); }); });
    });
    b.require(fastest < std::chrono::milliseconds(50), "send blocked for more than 50 ms");
  }
}

void requests_run_side_by_side(Bench& b) {
  constexpr std::size_t kRequests = 12;
  std::vector<HttpProbe*> all;
  for (std::size_t i = 0; i < kRequests; ++i) {
    all.push_back(&b.http());
    b.strand([&] { all.back()->send(get_request(b.peer().http_url("/" + std::to_string(i)))); });
  }
  b.arrival(kRequests - 1);
  const auto exchanges = b.peer().exchanges();
  for (auto last = exchanges.rbegin(); last != exchanges.rend(); ++last)
    (*last)->answer(200, {}, (*last)->request().target);
  for (std::size_t i = 0; i < kRequests; ++i) {
    require_success(b, *all[i]);
    b.strand(
        [&] { b.require(all[i]->body == "/" + std::to_string(i), "requests side by side got each other's answers"); });
  }
}

void requests_follow_each_other(Bench& b) {
  for (int i = 0; i < 50; ++i) {
    const SentRequest sent = send_request(b, post_request(b.peer().http_url("/"), std::to_string(i)));
    b.require(sent.peer->request().body == std::to_string(i), "a request arrived with another one's body");
    sent.peer->answer(200, {}, "answer " + std::to_string(i));
    require_success(b, sent.http);
    b.strand([&] { b.require(sent.http.body == "answer " + std::to_string(i), "a request got another one's answer"); });
  }
}

}  // namespace

void add_http_request_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&), unsigned needs = 0) {
    checks.push_back(make_check(name, needs, body));
  };
  add("the url's path and query go out as they are", targets_go_out_as_they_are);
  add("a url without a path asks for /", urls_may_lack_a_path);
  add("the request's headers go out as they are", headers_go_out_as_they_are);
  add("nothing goes out but what the caller gave and HTTP demands", nothing_else_goes_out);
  add("Host names the url's authority", hosts_are_named, offer::network);
  add("a POST's body goes out as it is", bodies_go_out);
  add("a POST has its Content-Length, also when it is empty", bodies_have_their_length, offer::network);
  add("a POST's body doesn't wait for 100 Continue", bodies_dont_wait_to_be_expected);
  add("cookies are not kept", cookies_are_not_kept);
  add("redirects are not followed", redirects_are_not_followed);
  add("credentials are not offered, also when they are asked for", credentials_are_not_offered);
  add("requests whose connection breaks are not sent again", failures_are_not_retried);
  add("a request that finds its idle connection dead is sent once, or says that nothing was sent",
      dead_idle_connections_are_known, offer::network);
  add("a refused connection is TransportFailure::connect, and nothing was sent", refused_connections_fail,
      offer::network);
  add("what is wrong with the request is told by on_done", bad_requests_fail);
  add("names are resolved, all their addresses tried", names_are_resolved, offer::network);
  add("send never blocks", send_never_blocks);
  add("requests run side by side", requests_run_side_by_side);
  add("requests that follow each other get their own answers", requests_follow_each_other);
}

}  // namespace signalr::conformance
