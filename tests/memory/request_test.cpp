// What the server reads out of a request (P§2.4).
#include <signalr/server/site.hpp>

#include <doctest/doctest.h>

using signalr::Url;
using signalr::server::Request;

namespace {

Request get(std::string_view url) {
  Request request;
  request.method = "GET";
  request.url = *Url::parse(url);
  return request;
}

}  // namespace

TEST_CASE("query parameters are split at & and ;, found without regard to case, and decoded") {
  const Request request = get("http://a.test/x?One=1&two=a+b%2Bc;three=%zz%4&empty=&bare");
  CHECK(request.query("one") == "1");
  CHECK(request.query("TWO") == "a b+c");
  CHECK(request.query("three") == "%zz%4");
  CHECK(request.has_query("empty"));
  CHECK(request.query("empty").empty());
  CHECK(request.has_query("bare"));
  CHECK_FALSE(request.has_query("four"));
}

TEST_CASE("repeated parameters are joined with a comma") { CHECK(get("http://a.test/x?t=1&T=2").query("t") == "1,2"); }

TEST_CASE("form bodies are split at & alone") {
  Request request = get("http://a.test/x");
  request.body = "data=a;b%26c&other=1";
  CHECK(request.form("data") == "a;b&c");
}

TEST_CASE("the command is the last folder in lower case") {
  CHECK(get("http://a.test/app/signalr/Negotiate?x=/y").command() == "negotiate");
  CHECK(get("http://a.test/signalr/").command().empty());
  CHECK(get("http://a.test/signalr/poll?a=1").line() == "GET /signalr/poll?a=1");
}
