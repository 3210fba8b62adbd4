#include <doctest/doctest.h>
#include <signalr/errors.hpp>

#include "negotiate_answers.hpp"
#include "recordings.hpp"

using namespace negotiate_answers;
using namespace signalr;
using namespace signalr::detail::protocol;
using namespace std::chrono_literals;

namespace {

std::string version_answer(const std::string& version) {
  return R"({"ConnectionToken":"t","ConnectionId":"i","ProtocolVersion":)" + version + '}';
}

}  // namespace

TEST_CASE("an answer of server 2.4.3 is read in full") {
  const NegotiateResponse response =
      parsed(R"({"Url":"/signalr","ConnectionToken":"a+b/c=","ConnectionId":"0-1","KeepAliveTimeout":20.0,)"
             R"("DisconnectTimeout":30.5,"ConnectionTimeout":110.0,"TryWebSockets":true,"ProtocolVersion":"1.5",)"
             R"("TransportConnectTimeout":7.5,"LongPollDelay":0.25})");
  CHECK(response.connection_token == "a+b/c=");
  CHECK(response.connection_id == "0-1");
  CHECK(response.keep_alive_timeout == Duration(20s));
  CHECK(response.disconnect_timeout == 30500ms);
  CHECK(response.connection_timeout == 110s);
  CHECK(response.transport_connect_timeout == 7500ms);
  CHECK(response.try_websockets);
  CHECK(response.version == ProtocolVersion{1, 5});
  CHECK(response.version_text == "1.5");
  CHECK(response.redirect_url.empty());
}

TEST_CASE("P#16 what is no JSON object, or has more after it, is an error") {
  for (const char* body : {"",
                           " \r\n",
                           "hello",
                           "null",
                           "1",
                           "\"x\"",
                           "[]",
                           "{",
                           R"({"ConnectionToken":"t")",
                           "{}{}",
                           "{} x",
                           "{'a':1}",
                           "{\"a\":1,}",
                           "{\"a\":\"\xFF\"}",
                           "{\"a\":\"\xC0\x80\"}",
                           "{\"a\":\"\xED\xA0\x80\"}",
                           "cb({});",
                           "\xEF{}",
                           "\xEF\xBB{}",
                           "{\"a\":\"\n\"}"}) {
    CAPTURE(body);
    CHECK(mentions(error_of(body), "expected a JSON object, got "));
  }
  CHECK(mentions(error_of(std::string_view("{}\0", 3)), "expected a JSON object, got "));
  CHECK(mentions(error_of(answer("") + '\0'), "other bytes after it"));
}

TEST_CASE("P#123 surrogate escapes that stand alone are no reason to refuse an answer") {
  const std::string lone = R"("Error\ud83d":"\udc00","x":["\ud83d\\ude00",{"\ude00\ud83d":1}])";
  CHECK(parsed(answer(lone)).connection_token == "token");
  CHECK(parsed(answer(R"("ConnectionId":"no \ud83d!")")).connection_id == "no \uFFFD!");
}

TEST_CASE("P#16 every truncation of an answer is an error") {
  const std::string body = answer(R"("KeepAliveTimeout":20.0,"DisconnectTimeout":30.0,"x":{"a":[1,"b"]})");
  REQUIRE(error_of(body) == "(accepted)");
  for (std::size_t size = 0; size < body.size(); ++size) CHECK(error_of(body.substr(0, size)) != "(accepted)");
}

TEST_CASE("P#122 a byte order mark is tolerated") { CHECK(parsed("\xEF\xBB\xBF" + answer("")).connection_id == "id"); }

TEST_CASE("P#124 deep nesting is an error, not a stack overflow") {
  CHECK(mentions(error_of(answer("\"x\":" + std::string(100'000, '['))), "nested more than"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK(mentions(error_of(objects), "nested more than"));
  const std::string nine(9, '[');
  CHECK(parsed(answer("\"x\":" + nine + std::string(9, ']'))).connection_id == "id");
}

TEST_CASE("P#17 a KeepAliveTimeout that is null, missing, zero or negative switches monitoring off") {
  for (const char* members : {"", "\"KeepAliveTimeout\":null", "\"KeepAliveTimeout\":0", "\"KeepAliveTimeout\":0.0",
                              "\"KeepAliveTimeout\":-1", "\"KeepAliveTimeout\":-0.0"}) {
    CAPTURE(members);
    CHECK_FALSE(parsed(answer(members)).keep_alive_timeout);
  }
}

TEST_CASE("P#18 numbers may have fractions and exponents") {
  const auto keep_alive = [](const std::string& number) {
    return *parsed(answer("\"KeepAliveTimeout\":" + number)).keep_alive_timeout;
  };
  CHECK(keep_alive("20") == 20s);
  CHECK(keep_alive("20.0") == 20s);
  CHECK(keep_alive("6.6666667") == 6'666'666'700ns);
  CHECK(keep_alive("2e1") == 20s);
  CHECK(keep_alive("2.5E+1") == 25s);
  CHECK(keep_alive("1500e-3") == 1500ms);
  CHECK(keep_alive("0.000000001") == 1ns);
  CHECK(keep_alive("1.00000000000000000000000000000000000001") == 1s);
}

TEST_CASE("P#18 numbers without measure are capped at a day, those that no double holds are errors") {
  constexpr Duration kDay = 24h;
  const auto disconnect = [](const std::string& number) {
    return parsed(answer("\"DisconnectTimeout\":" + number)).disconnect_timeout;
  };
  CHECK(disconnect("1e300") == kDay);
  CHECK(disconnect("99999999999999999999999999999999999999999") == kDay);
  CHECK(disconnect("86401") == kDay);
  CHECK(disconnect("86399.999999999") == kDay - 1ns);
  CHECK(disconnect("1e-300") == 30s);  // nothing is left of it
  CHECK(disconnect("0.12345678901234567e-2147483639") == 30s);
  for (const char* number :
       {"1e400", "1e99999999999999999999", "-1e400", "NaN", "Infinity", "0x10", "01", "+1", ".5", "1."}) {
    CAPTURE(number);
    CHECK(error_of(answer(std::string("\"DisconnectTimeout\":") + number)) != "(accepted)");
  }
}

TEST_CASE("P#18 no wait that a server asks for is longer than a day, to open a transport five minutes") {
  for (const char* number : {"1e308", "86401", "31536000.5"}) {
    CAPTURE(number);
    std::string members;
    for (const char* name : {"KeepAliveTimeout", "DisconnectTimeout", "ConnectionTimeout", "TransportConnectTimeout"}) {
      members.append(members.empty() ? "\"" : ",\"").append(name).append("\":").append(number);
    }
    const NegotiateResponse response = parsed(answer(members));
    CHECK(response.keep_alive_timeout == Duration(24h));
    CHECK(response.disconnect_timeout == 24h);
    CHECK(response.connection_timeout == 24h);
    CHECK(response.transport_connect_timeout == 5min);
  }
  CHECK(parsed(answer("\"TransportConnectTimeout\":299")).transport_connect_timeout == 299s);
}

TEST_CASE("P#18 P#127 times and flags of another type are errors") {
  for (const char* name : {"KeepAliveTimeout", "DisconnectTimeout", "ConnectionTimeout", "TransportConnectTimeout"}) {
    for (const char* value : {"\"20\"", "true", "{}", "[20]"}) {
      const std::string error = error_of(answer('"' + std::string(name) + "\":" + value));
      CAPTURE(error);
      CHECK(mentions(error, std::string("expected ") + name + " to be a number of seconds"));
    }
  }
  CHECK(error_of(answer("\"TryWebSockets\":\"true\"")) ==
        "expected TryWebSockets to be true or false in the server's answer, got a string");
}

TEST_CASE("P#19 a token that is missing, empty or no string is an error") {
  for (const char* value : {"null", "\"\"", "1", "true", "{\"a\":1}", "[\"t\"]"}) {
    CHECK(mentions(error_of(answer(std::string("\"ConnectionToken\":") + value)), "expected ConnectionToken"));
  }
  CHECK(error_of(R"({"ConnectionId":"i","ProtocolVersion":"2.0"})") ==
        "expected ConnectionToken in the server's answer, got none");
}

TEST_CASE("P#19 an id that is missing, empty or no string is an empty one: it only informs") {
  const NegotiateResponse without = parsed(R"({"ConnectionToken":"t","ProtocolVersion":"2.0"})");
  CHECK(without.connection_token == "t");
  CHECK(without.connection_id.empty());
  for (const char* value : {"null", "\"\"", "1", "true", "{\"a\":1}", "[\"t\"]"}) {
    CHECK(parsed(answer(std::string("\"ConnectionId\":") + value)).connection_id.empty());
  }
}

TEST_CASE("P#22 LongPollDelay informs as well: the delay comes with the frames") {
  for (const char* value : {"null", "\"2\"", "1e308", "-1", "{}"}) {
    CHECK(error_of(answer(std::string("\"LongPollDelay\":") + value)) == "(accepted)");
  }
}

TEST_CASE("P#20 versions from 1.2 to 2.1 are accepted") {
  for (const char* version : {"1.2", "1.3", "1.4", "1.5", "2.0", "2.1", "1.5.0"}) {
    CHECK(parsed(version_answer('"' + std::string(version) + '"')).version_text == version);
  }
}

TEST_CASE("P#20 other versions are refused, with both in the message") {
  for (const char* version :
       {"null", "\"\"", "\"abc\"", "\"1.1\"", "\"3.0\"", "2.0", "\"2.2\"", "[\"2.0\"]", "\"1\""}) {
    const std::string error = error_of(version_answer(version));
    CAPTURE(error);
    CHECK(mentions(error, "asked for 2.1, expected 1.2 to 2.1, got " + std::string(version)));
  }
  CHECK(mentions(error_of(R"({"ConnectionToken":"t","ConnectionId":"i"})"), "got (none)"));
}

TEST_CASE("P#21 an ASP.NET Core server is named as such") {
  CHECK(mentions(error_of(R"({"connectionId":"x","availableTransports":[{"transport":"WebSockets"}]})"),
                 "this is an ASP.NET Core SignalR server"));
  CHECK(mentions(error_of(answer("\"availableTransports\":null")), "ASP.NET Core"));
}

TEST_CASE("P#22 unknown members and Url are ignored, whatever they hold") {
  CHECK(parsed(answer(R"("Url":5,"x":{"ConnectionToken":"y"},"z":[{"ConnectionId":1}],"connectiontoken":7)"))
            .connection_token == "token");
}

TEST_CASE("P#63 of members that come twice the last one counts") {
  CHECK(parsed(answer("\"ConnectionToken\":\"second\"")).connection_token == "second");
}

TEST_CASE("P#23 what is missing has its default") {
  for (const char* members : {"",
                              "\"DisconnectTimeout\":null,\"ConnectionTimeout\":null,\"TransportConnectTimeout\":null,"
                              "\"LongPollDelay\":null,\"TryWebSockets\":null",
                              "\"DisconnectTimeout\":0,\"ConnectionTimeout\":-5,\"TransportConnectTimeout\":0"}) {
    const NegotiateResponse response = parsed(answer(members));
    CHECK(response.disconnect_timeout == 30s);
    CHECK(response.connection_timeout == 110s);
    CHECK(response.transport_connect_timeout == 5s);
    CHECK_FALSE(response.try_websockets);
  }
}

TEST_CASE("every recorded answer to negotiate is understood") {
  int complete = 0, redirects = 0, errors = 0;
  for (const auto& [name, file] : recordings::all()) {
    recordings::for_each_answer(file, [&](const std::string& path, const auto&, const auto& response) {
      const std::string body = recordings::text(response, "body");
      if (path.find("egotiate") == std::string::npos || response["status"].GetInt() != 200) return;
      if (body.empty() || body.find("cb") == 0) {  // HEAD, JSONP
        CHECK(error_of(body) != "(accepted)");
        return;
      }
      if (mentions(body, "\"Error\"")) {
        CHECK(mentions(error_of(body), "The server said no"));
        ++errors;
        return;
      }
      const NegotiateResponse answered = parsed(body);
      if (!answered.redirect_url.empty()) {
        CHECK(parse_redirect(answered.redirect_url, "http://127.0.0.1/", false).ok());
        ++redirects;
        return;
      }
      ++complete;
      CHECK(answered.connection_token.size() > 100);
      CHECK(answered.connection_id.size() == 36);
      CHECK(answered.transport_connect_timeout >= 5s);
      CHECK(bool(answered.keep_alive_timeout) == !mentions(body, "\"KeepAliveTimeout\":null"));
    });
  }
  CHECK(complete > 80);
  CHECK(redirects > 5);
  CHECK(errors == 1);
}
