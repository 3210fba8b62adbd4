// Arguments and results: what they say when they don't fit. Documents: hostile ones, and allocations.
#include <doctest/doctest.h>

#include <map>
#include <signalr/errors.hpp>
#include <signalr/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "json_tools.hpp"

using namespace signalr;
using namespace signalr::test;

namespace {

template <class T>
std::string argument_error(std::size_t index, RawJsonView json) {
  try {
    (void)decode_argument<T>(index, json);
  } catch (const DecodeError& error) {
    return error.what();
  }
  return "(none)";
}

template <class T, class = void>
constexpr bool kDecodesTemporary = false;
template <class T>
constexpr bool kDecodesTemporary<T, std::void_t<decltype(decode_json<T>(std::declval<RawJson>()))>> = true;
static_assert(kDecodesTemporary<std::string>);
static_assert(!kDecodesTemporary<std::string_view> && !kDecodesTemporary<RawJsonView>);

}  // namespace

TEST_CASE("an argument's error says which one it is, counted from 1") {
  CHECK(argument_error<int>(0, RawJsonView("\"x\"")) ==
        "can't decode argument 1: expected an integer from -2147483648 to 2147483647, but got a string");
  CHECK(argument_error<std::map<std::string, std::vector<bool>>>(1, RawJsonView(R"({"a":[true,0]})")) ==
        "can't decode argument 2, a[1]: expected true or false, but got the number 0");
  CHECK(argument_error<std::optional<int>>(2, RawJsonView()) ==
        "can't decode argument 3: expected a value, but got none: the call has fewer arguments");
  CHECK(argument_error<RawJson>(0, RawJsonView("[1")).find("can't decode argument 1: expected JSON") == 0);
}

TEST_CASE("arguments may be views") {
  const std::string json = R"("text")";
  CHECK(decode_argument<std::string_view>(0, RawJsonView(json)).data() == json.data() + 1);
  CHECK(decode_argument<RawJsonView>(0, RawJsonView(json)) == RawJsonView(json));
}

TEST_CASE("nothing unprintable and nothing long gets into a sentence") {
  const std::string name(1000, 'n');
  const std::string wrong = complaint<std::map<std::string, int>>("{\"a\\n\\u001b" + name + "\":" + "1." + name + "}");
  CHECK(wrong.find("expected JSON") != std::string::npos);
  const std::string worse =
      complaint<std::map<std::string, int>>("{\"\\n\\u001b" + name + "\":1." + std::string(999, '1') + "}");
  CHECK(worse.size() < 300);
  for (const char c : worse) CHECK(static_cast<unsigned char>(c) >= 0x20);
}

TEST_CASE("results hand errors on") {
  CHECK(decode_result<int>(RawJson::parse("5")).value() == 5);
  CHECK(decode_result<RawJson>(RawJson::parse("[1]")).value().text() == "[1]");
  CHECK(decode_result<void>(RawJson()).ok());
  CHECK(decode_result<void>(RawJson::parse("[1]")).ok());

  const Result<RawJson> failed(UsageError("not asked for"));
  CHECK_THROWS_AS(decode_result<int>(failed).value(), UsageError);
  CHECK_THROWS_AS(decode_result<void>(failed).value(), UsageError);
  CHECK_THROWS_AS(decode_result<RawJson>(failed).value(), UsageError);
  CHECK_THROWS_AS(decode_result<int>(RawJson::parse("[1]")).value(), DecodeError);
}

TEST_CASE("P#81 null, false, 0 and the empty string are results as good as others") {
  CHECK_FALSE(decode_result<std::optional<int>>(RawJson()).value().has_value());
  CHECK_FALSE(decode_result<bool>(RawJson::parse("false")).value());
  CHECK(decode_result<int>(RawJson::parse("0")).value() == 0);
  CHECK(decode_result<std::string>(RawJson::parse("\"\"")).value().empty());
}

TEST_CASE("documents that aren't JSON, or not all of them") {
  for (const char* json : {"[1,2", "[1 2]", "[1,]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "[1]]", "[1] x", "[\"\xFF\"]",
                           "[\"\xED\xA0\x80\"]", "[01]", "[1.]", "[nul]", "[\"\n\"]", "[,]", "[NaN]", "[Infinity]"}) {
    CAPTURE(json);
    CHECK_THROWS_AS(decode<RawJson>(json), DecodeError);
  }
  CHECK_THROWS_AS(decode<RawJson>(std::string("[1]\0", 4)), DecodeError);
  CHECK_THROWS_AS(decode<RawJson>(std::string("[1\0]", 4)), DecodeError);
}

TEST_CASE("P#123 surrogate escapes that stand alone: text as it is, and U+FFFD where it is decoded") {
  const char* const json = R"({"\ud83d":"\ude00","pair":"\ud83d\ude00\ud83d"})";
  CHECK(decode<RawJson>(json).text() == json);
  CHECK(RawJson::parse(json).text() == json);
  using Texts = std::map<std::string, std::string>;
  CHECK(decode<Texts>(json) == Texts{{"\uFFFD", "\uFFFD"}, {"pair", "\U0001F600\uFFFD"}});
}

TEST_CASE("P#124 documents nested too deep are refused, however deep") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(decode<RawJson>(nested(128)).text() == nested(128));
  CHECK(complaint<RawJson>(nested(129)).find("a value nested deeper than that at byte 128") != std::string::npos);
  CHECK_THROWS_AS(decode<RawJson>(nested(100'000)), DecodeError);
  CHECK_THROWS_AS(decode<RawJson>(std::string(100'000, '[')), DecodeError);
}

TEST_CASE("P#126 a million elements") {
  std::string json = "[0";
  for (int n = 1; n < 1'000'000; ++n) json += ',' + std::to_string(n);
  json += ']';
  const auto values = decode<std::vector<int>>(json);
  REQUIRE(values.size() == 1'000'000);
  CHECK(values.back() == 999'999);
  CHECK(encode(values) == json);
  json.replace(json.size() - 7, 6, "\"nine\"");
  CHECK(place<std::vector<int>>(json) == "[999999]");
}

TEST_CASE("P#81 numbers in arrays and objects stay text, however large they are or many digits they have") {
  for (const char* number : {"1e400", "-2.5e403", "0.12345678901234567e-2147483639", "1e99999999999999999999",
                             "79228162514264337593543950335.1234567890"}) {
    CAPTURE(number);
    CHECK(decode<std::vector<RawJson>>("[" + std::string(number) + "]").at(0).text() == number);
    CHECK(decode<std::map<std::string, RawJson>>("{\"a\":" + std::string(number) + "}").at("a").text() == number);
  }
}

TEST_CASE("JsonValue walks over documents with any white space") {
  const JsonDocument document(RawJsonView(" { \"a\" : [ 1 , \"x\" , { } ] ,\n\"b\\u0063\"\t: null , \"a\":false } "));
  const JsonValue root = document.root();
  CHECK(root.kind() == JsonKind::object);
  CHECK(root.size() == 3);
  std::string seen;
  for (const JsonValue::Member member : root.members()) {
    seen += member.name.string() + '=' + std::string(member.value.json().text()) + ';';
  }
  CHECK(seen == "a=[ 1 , \"x\" , { } ];bc=null;a=false;");
  CHECK(root.find("a")->json().text() == "false");
  CHECK(root.find("bc")->is_null());
  CHECK_FALSE(root.find("c").has_value());

  seen.clear();
  for (const JsonValue element : (*root.members().begin()).value.elements()) seen += std::string(element.json().text());
  CHECK(seen == "1\"x\"{ }");
}
