#include <doctest/doctest.h>
#include <signalr/errors.hpp>

#include <algorithm>

#include "protocol/cookie_date.hpp"
#include "protocol/cookie_jar.hpp"

using namespace signalr;
using namespace signalr::detail::protocol;
using namespace std::chrono_literals;

namespace {

using Time = CookieJar::WallClock::time_point;

const Time kNow = Time(std::chrono::seconds(1'700'000'000));

Url url(std::string_view text) { return Url::parse(text).value(); }

/// A jar after one answer of `from` with these Set-Cookie fields.
CookieJar jar_with(std::string_view from, std::initializer_list<const char*> cookies) {
  CookieJar jar;
  Headers answer;
  for (const char* cookie : cookies) answer.add("Set-Cookie", cookie);
  jar.store(url(from), answer, kNow);
  return jar;
}

std::string sent(const CookieJar& jar, std::string_view to, Time now = kNow) { return jar.cookies_for(url(to), now); }

std::int64_t date(std::string_view text) {
  const auto time = parse_cookie_date(text);
  return time ? std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count() : -1;
}

}  // namespace

TEST_CASE("P#137 what negotiate sets goes with every later request to that host, the upgrade included") {
  const CookieJar jar = jar_with("http://h/signalr/negotiate", {"ARRAffinity=abc; path=/; HttpOnly", "s=1"});
  CHECK(sent(jar, "http://h/signalr/start") == "s=1; ARRAffinity=abc");
  CHECK(sent(jar, "ws://h/signalr/connect") == "s=1; ARRAffinity=abc");
  CHECK(sent(jar, "http://h:8080/") == "ARRAffinity=abc");
}

TEST_CASE("P#137 cookies don't go to another host") {
  const CookieJar jar = jar_with("http://a.example.com/", {"s=1", "d=1; Domain=a.example.com"});
  CHECK(sent(jar, "http://b.example.com/").empty());
  CHECK(sent(jar, "http://example.com/").empty());
  CHECK(sent(jar, "http://xa.example.com/").empty());
  CHECK(sent(jar, "http://sub.a.example.com/") == "d=1");
}

TEST_CASE("a Domain cookie goes to the domain's hosts; foreign domains and single labels are refused") {
  CHECK(sent(jar_with("http://a.example.com/", {"d=1; domain=.Example.COM"}), "http://b.example.com/") == "d=1");
  for (const char* cookie :
       {"d=1; Domain=other.com", "d=1; Domain=com", "d=1; Domain=b.a.example.com", "d=1; Domain=e.com"}) {
    CHECK(sent(jar_with("http://a.example.com/", {cookie}), "http://a.example.com/").empty());
  }
  CHECK(sent(jar_with("http://localhost/", {"d=1; Domain=localhost"}), "http://localhost/") == "d=1");
  CHECK(sent(jar_with("http://127.0.0.1/", {"d=1; Domain=127.0.0.1"}), "http://127.0.0.1/") == "d=1");
  CHECK(sent(jar_with("http://127.0.0.1/", {"d=1; Domain=0.0.1"}), "http://127.0.0.1/").empty());
}

TEST_CASE("of an attribute that comes twice the last one counts") {
  const char* const from = "http://a.example.com/x/y";
  const auto in = [&](const char* cookie, const char* to, Time now = kNow) {
    return sent(jar_with(from, {cookie}), to, now) == "d=1";
  };
  CHECK(in("d=1; Domain=other.com; Domain=example.com", "http://b.example.com/x/"));
  CHECK(in("d=1; Domain=com; Domain=a.example.com", "http://a.example.com/x/"));
  CHECK_FALSE(in("d=1; Domain=example.com; Domain=other.com", from));
  CHECK(in("d=1; Domain=example.com; Domain=a.example.com", from));
  CHECK_FALSE(in("d=1; Domain=example.com; Domain=a.example.com", "http://b.example.com/x/"));
  CHECK(in("d=1; Domain=example.com; Domain=", "http://b.example.com/x/"));  // an empty one is ignored
  CHECK(in("d=1; Domain=other.com; Domain=.", from));                        // no domain: the host's alone
  CHECK_FALSE(in("d=1; Domain=example.com; Domain=.", "http://b.example.com/x/"));

  CHECK(in("d=1; Path=/z; Path=/x", "http://a.example.com/x"));
  CHECK_FALSE(in("d=1; Path=/; Path=/z", from));
  CHECK(in("d=1; Path=/z; Path=", from));  // an empty one is the request's folder
  CHECK_FALSE(in("d=1; Path=/; Path=", "http://a.example.com/"));

  CHECK(in("d=1; Max-Age=0; Max-Age=10", from, kNow + 9s));
  CHECK_FALSE(in("d=1; Max-Age=10; Max-Age=0", from));
  CHECK_FALSE(in("d=1; Max-Age=10; Max-Age=x", from, kNow + 10s));  // what can't be read is ignored
  CHECK(in("d=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires=Tue, 14 Nov 2023 22:13:30 GMT", from, kNow + 9s));
  CHECK_FALSE(in("d=1; Expires=Tue, 14 Nov 2023 22:13:30 GMT; Expires=Thu, 01 Jan 1970 00:00:00 GMT", from));
  CHECK_FALSE(in("d=1; Expires=Tue, 14 Nov 2023 22:13:30 GMT; Expires=never", from, kNow + 10s));
}

TEST_CASE("Path limits a cookie to a folder, by default the request's") {
  const CookieJar jar = jar_with("http://h/a/b/negotiate", {"d=1", "x=2; Path=/a", "r=3; Path=relative"});
  CHECK(sent(jar, "http://h/a/b") == "d=1; r=3; x=2");
  CHECK(sent(jar, "http://h/a/b/c") == "d=1; r=3; x=2");
  CHECK(sent(jar, "http://h/a/bc") == "x=2");
  CHECK(sent(jar, "http://h/ab").empty());
  CHECK(sent(jar, "http://h/").empty());
}

TEST_CASE("Secure cookies travel encrypted only, and can't be set or replaced otherwise") {
  CookieJar jar = jar_with("https://h/", {"s=1; Secure"});
  CHECK(sent(jar, "https://h/") == "s=1");
  CHECK(sent(jar, "wss://h/") == "s=1");
  CHECK(sent(jar, "http://h/").empty());
  CHECK(sent(jar, "ws://h/").empty());
  jar.store(url("http://h/"), {{"Set-Cookie", "s=evil"}, {"Set-Cookie", "t=1; secure"}}, kNow);
  CHECK(sent(jar, "https://h/") == "s=1");
}

TEST_CASE("a cookie that comes again replaces the old one and keeps its place") {
  CookieJar jar = jar_with("http://h/", {"a=1", "b=1"});
  jar.store(url("http://h/"), {{"set-cookie", "a=2"}}, kNow);
  CHECK(sent(jar, "http://h/") == "a=2; b=1");
}

TEST_CASE("Max-Age ends a cookie, and wins over Expires") {
  const CookieJar jar =
      jar_with("http://h/", {"a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=1; max-age=x"});
  CHECK(sent(jar, "http://h/", kNow + 9s) == "a=1; b=1");
  CHECK(sent(jar, "http://h/", kNow + 10s) == "b=1");
  CHECK(sent(jar_with("http://h/", {"a=1; Max-Age=99999999999999999999999"}), "http://h/", kNow + 24h * 365) == "a=1");
}

TEST_CASE("Expires ends a cookie; one in the past deletes it") {
  CookieJar jar = jar_with("http://h/", {"a=1; Expires=Tue, 14 Nov 2023 22:13:30 GMT", "b=1"});
  CHECK(sent(jar, "http://h/", kNow + 9s) == "a=1; b=1");
  CHECK(sent(jar, "http://h/", kNow + 10s) == "b=1");
  jar.store(url("http://h/"), {{"Set-Cookie", "b=; Expires=Thu, 01-Jan-1970 00:00:00 GMT"}}, kNow);
  CHECK(sent(jar, "http://h/") == "a=1");
  jar.store(url("http://h/"), {{"Set-Cookie", "a=; Max-Age=0"}}, kNow);
  CHECK(sent(jar, "http://h/").empty());
}

TEST_CASE("P#126 deleting a cookie that isn't there costs no other one its place") {
  CookieJar jar;
  for (int i = 0; i < 50; ++i) jar.store(url("http://h/"), {{"Set-Cookie", "n" + std::to_string(i) + "=1"}}, kNow);
  jar.store(url("http://h/"), {{"Set-Cookie", "gone=; Max-Age=0"}}, kNow);
  CHECK(sent(jar, "http://h/").substr(0, 5) == "n0=1;");
  jar.store(url("http://h/"), {{"Set-Cookie", "n0=; Max-Age=0"}, {"Set-Cookie", "n0=2"}}, kNow);
  const std::string now_last = sent(jar, "http://h/");
  CHECK(now_last.substr(now_last.size() - 4) == "n0=2");
}

TEST_CASE("P#134 bad cookies are ignored") {
  CookieJar jar =
      jar_with("http://h/", {"", "=x", "novalue", ";", "a\r\nb=1", "c=\x01", "d=1; Path=/\r\nEvil: 1", " ok = v w "});
  jar.store(url("http://h/"), {{"Set-Cookie", std::string("n=\0", 3)}, {"Set-Cookie2", "x=1"}}, kNow);
  CHECK(sent(jar, "http://h/") == "ok=v w");
}

TEST_CASE("P#126 the jar is bounded: 50 cookies a host, 300 in all, 4 KiB each; the oldest go") {
  CookieJar jar;
  for (int host = 0; host < 10; ++host) {
    Headers answer;
    for (int i = 0; i < 60; ++i) answer.add("Set-Cookie", "n" + std::to_string(i) + "=" + std::to_string(host));
    jar.store(url("http://h" + std::to_string(host) + "/"), answer, kNow);
  }
  const std::string last = sent(jar, "http://h9/");
  CHECK(last.substr(0, 5) == "n10=9");
  CHECK(std::count(last.begin(), last.end(), '=') == 50);
  CHECK(sent(jar, "http://h0/").empty());
  CHECK(sent(jar, "http://h3/").empty());
  CHECK(std::count(last.begin(), last.end(), ';') == 49);
  CHECK(sent(jar, "http://h4/").substr(0, 5) == "n10=4");

  jar.store(url("http://big/"), {{"Set-Cookie", "b=" + std::string(5000, 'x')}}, kNow);
  CHECK(sent(jar, "http://big/").empty());
}

TEST_CASE("the user's cookies go to the URL's host alone, and over http only if that was http") {
  CookieJar jar;
  jar.set(url("https://h/signalr/"), "session", "abc");
  CHECK(sent(jar, "https://h/other") == "session=abc");
  CHECK(sent(jar, "http://h/signalr/").empty());
  CHECK(sent(jar, "https://x.h/").empty());
  jar.store(url("https://h/"), {{"Set-Cookie", "session=server; Path=/"}}, kNow);
  CHECK(sent(jar, "https://h/") == "session=server");
}

TEST_CASE("P#134 P#135 the user's cookies are checked, and their values not shown") {
  CHECK(check_user_cookie("a", "b c=\"d\"").ok());
  CHECK(check_user_cookie("a", "").ok());
  for (const char* name : {"", "a b", "a=b", "a;b", "a\r\n", "a,"})
    CHECK_THROWS_AS(check_user_cookie(name, "v").value(), UsageError);
  for (const char* value : {"secret\r\nEvil: 1", "secret; Path=/", "secret,b", " secret", "secret\x7f"}) {
    try {
      check_user_cookie("a", value).value();
      FAIL("accepted");
    } catch (const UsageError& error) {
      CHECK(std::string(error.what()).find("secret") == std::string::npos);
    }
  }
  CookieJar jar;
  jar.set(url("http://h/"), "a", "x\r\nEvil: 1");
  CHECK(sent(jar, "http://h/").empty());
}

TEST_CASE("dates come in all their forms") {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994", "06 nov 1994 08:49:37", "8:49:37 6 november 94"}) {
    CAPTURE(text);
    CHECK(date(text) == 784111777);
  }
  CHECK(date("Wed, 29 Feb 2024 00:00:00 GMT") == 1709164800);
  CHECK(date("1 Jan 69 00:00:00") == 3124224000);
  for (const char* text :
       {"", "GMT", "Sun, 06 Nov 1994", "06 Nov 1994 24:00:00", "30 Feb 2024 00:00:00", "1 Foo 2024 00:00:00",
        "0 Jan 2024 00:00:00", "1 Jan 1600 00:00:00", "99:99:99 1 Jan 2024", "29 Feb 2023 00:00:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_cookie_date(text));
  }
  CHECK(parse_cookie_date("31 Dec 9999 23:59:59") == Time::max());
  CHECK(parse_cookie_date("1 Jan 1601 00:00:00") == Time::min());
}
