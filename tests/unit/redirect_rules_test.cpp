#include <doctest/doctest.h>
#include <signalr/errors.hpp>

#include "protocol/redirect_rules.hpp"

using namespace signalr;
using namespace signalr::detail::protocol;

namespace {

HttpRedirect follow(std::string_view from, std::string_view location) {
  return follow_redirect(Url::parse(from).value(), location, 0, 10).value();
}

}  // namespace

TEST_CASE("five statuses redirect a GET") {
  for (const int status : {301, 302, 303, 307, 308}) CHECK(is_redirect_status(status));
  for (const int status : {200, 300, 304, 305, 306, 309, 400}) CHECK_FALSE(is_redirect_status(status));
}

TEST_CASE("locations are resolved as RFC 3986 does") {
  const char* from = "http://h:81/b/c/d?q";
  const std::pair<const char*, const char*> cases[] = {{"http://x/y?z", "http://x/y?z"},
                                                       {"//x/y", "http://x/y"},
                                                       {"/y", "http://h:81/y"},
                                                       {"y", "http://h:81/b/c/y"},
                                                       {"y/", "http://h:81/b/c/y/"},
                                                       {"./y", "http://h:81/b/c/y"},
                                                       {"../y", "http://h:81/b/y"},
                                                       {"../../../y", "http://h:81/y"},
                                                       {"..", "http://h:81/b/"},
                                                       {".", "http://h:81/b/c/"},
                                                       {"?y=1", "http://h:81/b/c/d?y=1"},
                                                       {"/a/./b/../c", "http://h:81/a/c"},
                                                       {"y#frag", "http://h:81/b/c/y"},
                                                       {" /y ", "http://h:81/y"},
                                                       {"y?a=../b", "http://h:81/b/c/y?a=../b"},
                                                       {"/a//b", "http://h:81/a//b"},
                                                       {"HTTP://X:80/", "http://x/"},
                                                       {"/\xC3\xA4", "http://h:81/%C3%A4"},
                                                       {"x?http://y", "http://h:81/b/c/x?http://y"}};
  for (const auto& each : cases) {
    CAPTURE(each.first);
    CHECK(follow(from, each.first).url == each.second);
  }
}

TEST_CASE("another scheme, host or port is another origin") {
  CHECK(follow("http://h/a", "/b").same_origin);
  CHECK(follow("http://h/a", "http://H:80/b").same_origin);
  CHECK_FALSE(follow("http://h/a", "https://h/b").same_origin);
  CHECK_FALSE(follow("http://h/a", "http://h:81/b").same_origin);
  CHECK_FALSE(follow("http://h/a", "http://x.h/b").same_origin);
}

TEST_CASE("redirects from https to http, to other schemes and with credentials are refused") {
  for (const char* location :
       {"http://h/", "ftp://h/", "javascript:alert(1)", "mailto:x", "ws://h/", "https://u:secret@h/", "https://",
        "https://h/a b", "https://h/\r\nEvil: 1", "//", "https:/x"}) {
    CAPTURE(location);
    CHECK_THROWS_AS(follow("https://h/a", location), ProtocolError);
  }
  CHECK_THROWS_AS(follow("https://h/a", ""), ProtocolError);
  CHECK_THROWS_AS(follow("https://h/a", "#only"), ProtocolError);
}

TEST_CASE("P#135 a redirect to a host that no request can go to is refused before anybody is told its name") {
  CHECK_THROWS_AS(follow("http://h/a", "http://" + std::string(254, 'a') + "/"), ProtocolError);
  CHECK_THROWS_AS(follow("http://h/a",
                         "http://\xC2\x9B"
                         "31m/"),
                  ProtocolError);
  try {
    follow("http://h/a", "http://" + std::string(50'000, 'a') + "/");
  } catch (const ProtocolError& error) {
    CHECK(std::string_view(error.what()).size() < 500);
  }
}

TEST_CASE("P#135 a refused redirect is shown without its query") {
  CHECK_THROWS_WITH(
      follow("https://h/a", "http://x/b?token=secret"),
      "the server's redirect to http://x/b can't be followed: it leads from https to http, which would show "
      "tokens and messages to anybody on the way");
}

TEST_CASE("the number of redirects is limited") {
  const Url url = Url::parse("http://h/a").value();
  CHECK(follow_redirect(url, "/b", 9, 10).ok());
  CHECK_THROWS_WITH_AS(follow_redirect(url, "/b", 10, 10).value(),
                       "the server redirects again and again: 10 redirects were followed, the next one leads to "
                       "http://h/b (option max_http_redirects)",
                       LimitError);
  CHECK_THROWS_AS(follow_redirect(url, "/b", 0, 0).value(), LimitError);
}

TEST_CASE("a request has moved, with its connection, if its path still ends in its name") {
  const auto moved = [](const char* asked, const char* answered) {
    return moved_base(Url::parse(asked).value(), Url::parse(answered).value()).value_or("(astray)");
  };
  CHECK(moved("http://h/signalr/negotiate?a=1", "https://h/signalr/negotiate?a=1") == "https://h/signalr/");
  CHECK(moved("http://h/negotiate", "http://x:81/a/b/negotiate") == "http://x:81/a/b/");
  CHECK(moved("http://h/signalr/negotiate", "https://h/login") == "(astray)");
  CHECK(moved("http://h/signalr/negotiate", "https://h/signalr/negotiate/") == "(astray)");
  CHECK(moved("http://h/signalr/negotiate", "https://h/signalr/start") == "(astray)");
}

TEST_CASE("P#135 where an answer leads that isn't followed is told without secrets; of other answers nothing") {
  const Url url = Url::parse("http://h/signalr/start?connectionToken=SECRET").value();
  const auto told = [&](int status, const char* location) {
    return told_target(url, status, {{"Location", location}});
  };
  CHECK(told(301, "https://u:SECRET@h/x?SECRET#SECRET") == "; the server redirects to https://h/x: dial that");
  CHECK(told(307, " ../y ") == "; the server redirects to http://h/y: dial that");
  CHECK(told(300, "?SECRET") == "; the server redirects to http://h/signalr/start: dial that");
  CHECK(told(200, "/x").empty());
  CHECK(told(404, "/x").empty());
  CHECK(told(302, " ").empty());
  CHECK(told_target(url, 302, {}).empty());
}
