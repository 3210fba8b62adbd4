// What the envelope scanner makes of frames: each key, each wrong type, and what it refuses.
#include "protocol/envelope.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace signalr::detail::protocol;
using std::string_view_literals::operator""sv;

namespace {

constexpr std::size_t kDepth = 128;

// Scans one text; the text lives as long as the frame.
struct Scan {
  explicit Scan(std::string frame_text) : text(std::move(frame_text)), error(scanner.scan(text)) {}
  const Frame* operator->() const { return &scanner.frame(); }
  const Element& element(std::size_t i) const { return scanner.frame().elements.at(i); }

  std::string text;
  EnvelopeScanner scanner{kDepth};
  ScanError error;
};

std::string decoded(const std::optional<JsonString>& string) {
  std::string out;
  if (string) string->append_to(out);
  return string ? out : "(nothing)";
}

FrameKind kind_of(std::string text) {
  const Scan scan(std::move(text));
  REQUIRE(scan.error == ScanError::none);
  return scan->kind;
}

ScanError error_of(std::string text) { return Scan(std::move(text)).error; }

}  // namespace

TEST_CASE("P#53 P#118 empty texts, white space and {} are keep-alives") {
  for (const char* text : {"", " ", " \r\n\t", "{}", "{ }", "{}\n", " \r\n{\t}  "}) {
    CAPTURE(text);
    CHECK(kind_of(text) == FrameKind::keep_alive);
  }
}

TEST_CASE("a persistent frame is sliced, with its calls and their arguments") {
  const Scan scan(R"({"C":"d-1,0|B,1","G":"tok","M":[{"H":"Chat","M":"say","A":["x",42, {"a":[1]} ]},17]})");
  REQUIRE(scan.error == ScanError::none);
  CHECK(scan->kind == FrameKind::persistent);
  CHECK(decoded(scan->cursor) == "d-1,0|B,1");
  CHECK(decoded(scan->groups_token) == "tok");
  CHECK(scan->has_messages);
  CHECK_FALSE(scan->init);
  REQUIRE(scan->elements.size() == 2);
  const Element& call = scan.element(0);
  CHECK(call.json == R"({"H":"Chat","M":"say","A":["x",42, {"a":[1]} ]})");
  CHECK(decoded(call.hub) == "Chat");
  CHECK(decoded(call.method) == "say");
  CHECK(call.has_arguments);
  REQUIRE(call.argument_count == 3);
  CHECK(scan->arguments[call.first_argument] == "\"x\"");
  CHECK(scan->arguments[call.first_argument + 1] == "42");
  CHECK(scan->arguments[call.first_argument + 2] == R"({"a":[1]})");
  CHECK(scan.element(1).json == "17");
  CHECK_FALSE(scan.element(1).hub);
  CHECK_FALSE(scan.element(1).has_arguments);
}

TEST_CASE("P#54 only a string that isn't empty is a cursor") {
  CHECK(decoded(Scan(R"({"C":"d-1","M":[]})")->cursor) == "d-1");
  for (const char* text : {R"({"C":"","M":[]})", R"({"C":5,"M":[]})", R"({"C":null,"M":[]})", R"({"M":[]})"}) {
    CAPTURE(text);
    CHECK(kind_of(text) == FrameKind::persistent);
    CHECK_FALSE(Scan(text)->cursor);
  }
}

TEST_CASE("P#55 only a string is a groups token") {
  CHECK(decoded(Scan(R"({"G":""})")->groups_token).empty());
  for (const char* text : {R"({"G":null})", R"({"G":[]})", R"({"G":7})"}) {
    CAPTURE(text);
    CHECK_FALSE(Scan(text)->groups_token);
  }
}

TEST_CASE("P#47 only the number 1 is an init") {
  CHECK(Scan(R"({"C":"x","S":1,"M":[]})")->init);
  CHECK(Scan(R"({"S":1.0})")->init);
  for (const char* status : {"0", "2", "10", "1.5", "-1", "\"1\"", "true", "null", "{}", "[1]", "1e0", "1e1"}) {
    CAPTURE(status);
    const Scan scan(R"({"S":)" + std::string(status) + "}");
    REQUIRE(scan.error == ScanError::none);
    CHECK_FALSE(scan->init);
    CHECK(scan->status == status);
  }
  CHECK(Scan(R"({"C":"x"})")->status.empty());
}

TEST_CASE("P#60 P#61 T and D count only as the number 1") {
  CHECK(Scan(R"({"T":1})")->should_reconnect);
  CHECK(Scan(R"({"D":1})")->disconnect);
  CHECK_FALSE(Scan(R"({"T":"1","D":true})")->should_reconnect);
  CHECK_FALSE(Scan(R"({"T":"1","D":true})")->disconnect);
}

TEST_CASE("P#62 L counts only as a positive integer, and saturates") {
  CHECK(Scan(R"({"L":2500,"M":[]})")->poll_delay_ms == 2500);
  CHECK(Scan(R"({"L":18446744073709551615})")->poll_delay_ms == 18446744073709551615u);
  CHECK(Scan(R"({"L":18446744073709551616})")->poll_delay_ms == 18446744073709551615u);
  CHECK(Scan(R"({"L":99999999999999999999999999})")->poll_delay_ms == 18446744073709551615u);
  for (const char* delay : {"0", "-5", "\"x\"", "\"5\"", "1.5", "1e3", "null", "[5]"}) {
    CAPTURE(delay);
    CHECK(Scan(R"({"L":)" + std::string(delay) + "}")->poll_delay_ms == 0);
  }
}

TEST_CASE("P#57 M that is no array is told apart from no M") {
  for (const char* messages : {"{}", "\"x\"", "null", "5", "true"}) {
    CAPTURE(messages);
    const Scan scan(R"({"C":"d","M":)" + std::string(messages) + "}");
    CHECK(scan->kind == FrameKind::persistent);
    CHECK(scan->malformed_messages);
    CHECK_FALSE(scan->has_messages);
    CHECK(scan->elements.empty());
  }
  CHECK_FALSE(Scan(R"({"C":"d"})")->malformed_messages);
  CHECK_FALSE(Scan(R"({"C":"d","M":[]})")->malformed_messages);
}

TEST_CASE("P#58 a frame with I is a result and nothing else") {
  const Scan scan(R"({"C":"d-1","G":"g","M":[{"H":"h","M":"m","A":[1]}],"L":5,"I":"7","R":{"a":1}})");
  CHECK(scan->kind == FrameKind::result);
  CHECK(decoded(scan->id) == "7");
  CHECK(scan->result == R"({"a":1})");
  CHECK_FALSE(scan->cursor);
  CHECK_FALSE(scan->groups_token);
  CHECK_FALSE(scan->has_messages);
  CHECK(scan->elements.empty());
  CHECK(scan->arguments.empty());
  CHECK(scan->poll_delay_ms == 0);
}

TEST_CASE("P#59 P#84 E without I is a failure, unless it is null") {
  CHECK(kind_of(R"({"C":"x","E":"gone"})") == FrameKind::failure);
  CHECK(Scan(R"({"E":"gone"})")->error == "\"gone\"");
  CHECK(Scan(R"({"E":{"a":1}})")->error == R"({"a":1})");
  CHECK(kind_of(R"({"E":""})") == FrameKind::failure);
  CHECK(kind_of(R"({"C":"x","E":null,"M":[]})") == FrameKind::persistent);
  CHECK(Scan(R"({"I":"1","E":null})")->error.empty());
}

TEST_CASE("P#80 P#81 P#83 all members of a result are sliced") {
  const Scan scan(R"({"S":{"n":1},"R":12345678901234567890,"I":"0","H":true,"E":"no","T":"at x","D":[null]})");
  CHECK(scan->kind == FrameKind::result);
  CHECK(scan->state == R"({"n":1})");
  CHECK(scan->result == "12345678901234567890");
  CHECK(scan->hub_error);
  CHECK(scan->error == "\"no\"");
  CHECK(scan->error_data == "[null]");

  const Scan empty(R"({"I":"0"})");
  CHECK(empty->result.empty());
  CHECK(empty->error.empty());
  CHECK_FALSE(empty->hub_error);
  CHECK(Scan(R"({"I":"0","R":null})")->result == "null");
  CHECK_FALSE(Scan(R"({"I":"0","H":"true"})")->hub_error);
  CHECK_FALSE(Scan(R"({"I":"0","H":1})")->hub_error);
  CHECK(Scan(R"({"I":"0","S":1})")->state.empty());
}

TEST_CASE("P#82 P#128 ids are strings or integers, taken as text") {
  for (const char* id : {"\"7\"", "7"}) CHECK(decoded(Scan(R"({"I":)" + std::string(id) + "}")->id) == "7");
  CHECK(decoded(Scan(R"({"I":-1})")->id) == "-1");
  CHECK(decoded(Scan(R"({"I":99999999999999999999})")->id) == "99999999999999999999");
  CHECK(decoded(Scan(R"({"I":" 1"})")->id) == " 1");
  CHECK(decoded(Scan(R"({"I":"\u0031\n"})")->id) == "1\n");
  for (const char* id : {"null", "1.0", "1e0", "1E0", "{}", "[]", "[1]", "true", "false"}) {
    CAPTURE(id);
    const Scan scan(R"({"I":)" + std::string(id) + "}");
    CHECK(scan->kind == FrameKind::result);
    CHECK_FALSE(scan->id);
  }
}

TEST_CASE("P#86 progress is found in elements of M and in results") {
  const Scan scan(R"({"C":"d","M":[{"I":"P|5","P":{"I":"5","D":[1]},"S":{"a":1}},{"P":{"I":5}},{"P":3},{"P":{}}]})");
  REQUIRE(scan->elements.size() == 4);
  CHECK(scan.element(0).progress == R"({"I":"5","D":[1]})");
  CHECK(decoded(scan.element(0).progress_id) == "5");
  CHECK(scan.element(0).progress_data == "[1]");
  CHECK(scan.element(0).state == R"({"a":1})");
  CHECK(decoded(scan.element(1).progress_id) == "5");
  CHECK(scan.element(1).progress_data.empty());
  CHECK(scan.element(2).progress.empty());
  CHECK_FALSE(scan.element(3).progress_id);

  const Scan result(R"({"I":"5","P":{"I":"5","D":"half"}})");
  CHECK(result->kind == FrameKind::result);
  CHECK(decoded(result->progress_id) == "5");
  CHECK(result->progress_data == "\"half\"");
}

TEST_CASE("P#63 of duplicate keys the last one wins, with its whole value") {
  CHECK(decoded(Scan(R"({"C":"a","C":"b"})")->cursor) == "b");
  CHECK_FALSE(Scan(R"({"C":"a","C":1})")->cursor);

  const Scan spoilt(R"({"M":[{"A":[1,2]}],"M":5})");
  CHECK(spoilt->malformed_messages);
  CHECK(spoilt->elements.empty());
  CHECK(spoilt->arguments.empty());
  const Scan mended(R"({"M":5,"M":[{"A":[1,2]},3],"M":[{"A":[4]}]})");
  CHECK_FALSE(mended->malformed_messages);
  REQUIRE(mended->elements.size() == 1);
  CHECK(mended->arguments == std::vector<std::string_view>{"4"});

  const Scan arguments(R"({"M":[{"A":[0]},{"A":[1,2],"A":[3]},{"A":[4],"A":{}},{"H":"a","H":1,"M":2,"M":"m"}]})");
  CHECK(arguments->arguments == std::vector<std::string_view>{"0", "3"});
  CHECK(arguments.element(1).argument_count == 1);
  CHECK_FALSE(arguments.element(2).has_arguments);
  CHECK(arguments.element(2).argument_count == 0);
  CHECK_FALSE(arguments.element(3).hub);
  CHECK(decoded(arguments.element(3).method) == "m");

  const Scan progress(R"({"M":[{"P":{"I":"5","D":1},"P":{"D":2}},{"P":{"I":"5"},"P":null}]})");
  CHECK_FALSE(progress.element(0).progress_id);
  CHECK(progress.element(0).progress_data == "2");
  CHECK(progress.element(1).progress.empty());
  CHECK_FALSE(progress.element(1).progress_id);
  CHECK(kind_of(R"({"E":"x","E":null})") == FrameKind::persistent);
}

TEST_CASE("P#63 unknown keys are ignored and any order does") {
  const Scan scan(R"({"x":{"C":"no","M":[1]},"M":[{"A":[],"zz":[{}],"M":"m","H":"h"}],"":1,"CC":2,"C":"yes"})");
  CHECK(decoded(scan->cursor) == "yes");
  REQUIRE(scan->elements.size() == 1);
  CHECK(decoded(scan.element(0).hub) == "h");
  CHECK(scan.element(0).has_arguments);
  CHECK(kind_of(R"({"x":1})") == FrameKind::persistent);
}

TEST_CASE("keys are compared exactly, after decoding") {
  CHECK(decoded(Scan(R"({"\u0043":"d-1"})")->cursor) == "d-1");
  CHECK(kind_of(R"({"\u0049":"1"})") == FrameKind::result);
  CHECK_FALSE(Scan(R"({"c":"d-1"})")->cursor);
  CHECK_FALSE(Scan(R"({"\u0063":"d-1","\u0143":"x","\n":1,"\\":2})")->cursor);
}

TEST_CASE("strings with escapes are marked and decoded") {
  const Scan scan(R"({"C":"a\"\\\/\b\f\n\r\tz\u00e9\u20ac\ud83d\ude00\u0000"})");
  REQUIRE(scan.error == ScanError::none);
  CHECK(scan->cursor->escaped);
  CHECK(decoded(scan->cursor) == "a\"\\/\b\f\n\r\tz\u00e9\u20ac\U0001F600\0"sv);
  CHECK_FALSE(Scan(R"({"C":"\u00e9"})")->cursor->text == "\u00e9");
  CHECK_FALSE(Scan("{\"C\":\"\u00e9\"}")->cursor->escaped);
}

TEST_CASE("P#123 a surrogate escape that stands alone stays as it is, and is decoded as U+FFFD") {
  const std::pair<const char*, const char*> alone[] = {
      {"\\ud83d", "\uFFFD"},
      {"\\ude00", "\uFFFD"},
      {"cut off \\ud83d!", "cut off \uFFFD!"},
      {"\\ud83d\\u0041", "\uFFFDA"},
      {"\\ud83d\\n", "\uFFFD\n"},
      {"\\ud83d\\\\ude00", "\uFFFD\\ude00"},
      {"\\ud83d\\ud83d\\ude00", "\uFFFD\U0001F600"},
      {"\\ud83d\\ude00\\ude00", "\U0001F600\uFFFD"},
      {"\\uDBFF\\uDBFF", "\uFFFD\uFFFD"},
      {"\\ude00\\ud83d", "\uFFFD\uFFFD"},
  };
  for (const auto& [written, text] : alone) {
    const std::string escape = written;  // a binding can't be captured
    CAPTURE(escape);
    const Scan scan(std::string(R"({"C":")") + escape + R"(","M":[{"H":")" + escape + R"(","A":[")" + escape +
                    R"("]}]})");
    REQUIRE(scan.error == ScanError::none);
    CHECK(decoded(scan->cursor) == text);
    CHECK(decoded(scan.element(0).hub) == text);
    CHECK(scan->arguments.at(0) == '"' + escape + '"');
  }
}

TEST_CASE("P#119 all other JSON is foreign") {
  for (const char* text : {"[]", "[{\"C\":\"d\"}]", "\"initialized\"", "5", "-0.5e+7", "true", "false", " null "}) {
    CAPTURE(text);
    CHECK(kind_of(text) == FrameKind::foreign);
  }
}

TEST_CASE("P#127 wrong types never make a frame unreadable") {
  for (const char* key : {"C", "S", "T", "D", "G", "L", "M", "E", "I", "R", "H", "P", "A"}) {
    for (const char* value : {"1", "-1", "1.5", "\"x\"", "[]", "{}", "[{}]", "{\"I\":{}}", "true", "null"}) {
      const std::string member = "\"" + std::string(key) + "\":" + value;
      CAPTURE(member);
      CHECK(error_of("{" + member + "}") == ScanError::none);
      CHECK(error_of("{\"M\":[{" + member + "}]}") == ScanError::none);
      CHECK(error_of("{\"M\":[{\"P\":{" + member + "}}]}") == ScanError::none);
    }
  }
}

TEST_CASE("nothing of an earlier frame is left") {
  EnvelopeScanner scanner(kDepth);
  REQUIRE(scanner.scan(R"({"C":"c","G":"g","S":1,"T":1,"D":1,"L":5,"M":[{"H":"h","A":[1]}]})") == ScanError::none);
  REQUIRE(scanner.scan(R"({"I":"1","R":1,"E":"e","H":true,"D":2,"T":"t","S":{},"P":{}})") == ScanError::none);
  CHECK_FALSE(scanner.frame().cursor);
  CHECK_FALSE(scanner.frame().init);
  CHECK(scanner.frame().elements.empty());
  REQUIRE(scanner.scan(R"({"M":[2]})") == ScanError::none);
  CHECK_FALSE(scanner.frame().id);
  CHECK(scanner.frame().result.empty());
  CHECK(scanner.frame().error.empty());
  CHECK(scanner.frame().arguments.empty());
  REQUIRE(scanner.scan(R"({"C":"c","M":[3,)") == ScanError::syntax);
  CHECK(scanner.frame().kind == FrameKind::keep_alive);
  CHECK(scanner.frame().elements.empty());
  CHECK_FALSE(scanner.frame().has_messages);
}
