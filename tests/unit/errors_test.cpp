#include <doctest/doctest.h>
#include <signalr/decode_error.hpp>
#include <signalr/errors.hpp>
#include <signalr/invocation_error.hpp>
#include <signalr/result.hpp>

#include "protocol/safe_text.hpp"

using namespace signalr;

namespace {

ErrorPtr refusal(int status) {
  return HttpStatusError("GET http://h/negotiate was answered 503", status, "<html>").clone();
}

ErrorPtr reset() { return TransportError(TransportFailure::io, "connection reset by peer", Sent::maybe).clone(); }

}  // namespace

TEST_CASE("each error begins with Go's words and ends with its cause's sentence") {
  CHECK(NegotiateError(reset()).what() == std::string("negotiate failed: connection reset by peer"));
  CHECK(ConnectError(reset()).what() == std::string("connect failed: connection reset by peer"));
  CHECK(StartError(reset()).what() == std::string("start failed: connection reset by peer"));
  CHECK(ReadError(reset()).what() == std::string("read failed: connection reset by peer"));
  CHECK(WriteError(reset()).what() == std::string("write failed: connection reset by peer"));
  CHECK(DialError(403, "", reset()).what() == std::string("dial failed (403): connection reset by peer"));
  CHECK(DialError(0, "no address", nullptr).what() == std::string("dial failed: no address"));
  CHECK(DialError(0, "the peer said: connection reset by peer", reset()).what() ==
        std::string("dial failed: the peer said: connection reset by peer"));
  CHECK(ConnectError(DialError(404, "not there", nullptr).clone()).what() ==
        std::string("connect failed: dial failed (404): not there"));
}

TEST_CASE("an error without a cause is still a sentence") {
  CHECK(NegotiateError(nullptr).what() == std::string("negotiate failed"));
  CHECK(DialError(0, "", nullptr).what() == std::string("dial failed"));
  CHECK(NegotiateError(nullptr).status() == 0);
}

TEST_CASE("P#142 the status of a step is that of the nearest answer in its causes") {
  CHECK(NegotiateError(refusal(503)).status() == 503);
  CHECK(StartError(ReadError(refusal(401)).clone()).status() == 401);
  CHECK(ConnectError(DialError(404, "x", refusal(500)).clone()).status() == 404);
  CHECK(ConnectError(DialError(0, "proxy", refusal(407)).clone()).status() == 407);
  CHECK(ConnectError(reset()).status() == 0);
  CHECK(ConnectError(DialError(0, "x", nullptr).clone()).status() == 0);
}

TEST_CASE("P#142 every error tells what it knows, and its causes can be found by type") {
  const NegotiateError error(refusal(503));
  REQUIRE(find_cause<HttpStatusError>(error) != nullptr);
  CHECK(find_cause<HttpStatusError>(error)->status() == 503);
  CHECK(find_cause<NegotiateError>(error) == &error);
  CHECK(find_cause<CloseError>(error) == nullptr);
  CHECK(LimitError("the frame is larger than 5 bytes", "max_frame_bytes").option() == "max_frame_bytes");
  CHECK(LimitError("the frame is larger than 5 bytes", "max_frame_bytes").what() ==
        std::string("the frame is larger than 5 bytes (option max_frame_bytes)"));
  CHECK(LimitError("max_frame_bytes is 5", "max_frame_bytes").what() == std::string("max_frame_bytes is 5"));
}

TEST_CASE("P#142 a closed WebSocket tells its code in words") {
  CHECK(CloseError(1000, "bye").what() == std::string("websocket closed 1000: normal closure"));
  CHECK(CloseError(1006, "").what() ==
        std::string("websocket closed 1006: the connection ended without a close frame"));
  CHECK(CloseError(1006, "", reset()).what() == std::string("websocket closed 1006: connection reset by peer"));
  CHECK(CloseError(4001, "x").what() == std::string("websocket closed 4001"));
  CHECK(CloseError(1000, "bye").code() == 1000);
  CHECK(CloseError(1000, "bye").server_text() == "bye");
}

TEST_CASE("P#135 what the server said stays out of the sentence, but is passed up") {
  const NegotiateError error(refusal(503));
  CHECK(error.server_text() == "<html>");
  CHECK(std::string(error.what()).find("html") == std::string::npos);
  CHECK(ReadError(CloseError(1000, "secret").clone()).server_text() == "secret");
  CHECK(std::string(ReadError(CloseError(1000, "secret").clone()).what()).find("secret") == std::string::npos);
}

TEST_CASE("the server's text is capped between two characters") {
  const HttpStatusError error("x", 500, std::string(1023, 'a') + "\xC3\xA4" + std::string(5000, 'b'));
  CHECK(error.server_text() == std::string(1023, 'a'));
  CHECK(CloseError(1000, std::string(5000, 'a')).server_text().size() == 1024);
  CHECK(InvalidStartResponseError(std::string(5000, 'a')).actual().size() == 1024);
}

TEST_CASE("P#135 what start or the init frame held instead stays out of the sentence, however short") {
  CHECK(InvalidStartResponseError("\"Started\"").what() ==
        std::string("expected start response \"started\", got 9 bytes of something else, see actual()"));
  CHECK(std::string(StartError(InvalidStartResponseError("\"Started\"").clone()).what()).find("Started") ==
        std::string::npos);
  CHECK(InvalidStartResponseError("").what() == std::string("expected start response \"started\", got nothing"));
  CHECK(InvalidStartResponseError("a\nb").what() ==
        std::string("expected start response \"started\", got 3 bytes of something else, see actual()"));
  CHECK(InvalidInitMessageError("2").what() ==
        std::string("expected init message S value 1, got 1 byte of something else, see actual()"));
  CHECK(InvalidInitMessageError("").what() == std::string("expected init message S value 1, got no message with an S"));
  CHECK(InvalidInitMessageError("\"1\"").actual() == "\"1\"");
}

TEST_CASE("P#135 a long answer to start isn't shown: it may repeat a URL with its token") {
  const std::string page = "<html>/start?connectionToken=secretsecretsecretsecret</html>";
  CHECK(std::string(InvalidStartResponseError(page).what()).find("secret") == std::string::npos);
}

TEST_CASE("P#135 no error keeps more than 64 KiB of a server's text") {
  const std::string text(5'000'000, 'x');
  CHECK(ProtocolError("x", nullptr, text).server_text().size() == 64 * 1024);
  CHECK(TransportError(TransportFailure::closed, "x", 1000, text).server_text().size() == 64 * 1024);
  CHECK(InvocationError("m", "1", text, false, std::nullopt).server_text().size() == 64 * 1024);
}

TEST_CASE("P#135 the sentence of a call that failed is at most 4 KiB, however long its names are") {
  const std::string text(5'000'000, 'x');
  const InvocationError error(std::string(500, 'm'), "18446744073709551615", text, true, std::nullopt);
  CHECK(std::string_view(error.what()).size() <= 4096);
  CHECK(std::string_view(error.what()).find("(18446744073709551615): xxx") != std::string_view::npos);
}

TEST_CASE("P#135 a place in JSON whose names are the server's is one bounded line") {
  const std::string what = DecodeError(std::string(100'000, 'n') + "\n", "an integer", "a string").what();
  CHECK(what.size() < 1200);
  CHECK(what.find('\n') == std::string::npos);
}

TEST_CASE("is_close_error looks through the causes for one of the codes") {
  const ReadError error(CloseError(1001, "").clone());
  CHECK(is_close_error(error, {1000, 1001}));
  CHECK_FALSE(is_close_error(error, {1000}));
  CHECK_FALSE(is_close_error(error, {}));
  CHECK_FALSE(is_close_error(ReadError(reset()), {1006}));
  CHECK(is_close_error(ReadError(TransportError(TransportFailure::closed, "ended", close_code::abnormal, "").clone()),
                       {1006}));
}

TEST_CASE("errors are copied and thrown with their own type") {
  const ErrorPtr error = StartError(refusal(500)).clone();
  CHECK_THROWS_AS(error->raise(), StartError);
  CHECK_THROWS_AS(UsageError("x").clone()->raise(), UsageError);
  CHECK_THROWS_AS(Result<int>(CanceledError("x")).value(), CanceledError);
  CHECK_THROWS_AS(Result<void>(DeadlineError("x")).value(), DeadlineError);
  CHECK_THROWS_AS(ConnectionGone("x").raise(), ConnectionGone);
  CHECK_THROWS_AS(InvalidInitMessageError("x").raise(), Error);
}

TEST_CASE("prose is one line, in any language") {
  using detail::protocol::one_line;
  CHECK(one_line("Zugriff verweigert: \u00e4\u4e2d\U0001f600") == "Zugriff verweigert: \u00e4\u4e2d\U0001f600");
  CHECK(one_line("a\r\nb\tc\u2028d") == "a  b c d");
  CHECK(one_line("\x1b[2J\x7f\u009b1m\u202eevil\u2066\u200f\u061c") == "?[2J??1m?evil???");
  CHECK(one_line("\xff\xC3 \xE2\x82\xED\xA0\x80") == "?? ?????");
  CHECK(one_line("abcdef", 3) == "abc...");
  CHECK(one_line("a\xE2\x82\xAC", 3) == "a...");
  CHECK(one_line("").empty());
}

TEST_CASE("text for logs is printable, on one line and bounded") {
  CHECK(detail::protocol::printable("a\r\n\x7f\xC3\xA4z") == "a?????z");
  CHECK(detail::protocol::printable("abcdef", 3) == "abc...");
  CHECK(detail::protocol::capped("a\xE2\x82\xAC", 3) == "a");
  CHECK(detail::protocol::capped("\x80\x80\x80\x80\x80\x80", 4) == "\x80");
}

TEST_CASE("a result without an error says so; a failure that was moved from is none that succeeded") {
  const char* const words = "this Result has no error: it holds a value, or it was moved from";
  CHECK_THROWS_WITH_AS(Result<int>(1).error(), doctest::Contains(words), UsageError);
  CHECK_THROWS_WITH_AS(Result<void>().error(), doctest::Contains(words), UsageError);
  CHECK((Result<int>(1).error_ptr() == nullptr));

  Result<int> failed(reset());
  const Result<int> taken = std::move(failed);
  CHECK_FALSE(taken.ok());
  CHECK_FALSE(failed.ok());
  CHECK_THROWS_AS(failed.error(), UsageError);
  CHECK_THROWS_AS(failed.value(), UsageError);

  Result<void> void_failed(reset());
  const Result<void> void_taken = std::move(void_failed);
  CHECK_FALSE(void_taken.ok());
  CHECK_FALSE(void_failed.ok());
  CHECK_THROWS_AS(void_failed.value(), TransportError);
}
