#include <doctest/doctest.h>
#include <signalr/errors.hpp>

#include "protocol/header_rules.hpp"

using namespace signalr;
using detail::protocol::check_user_headers;

TEST_CASE("P#138 ordinary headers are the user's to set") {
  CHECK(check_user_headers({}).ok());
  CHECK(check_user_headers(
            {{"Authorization", "Bearer x"}, {"X-Trace", "1"}, {"X-Trace", "2\twith \xC3\xA4"}, {"Origin", ""}})
            .ok());
}

TEST_CASE("P#134 line ends and control characters in headers are refused") {
  for (const char* value : {"a\r\nEvil: 1", "a\n", "\r", "a\x01", "\x7f"}) {
    CHECK_THROWS_AS(check_user_headers({{"X", value}}).value(), UsageError);
  }
  CHECK_THROWS_AS(check_user_headers({{"X", std::string("a\0b", 3)}}).value(), UsageError);
  for (const char* name : {"", "X Y", "X:", "X\r\n", "X\xC3\xA4", "(X)"}) {
    CHECK_THROWS_AS(check_user_headers({{name, "1"}}).value(), UsageError);
  }
}

TEST_CASE("headers of the transport and of the protocol are refused, in any case") {
  for (const char* name : {"Host", "CONNECTION", "upgrade", "Content-Length", "Transfer-Encoding", "Sec-WebSocket-Key",
                           "sec-websocket-protocol", "Cookie", "Content-Type", "Proxy-Authorization", "Expect", "TE"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(check_user_headers({{"X", "1"}, {name, "1"}}).value(), UsageError);
  }
}

TEST_CASE("P#135 a refused header's value isn't shown, also when it became part of the name") {
  CHECK_THROWS_WITH(check_user_headers({{"Authorization", "Bearer secret\n"}}).value(),
                    "the value of the header Authorization can't be used: it holds line ends or control characters");
  CHECK_THROWS_WITH(check_user_headers({{"Authorization: Bearer secret", ""}}).value(),
                    "the header name beginning with 'Authorization' can't be used: expected letters, digits and '-'");
}
