#include <doctest/doctest.h>
#include <signalr/url.hpp>

using signalr::Url;

TEST_CASE("a URL is cut into its parts, scheme and host in lower case") {
  const auto url = Url::parse("HTTPS://user:pw@Example.COM:8443/a/B?x=1?y#frag?#");
  REQUIRE(url);
  CHECK(url->scheme == "https");
  CHECK(url->userinfo == "user:pw");
  CHECK(url->host == "example.com");
  CHECK(url->port == 8443);
  CHECK(url->path == "/a/B");
  CHECK(url->query == "x=1?y");
  CHECK(url->fragment == "frag?#");
  CHECK(url->has_query);
  CHECK(url->has_fragment);
  CHECK(url->target() == "/a/B?x=1?y");
  CHECK(url->authority() == "example.com:8443");
  CHECK(url->secure());
}

TEST_CASE("the port is the scheme's when none is given") {
  CHECK(Url::parse("http://h")->port == 80);
  CHECK(Url::parse("ws://h")->port == 80);
  CHECK(Url::parse("https://h")->port == 443);
  CHECK(Url::parse("wss://h")->port == 443);
  CHECK(Url::parse("http://h:")->port == 80);
  CHECK(Url::parse("ftp://h")->port == 0);
}

TEST_CASE("the Host header names the port only when it isn't the scheme's") {
  CHECK(Url::parse("http://h:80/")->authority() == "h");
  CHECK(Url::parse("http://h:443/")->authority() == "h:443");
  CHECK(Url::parse("wss://h:443/")->authority() == "h");
}

TEST_CASE("a missing path is '/', an empty query is kept apart from none") {
  CHECK(Url::parse("http://h")->target() == "/");
  CHECK(Url::parse("http://h?")->target() == "/?");
  CHECK(Url::parse("http://h?a=/b")->target() == "/?a=/b");
  CHECK(Url::parse("http://h#a/b?c")->target() == "/");
  CHECK_FALSE(Url::parse("http://h/x")->has_query);
}

TEST_CASE("an IPv6 literal loses its brackets and gets them back in the Host header") {
  const auto url = Url::parse("http://[2001:DB8::1]:8080/");
  REQUIRE(url);
  CHECK(url->host == "2001:db8::1");
  CHECK(url->port == 8080);
  CHECK(url->authority() == "[2001:db8::1]:8080");
  CHECK(url->host_is_address());
}

TEST_CASE("a host that others read as another one is refused") {
  for (const char* host :
       {"%31%32%37.0.0.1", "a%2eb",        "ex%41mple.com", "127.1",       "2130706433", "0x7f000001", "0x7f.0.0.1",
        "127.0.0.0x1",     "0177.0.0.1",   "127.0.0.01",    "1.2.3",       "1.2.3.4.5",  "256.1.1.1",  "1.2.3.4567",
        "example.1",       "127.0.0.1.1.", "[::1%]",        "[::1%25%31]", "[::%31]",    "[::g]"}) {
    CAPTURE(std::string(host));
    CHECK_FALSE(Url::parse("http://" + std::string(host) + "/"));
  }
  for (const char* host : {"1.example", "0x.example", "a1", "0xg", "127.0.0.1", "255.0.10.1", "[fe80::1%25eth0]",
                           "[fe80::1%eth0]", "[::ffff:1.2.3.4]", "web_1", "example.com."}) {
    CAPTURE(std::string(host));
    CHECK(Url::parse("http://" + std::string(host) + "/"));
  }
}

TEST_CASE("addresses are told from names") {
  CHECK(Url::parse("http://127.0.0.1/")->host_is_address());
  CHECK_FALSE(Url::parse("http://localhost/")->host_is_address());
  CHECK_FALSE(Url::parse("http://1.2.3.example/")->host_is_address());
}

TEST_CASE("what is no URL is refused") {
  for (const char* text : {"",
                           "h",
                           "/path",
                           "//h/",
                           "http:/h",
                           "http:h",
                           "://h",
                           "1http://h",
                           "ht tp://h",
                           "http://",
                           "http:///x",
                           "http://:80/",
                           "http://user@/",
                           "http://h:x/",
                           "http://h:0/",
                           "http://h:65536/",
                           "http://h:-1/",
                           "http://h:123456/",
                           "http://[::1/",
                           "http://[h]/",
                           "http://[::1]x/",
                           "http://h]/",
                           "http://h/a b",
                           "http://h/\n",
                           "http://h\t/",
                           "http://h/\x7f"}) {
    CAPTURE(text);
    CHECK_FALSE(Url::parse(text));
  }
  CHECK_FALSE(Url::parse(std::string_view("http://h/\0x", 11)));
}

TEST_CASE("the last '@' ends the credentials") {
  const auto url = Url::parse("http://a@b:c@host/p@th");
  REQUIRE(url);
  CHECK(url->userinfo == "a@b:c");
  CHECK(url->host == "host");
  CHECK(url->path == "/p@th");
}
