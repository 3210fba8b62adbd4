#include <doctest/doctest.h>
#include <signalr/errors.hpp>

#include "protocol/request_url.hpp"

using namespace signalr;
using namespace signalr::detail::protocol;

namespace {

std::string base(std::string_view endpoint, bool append = false) { return make_base_url(endpoint, append).value(); }

std::string encoded(std::string_view text) {
  std::string out;
  append_percent_encoded(out, text);
  return out;
}

constexpr Command kAll[] = {Command::negotiate, Command::connect,   Command::start, Command::send,
                            Command::poll,      Command::reconnect, Command::abort, Command::ping};

QueryParts full_parts(std::string_view transport = "serverSentEvents") {
  QueryParts parts;
  parts.client_protocol = "2.1";
  parts.transport = transport;
  parts.connection_data = "[{\"name\":\"chat\"}]";
  parts.connection_token = "a+b/c=";
  parts.user_query = "u=1";
  parts.message_id = "d-1";
  parts.groups_token = "g";
  return parts;
}

bool has(std::string_view url, std::string_view part) { return url.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("P#1 other schemes than http and https are refused before any I/O") {
  for (const char* endpoint : {"ssh://h/", "ws://h/", "wss://h/", "ftp://h/", "", "h", "//h/", "http//h", "http://"}) {
    CAPTURE(endpoint);
    CHECK_THROWS_AS(base(endpoint), UsageError);
  }
  CHECK(base("HTTP://Host/") == "http://host/");
}

TEST_CASE("P#2 a query or a fragment in the base URL is refused, and the message says where to put it") {
  CHECK_THROWS_WITH_AS(base("http://h/?token=secret"),
                       "the URL 'http://h/' can't be used: it holds a query; give that in DialOptions::params",
                       UsageError);
  CHECK_THROWS_AS(base("http://h/?"), UsageError);
  CHECK_THROWS_AS(base("http://h/#x"), UsageError);
}

TEST_CASE("credentials in the base URL are refused and not shown") {
  CHECK_THROWS_WITH_AS(base("http://user:secret@h/"),
                       "the URL 'http://h/' can't be used: it holds credentials; give them in an Authorization header",
                       UsageError);
}

TEST_CASE("a URL whose port can't be one says so, and only that") {
  for (const char* endpoint :
       {"http://h:65536/x", "https://h:0", "http://h:http/", "http://[::1]:99999/", "http://h:-1?a"}) {
    CAPTURE(endpoint);
    CHECK_THROWS_WITH_AS(base(endpoint), doctest::Contains("its port must be a number from 1 to 65535"), UsageError);
  }
  for (const char* endpoint :
       {"http://", "http:/h:99999", "http://a b:80/", "http://[::1/", "http://:80/", "h:99999"}) {
    CAPTURE(endpoint);
    CHECK_THROWS_WITH_AS(base(endpoint), doctest::Contains("expected something like https://"), UsageError);
  }
}

TEST_CASE("P#3 base/negotiate has one slash, whether or not the base ends in one") {
  for (const char* endpoint : {"http://h:81/app", "http://h:81/app/"}) {
    CHECK(make_url(base(endpoint), Command::negotiate, {}) == "http://h:81/app/negotiate");
  }
  CHECK(make_url(base("http://h"), Command::negotiate, {}) == "http://h/negotiate");
}

TEST_CASE("P#4 signalr is appended for hub connections only") {
  CHECK(base("http://h/app", true) == "http://h/app/signalr/");
  CHECK(base("http://h", true) == "http://h/signalr/");
  CHECK(base("http://h/app", false) == "http://h/app/");
}

TEST_CASE("the base URL is brought to what a request line can hold") {
  CHECK(base("http://h/\xC3\xA4/%41\"") == "http://h/%C3%A4/%41%22/");
  CHECK(base("http://[::1]:80/x") == "http://[::1]/x/");
  CHECK_THROWS_AS(base("http://h\xC3\xA4/"), UsageError);
  CHECK_THROWS_AS(base("http://h/\r\nEvil: 1"), UsageError);
}

TEST_CASE("P#5 the scheme becomes ws or wss for connect and reconnect over WebSockets only") {
  for (const Command command : kAll) {
    const bool opens = command == Command::connect || command == Command::reconnect;
    CHECK(make_url("http://h:81/p/", command, full_parts("webSockets")).substr(0, 9) ==
          (opens ? "ws://h:81" : "http://h:"));
    CHECK(make_url("https://h:8443/p/", command, full_parts("webSockets")).substr(0, 12) ==
          (opens ? "wss://h:8443" : "https://h:84"));
    CHECK(make_url("https://h/", command, full_parts("longPolling")).substr(0, 10) == "https://h/");
  }
}

TEST_CASE("P#6 clientProtocol is on all but ping, transport on all but negotiate and ping") {
  for (const Command command : kAll) {
    const std::string url = make_url("http://h/", command, full_parts());
    CAPTURE(url);
    CHECK(has(url, "clientProtocol=2.1") == (command != Command::ping));
    CHECK(has(url, "transport=") == (command != Command::ping && command != Command::negotiate));
  }
}

TEST_CASE("P#7 values are percent-encoded bytewise, all but the unreserved characters") {
  CHECK(encoded("a+b/c=") == "a%2Bb%2Fc%3D");
  CHECK(encoded(" ;\xC3\xA4") == "%20%3B%C3%A4");
  CHECK(encoded("AZaz09-._~") == "AZaz09-._~");
  CHECK(encoded("!*'()&#%\r\n") == "%21%2A%27%28%29%26%23%25%0D%0A");
  CHECK(encoded(std::string_view("\0\xFF", 2)) == "%00%FF");
}

TEST_CASE("P#8 connectionData is percent-encoded") {
  QueryParts parts;
  parts.connection_data = "[{\"name\":\"chat\"}]";
  CHECK(make_url("http://h/", Command::negotiate, parts) ==
        "http://h/negotiate?connectionData=%5B%7B%22name%22%3A%22chat%22%7D%5D");
}

TEST_CASE("P#9 unknown and empty parts are left out") {
  QueryParts parts;
  parts.client_protocol = "2.1";
  parts.transport = "longPolling";
  for (const Command command : {Command::connect, Command::poll, Command::reconnect, Command::abort}) {
    const std::string url = make_url("http://h/", command, parts);
    CHECK(url.substr(url.find('?')) == "?clientProtocol=2.1&transport=longPolling");
  }
  CHECK(make_url("http://h/", Command::negotiate, {}) == "http://h/negotiate");
}

TEST_CASE("P#10 connectionData is the same on all commands but ping") {
  for (const Command command : kAll) {
    if (command == Command::ping) continue;
    CHECK(has(make_url("http://h/", command, full_parts()), "connectionData=%5B%7B%22name%22%3A%22chat%22%7D%5D"));
  }
}

TEST_CASE("P#11 the user's query is on every request") {
  for (const Command command : kAll) CHECK(has(make_url("http://h/", command, full_parts()), "u=1"));
  CHECK(make_url("http://h/", Command::ping, full_parts()) == "http://h/ping?u=1");
}

TEST_CASE("P#11 one leading '?' or '&' of the user's query is dropped, the rest stays as it is") {
  CHECK(make_user_query("").value().empty());
  CHECK(make_user_query("?").value().empty());
  CHECK(make_user_query("bob=12345").value() == "bob=12345");
  CHECK(make_user_query("?foo=bar&baz=bear").value() == "foo=bar&baz=bear");
  CHECK(make_user_query("&foo=bar").value() == "foo=bar");
  CHECK(make_user_query("a=%20+%zz;b=?/").value() == "a=%20+%zz;b=?/");
  CHECK(make_user_query("a=\xC3\xA4").value() == "a=%C3%A4");
}

TEST_CASE("P#11 the user's query can't repeat what this client sends, in any spelling that the server reads") {
  for (const char* query :
       {"clientProtocol=1", "CLIENTPROTOCOL=1", "a=1&transport=x", "a=1;transport=x", "connectionData",
        "connectionToken=", "messageId=1", "?groupsToken=1", "%63lientProtocol=1", "a;b;MessageID=1"}) {
    CAPTURE(query);
    CHECK_THROWS_AS(make_user_query(query).value(), UsageError);
  }
  CHECK(make_user_query("access_token=t&transports=1&a=transport").ok());
}

TEST_CASE("P#12 a negotiate never carries a token, whatever is given") {
  const std::string url = make_url("http://h/", Command::negotiate, full_parts());
  CHECK(url == "http://h/negotiate?clientProtocol=2.1&connectionData=%5B%7B%22name%22%3A%22chat%22%7D%5D&u=1");
}

TEST_CASE("P#13 callback is never sent, the user's neither") {
  CHECK_THROWS_AS(make_user_query("callback=cb").value(), UsageError);
  CHECK_THROWS_AS(make_user_query("a=1&CallBack=cb").value(), UsageError);
}

TEST_CASE("P#75 P#102 messageId and groupsToken go with connect, poll and reconnect") {
  for (const Command command : kAll) {
    const bool resumes = command == Command::connect || command == Command::poll || command == Command::reconnect;
    CHECK(has(make_url("http://h/", command, full_parts()), "messageId=d-1&groupsToken=g") == resumes);
  }
}

TEST_CASE("P#75 cursor and groups token as a form for the body of polls, percent-encoded, without what is empty") {
  CHECK(make_resume_form("", "").empty());
  CHECK(make_resume_form("d-1,2|3", "") == "messageId=d-1%2C2%7C3");
  CHECK(make_resume_form("", "a+b/=") == "groupsToken=a%2Bb%2F%3D");
  CHECK(make_resume_form("d-1", "g&h") == "messageId=d-1&groupsToken=g%26h");
}

TEST_CASE("a refusal of a long query says how long it is, and what has made it so") {
  QueryParts parts = full_parts();
  const std::string groups(2000, 'g');
  parts.groups_token = groups;
  const std::string url = make_url("http://h/", Command::reconnect, parts);
  const std::size_t query = url.size() - url.find('?') - 1;
  REQUIRE(query > 2048);
  for (const int status : {400, 404, 414, 431}) {
    CHECK(query_length_hint(status, url) ==
          "; its query has " + std::to_string(query) +
              " characters, 2012 of them the groups token and 13 the cursor, which grow with the connection's groups: "
              "IIS "
              "takes 2048 by default (maxQueryString, maxQueryStringLength), other web servers some thousands");
  }
  for (const int status : {0, 200, 401, 403, 500, 503}) CHECK(query_length_hint(status, url).empty());
  CHECK(query_length_hint(404, "http://h/" + std::string(5000, 'a')).empty());
  CHECK(query_length_hint(404, "http://h/?a=" + std::string(2046, 'a')).empty());
  CHECK(query_length_hint(404, "http://h/?a=" + std::string(2047, 'a')).find("2049 characters: IIS") !=
        std::string::npos);
  CHECK(query_length_hint(404, "").empty());
}

TEST_CASE("the parameters come in the order of the .NET client") {
  CHECK(make_url("http://h/", Command::reconnect, full_parts()) ==
        "http://h/"
        "reconnect?clientProtocol=2.1&transport=serverSentEvents&connectionData=%5B%7B%22name%22%3A%22chat%22%7D%5D"
        "&connectionToken=a%2Bb%2Fc%3D&u=1&messageId=d-1&groupsToken=g");
}

TEST_CASE("P#134 a query that would split the request is refused") {
  for (const char* query : {"a=\r\nEvil: 1", "a=b c", "a=\n", "a=\x7f", "a=#b", "a=\t"}) {
    CHECK_THROWS_AS(make_user_query(query).value(), UsageError);
  }
  CHECK_THROWS_AS(make_user_query(std::string_view("a=\0", 3)).value(), UsageError);
}

TEST_CASE("P#135 what is shown of a URL holds no credentials, query or fragment") {
  CHECK(without_secrets("https://u:p@h:81/path?token=x#y") == "https://h:81/path");
  CHECK(without_secrets("http://h") == "http://h/");
  CHECK(without_secrets("/rel?token=x") == "/rel");
  CHECK(without_secrets("http://user:p/ss@h/") == "http://...");
  CHECK(without_secrets("http://user:p?ss@h/") == "http://...");
  CHECK(without_secrets("user:pw@h/") == "...");
  CHECK(without_secrets("not a\nurl") == "not a?url");
  CHECK(without_secrets("https://h/a;jsessionid=x;y=z/b;c/d?e") == "https://h/a;***/b;***/d");
  CHECK(without_secrets("/a;x=secret") == "/a;***");
  CHECK(without_secrets("http://h/" + std::string(5000, 'a')).size() < 400);
}
