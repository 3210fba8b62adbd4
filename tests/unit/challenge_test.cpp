#include <doctest/doctest.h>
#include <signalr/challenge.hpp>

using namespace signalr;

TEST_CASE("the schemes of a challenge are found among their parameters, in one field or in several") {
  const auto schemes = [](const Headers& headers) { return offered_schemes(headers, "WWW-Authenticate"); };
  CHECK(schemes({}) == "");
  CHECK(schemes({{"WWW-Authenticate", "Negotiate"}, {"Www-Authenticate", "NTLM"}}) == "Negotiate, NTLM");
  CHECK(schemes({{"WWW-Authenticate", "Basic realm=\"a, b=\\\" NTLM\", charset=\"UTF-8\" , Bearer"}}) ==
        "Basic, Bearer");
  CHECK(schemes({{"WWW-Authenticate", "Digest realm = x, nonce=y, NTLM TlRMTVNTUAAC="}}) == "Digest, NTLM");
  CHECK(schemes({{"WWW-Authenticate", "basic realm=x"}, {"WWW-Authenticate", "Basic"}}) == "basic");
  CHECK(schemes({{"Proxy-Authenticate", "NTLM"}}) == "");
}

TEST_CASE("what is no scheme, or too much of them, is left out") {
  const auto schemes = [](const std::string& value) {
    return offered_schemes({{"WWW-Authenticate", value}}, "WWW-Authenticate");
  };
  CHECK(schemes(", ,\t,") == "");
  CHECK(schemes("\x1b[31mred") == "");
  CHECK(schemes(std::string(21, 'a')) == "");
  CHECK(schemes("\"Basic") == "");
  CHECK(schemes("a, b, c, d, e, f, g") == "a, b, c, d, e");
}

TEST_CASE("a proxy's challenge is answered with what to do: NTLM alone isn't healed by a password") {
  const auto advice = [](const char* offered, bool given) {
    return proxy_challenge({{"Proxy-Authenticate", offered}}, given);
  };
  CHECK(advice("Basic realm=\"x\"", false) ==
        ": it wants credentials (Basic), user:password@ in ProxyOptions::url, sent as Basic");
  CHECK(advice("Basic realm=\"x\"", true) ==
        ": the user and password of ProxyOptions::url were not accepted (it offers Basic)");
  for (const bool given : {false, true}) {
    CHECK(advice("Negotiate, NTLM", given) ==
          ": it wants Negotiate, NTLM, and Basic is all that this client speaks to proxies");
  }
  CHECK(proxy_challenge({}, true) == ": the user and password of ProxyOptions::url were not accepted");
}
