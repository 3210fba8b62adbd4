// What a negotiate of protocol 2.0 may answer instead of a connection: an error, or another URL.
#include <doctest/doctest.h>

#include "negotiate_answers.hpp"

using namespace negotiate_answers;
using namespace signalr;
using namespace signalr::detail::protocol;

TEST_CASE("P#24 Error of a 2.0 server is the error, also beside a RedirectUrl") {
  try {
    parsed(R"({"ProtocolVersion":"2.0","Error":"The server said no","RedirectUrl":"http://x/"})");
    FAIL("accepted");
  } catch (const ProtocolError& error) {
    CHECK(error.what() == std::string("Error message received from the server: 'The server said no'."));
    CHECK(error.server_text() == "The server said no");
  }
  CHECK(parsed(answer("\"Error\":\"\"")).connection_id == "id");
  CHECK(parsed(answer("\"Error\":null")).connection_id == "id");
  CHECK(parsed(answer("\"Error\":\"x\",\"ProtocolVersion\":\"1.5\"")).connection_id == "id");
}

TEST_CASE("P#24 the server's error is shown on one bounded line") {
  const std::string error =
      error_of(R"({"ProtocolVersion":"2.0","Error":"a\r\nb\u0000)" + std::string(100'000, 'x') + "\"}");
  CHECK(mentions(error, "'a??b?xxx"));
  CHECK(error.size() < 400);
}

TEST_CASE("P#25 P#28 P#33 a redirect needs nothing but version and URL") {
  const NegotiateResponse plain = parsed(R"({"ProtocolVersion":"2.0","RedirectUrl":"http://x/azure?a=b"})");
  CHECK(plain.redirect_url == "http://x/azure?a=b");
  CHECK(plain.access_token.empty());
  const NegotiateResponse full = parsed(
      R"({"ProtocolVersion":"2.0","RedirectUrl":"http://x/","AccessToken":"abc","ConnectionToken":5,"KeepAliveTimeout":"x"})");
  CHECK(full.access_token == "abc");
}

TEST_CASE("P#30 RedirectUrl and AccessToken of an older server are ignored") {
  const NegotiateResponse response =
      parsed(answer(R"("ProtocolVersion":"1.5","RedirectUrl":"http://x/","AccessToken":"t")"));
  CHECK(response.redirect_url.empty());
  CHECK(response.access_token.empty());
  CHECK(response.connection_token == "token");
  CHECK(mentions(error_of(R"({"ProtocolVersion":"1.5","RedirectUrl":"http://x/"})"), "expected ConnectionToken"));
}

TEST_CASE("P#134 an access token that would split a header is refused, and not shown") {
  for (const char* token : {"a\\r\\nEvil: 1", "a b", "\\u0000", "\\u00e4"}) {
    const std::string error =
        error_of(R"({"ProtocolVersion":"2.0","RedirectUrl":"http://x/","AccessToken":")" + std::string(token) + "\"}");
    CHECK(mentions(error, "expected the redirect's AccessToken to fit into a header"));
    CHECK_FALSE(mentions(error, "Evil"));
  }
}

TEST_CASE("P#25 P#26 P#27 a RedirectUrl is split at its first '?' and gets its slash, never signalr") {
  const auto redirect = [](std::string_view url) { return parse_redirect(url, "http://old/signalr/", false).value(); };
  CHECK(redirect("http://new/azure?a=1&b=2").base == "http://new/azure/");
  CHECK(redirect("http://new/azure?a=1&b=2").query == "a=1&b=2");
  CHECK(redirect("http://new/azure/").base == "http://new/azure/");
  CHECK(redirect("http://new/azure/").query.empty());
  CHECK(redirect("http://new/azure?").query.empty());
  CHECK(redirect("https://new/x?a=1?b").query == "a=1?b");
  CHECK(redirect("http://new?asrs.op=%2Fredirect").base == "http://new/");
}

TEST_CASE("P#31 a RedirectUrl that is relative, of another scheme or from https to http is refused") {
  for (const char* url :
       {"/azure", "azure", "//new/", "ws://new/", "ftp://new/", "javascript:x", "http://", "http://u:p@new/",
        "http://new/#x", "http://new/?a=#x", "http://n\xC2\x9Bw/", "http://new/\r\n", "http://new/?clientProtocol=1"}) {
    CAPTURE(url);
    CHECK_THROWS_AS(parse_redirect(url, "http://old/", false).value(), ProtocolError);
  }
  CHECK_THROWS_AS(parse_redirect("http://new/", "https://old/", false).value(), ProtocolError);
  CHECK(parse_redirect("http://new/", "https://old/", true).ok());
  CHECK(parse_redirect("https://new/", "https://old/", false).ok());
}

TEST_CASE("P#135 a refused RedirectUrl is shown without its query and credentials") {
  try {
    parse_redirect("ftp://u:pw@new/x?access_token=secret", "http://old/", false).value();
    FAIL("accepted");
  } catch (const ProtocolError& error) {
    CHECK(mentions(error.what(), "ftp://new/x"));
    CHECK_FALSE(mentions(error.what(), "secret"));
    CHECK_FALSE(mentions(error.what(), "pw"));
  }
}

// Minutes, if each parameter were looked for in all that follows.
TEST_CASE("P#127 a RedirectUrl of millions of parameters is looked through at once") {
  const std::string parameters(4'000'000, '&');
  CHECK(parse_redirect("http://new/?" + parameters, "http://old/", false).value().query.size() == 3'999'999);
}
