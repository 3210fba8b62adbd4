// Message owns what it shows: copying, moving and reading into it again.
#include <signalr/message.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "protocol/envelope.hpp"

using namespace signalr;

namespace {

// Reads a frame into the message from a text that is gone afterwards.
void read(Message& message, std::string_view text) {
  auto copy = std::make_unique<std::string>(text);
  detail::protocol::EnvelopeScanner scanner(128);
  REQUIRE(scanner.scan(*copy) == detail::protocol::ScanError::none);
  message.assign(*copy, scanner.frame());
}

Message message_of(std::string_view text) {
  Message message;
  read(message, text);
  return message;
}

constexpr std::string_view kCalls =
    R"({"C":"d-1\u0041","G":"tok","S":1,"M":[{"H":"Ch\u0061t","M":"say","A":["x",{"a":1}],"S":{"n":1}},)"
    R"({"I":"P|5","P":{"I":"5","D":[7]}},"raw",{"H":"Chat","M":"none","A":[]}]})";

void check_calls(const Message& message) {
  CHECK(message.text() == kCalls);
  CHECK(message.message_id() == "d-1A");
  CHECK(message.groups_token() == "tok");
  CHECK(message.init());
  CHECK_FALSE(message.is_result());
  REQUIRE(message.messages().size() == 4);
  const HubCallView& call = message.messages()[0];
  CHECK(call.json.text() == R"({"H":"Ch\u0061t","M":"say","A":["x",{"a":1}],"S":{"n":1}})");
  CHECK(call.hub == "Chat");
  CHECK(call.method == "say");
  CHECK(call.has_args);
  REQUIRE(call.arg_count == 2);
  CHECK(call.arg(0).text() == "\"x\"");
  CHECK(call.arg(1).text() == R"({"a":1})");
  CHECK(call.arg(2).missing());
  CHECK(call.end() - call.begin() == 2);
  CHECK(call.state.text() == R"({"n":1})");
  CHECK(call.progress_id.empty());
  const HubCallView& progress = message.messages()[1];
  CHECK(progress.progress_id == "5");
  CHECK(progress.progress.text() == "[7]");
  CHECK(progress.hub.empty());
  CHECK_FALSE(progress.has_args);
  CHECK(message.messages()[2].json.text() == "\"raw\"");
  CHECK(message.messages()[3].has_args);
  CHECK(message.messages()[3].arg_count == 0);
}

void check_empty(const Message& message) {
  CHECK(message.text().empty());
  CHECK(message.message_id().empty());
  CHECK(message.groups_token().empty());
  CHECK(message.messages().empty());
  CHECK_FALSE(message.init());
  CHECK_FALSE(message.should_reconnect());
  CHECK(message.poll_delay().count() == 0);
  CHECK_FALSE(message.is_result());
  CHECK(message.invocation_id().empty());
  CHECK(message.result().missing());
  CHECK_FALSE(message.failed());
  CHECK(message.error().empty());
  CHECK_FALSE(message.hub_error());
  CHECK(message.error_detail().missing());
  CHECK(message.state().missing());
}

// Short enough to live inside the std::string.
constexpr std::string_view kShort = R"({"M":["ab",7]})";

void check_short(const Message& message) {
  CHECK(message.text() == kShort);
  REQUIRE(message.messages().size() == 2);
  CHECK(message.messages()[0].json.text() == "\"ab\"");
  CHECK(message.messages()[1].json.text() == "7");
}

}  // namespace

TEST_CASE("a message shows its frame after the frame's text is gone") {
  check_calls(message_of(kCalls));
  check_short(message_of(kShort));
  check_empty(Message());
}

TEST_CASE("copies are independent of the original") {
  for (const bool is_short : {false, true}) {
    const std::string_view text = is_short ? kShort : kCalls;
    const auto check = is_short ? check_short : check_calls;
    auto original = std::make_unique<Message>(message_of(text));
    const Message copy(*original);
    Message assigned = message_of(R"({"I":"1","R":[1,2,3],"E":"e"})");
    assigned = *original;
    const Message& same = assigned;
    assigned = same;
    original.reset();
    check(copy);
    check(assigned);
    CHECK(copy.text().data() != assigned.text().data());
  }
}

TEST_CASE("moving keeps the views valid, and empties the source") {
  for (const bool is_short : {false, true}) {
    const std::string_view text = is_short ? kShort : kCalls;
    const auto check = is_short ? check_short : check_calls;
    auto original = std::make_unique<Message>(message_of(text));
    Message moved(std::move(*original));
    check_empty(*original);
    original.reset();
    check(moved);
    Message assigned = message_of(R"({"I":"1","R":[1,2,3],"E":"e"})");
    assigned = std::move(moved);
    check_empty(moved);
    check(assigned);
    read(moved, text);  // a source may be used again
    check(moved);
    check(assigned);
    std::vector<Message> grown;
    for (int i = 0; i < 10; ++i) grown.push_back(message_of(text));
    for (const Message& message : grown) check(message);
  }
}

TEST_CASE("reading again leaves nothing of the old frame") {
  Message message = message_of(R"({"I":"7","R":1,"E":"e\n","H":true,"D":{"d":1},"S":{"s":1}})");
  CHECK(message.is_result());
  CHECK(message.invocation_id() == "7");
  CHECK(message.result().text() == "1");
  CHECK(message.failed());
  CHECK(message.error() == "e\n");
  CHECK(message.hub_error());
  CHECK(message.error_detail().text() == R"({"d":1})");
  CHECK(message.state().text() == R"({"s":1})");
  read(message, kCalls);
  check_calls(message);
  CHECK(message.invocation_id().empty());
  CHECK(message.result().missing());
  CHECK_FALSE(message.failed());
  CHECK_FALSE(message.hub_error());
  read(message, R"({"T":1,"L":250})");
  CHECK(message.should_reconnect());
  CHECK(message.poll_delay() == std::chrono::milliseconds(250));
  CHECK_FALSE(message.init());
  CHECK(message.message_id().empty());
  CHECK(message.messages().empty());
  read(message, "");
  check_empty(message);
}

TEST_CASE("P#80 P#84 what results hold") {
  CHECK(message_of(R"({"I":0})").invocation_id() == "0");
  CHECK(message_of(R"({"I":0})").result().missing());
  CHECK(message_of(R"({"I":0,"R":null})").result().is_null());
  CHECK_FALSE(message_of(R"({"I":0,"E":null})").failed());
  CHECK(message_of(R"({"I":0,"E":""})").failed());
  CHECK(message_of(R"({"I":0,"E":""})").error().empty());
  CHECK(message_of(R"({"I":0,"E":{"a":"\n"}})").error() == R"({"a":"\n"})");
  CHECK(message_of(R"({"I":"\ud83d\ude00"})").invocation_id() == "\U0001F600");
}

TEST_CASE("P#62 a huge poll delay stays within what clocks can hold") {
  const Message message = message_of(R"({"L":18446744073709551615})");
  CHECK(message.poll_delay() > std::chrono::hours(24));
  CHECK(std::chrono::nanoseconds(message.poll_delay()) > std::chrono::nanoseconds(0));
}

TEST_CASE("reading into the same message again re-uses its memory") {
  const std::string text(kCalls);
  detail::protocol::EnvelopeScanner scanner(128);
  Message message;
  const char* buffer = nullptr;
  const HubCallView* messages = nullptr;
  const RawJsonView* args = nullptr;
  for (int i = 0; i < 10; ++i) {
    REQUIRE(scanner.scan(text) == detail::protocol::ScanError::none);
    message.assign(text, scanner.frame());
    if (i > 0) {
      CHECK(message.text().data() == buffer);
      CHECK(message.messages().data() == messages);
      CHECK(message.messages()[0].first_arg == args);
    }
    buffer = message.text().data();
    messages = message.messages().data();
    args = message.messages()[0].first_arg;
  }
}

TEST_CASE("states have names") {
  CHECK(to_string(ConnectionState::disconnected) == "Disconnected");
  CHECK(to_string(ConnectionState::connecting) == "Connecting");
  CHECK(to_string(ConnectionState::connected) == "Connected");
  CHECK(to_string(ConnectionState::reconnecting) == "Reconnecting");
}
