// Calling hub methods: what goes out, what comes back.
#include <stdexcept>

#include "caller.hpp"

using namespace scenario;
using namespace signalr;

namespace {

std::string outcome(Invocation& call) {
  try {
    return call.get<RawJson>().text();
  } catch (const InvocationError& error) {
    return std::string(error.hub_error() ? "hub error: " : "error: ") + error.server_text() +
           (error.data() ? " " + error.data()->text() : "");
  }
}

}  // namespace

TEST_CASE("a call goes out, its answer comes back with its type") {
  Caller world;
  world.server.hub("Chat").on("Add", [](server::Call& call) { call.result("5"); });
  CHECK(world.chat.invoke("Add", 2, 3).get<int>() == 5);
  CHECK(world.sent() == R"({"H":"chat","M":"Add","A":[2,3],"I":"1"})");
  std::string echo;
  world.chat.invoke("Echo", "täxt").unmarshal(echo);
  CHECK(echo == "täxt");
}

TEST_CASE("P#78 a call has H, M, A (an array, even empty), a unique I as a string, and S only when there is state") {
  Caller world;
  world.chat.invoke("Nothing");
  world.settle();
  CHECK(world.sent() == R"({"H":"chat","M":"Nothing","A":[],"I":"1"})");
  world.chat.set_state("Room", RawJson::parse(R"("lobby")"));
  world.chat.set_state("count", RawJson::parse("2"));
  world.chat.invoke("Nothing", true);
  world.settle();
  CHECK(world.sent() == R"({"H":"chat","M":"Nothing","A":[true],"I":"2","S":{"count":2,"Room":"lobby"}})");
}

TEST_CASE("P#79 null, UTF-8, control characters, U+2028 and surrogate pairs come back as they went") {
  Caller world;
  for (const std::string& text : {std::string("grüße, 世界 😀"), std::string("\x01\n\t\"\\/\x7f"),
                                  std::string("\u2028\u2029"), std::string("a\0b", 3), std::string()}) {
    CHECK(world.chat.invoke("Echo", text).get<std::string>() == text);
  }
  CHECK(world.chat.invoke("Echo", std::optional<int>()).get<std::optional<int>>() == std::nullopt);
  CHECK(world.sent().find(R"("A":[null])") != std::string::npos);
}

TEST_CASE("P#123 a surrogate escape that stands alone goes out and comes back, in results and errors") {
  Caller world;
  CHECK(world.chat.invoke("Echo", RawJson::parse(R"("\ud83d")")).get<std::string>() == "\uFFFD");
  CHECK(world.sent().find(R"("A":["\ud83d"])") != std::string::npos);
  world.server.hub("Chat").on("Never", [](server::Call& call) { call.never(); });
  Invocation failed = world.chat.invoke("Never");
  world.settle();
  world.frame(R"({"I":"2","E":"no \ude00!"})");
  CHECK_THROWS_WITH_AS(failed.wait(), doctest::Contains("no \uFFFD!"), InvocationError);
}

TEST_CASE("P#80 an answer without R is success, with null, for void methods and for others") {
  Caller world;
  Invocation call = world.chat.invoke("Anything");
  world.settle();  // the fake server answers by itself with an error: too late for what follows
  Invocation silent = world.chat.invoke("Never");
  world.frame(R"({"I":"2"})");
  CHECK(silent.wait().is_null());
  CHECK_NOTHROW(silent.get<void>());
  CHECK(silent.get<std::optional<int>>() == std::nullopt);
  CHECK_THROWS_AS(silent.get<int>(), DecodeError);
}

TEST_CASE("an answer that can't be decoded names hub and method, however it is asked for") {
  Caller world;
  const std::string expected =
      R"(can't decode the answer of "chat.Echo": expected an integer from -2147483648 to 2147483647, but got a string)";
  Invocation call = world.chat.invoke("Echo", "five");
  CHECK_THROWS_WITH_AS(call.get<int>(), expected.c_str(), DecodeError);
  int number = 0;
  CHECK_THROWS_WITH_AS(call.unmarshal(number), expected.c_str(), DecodeError);
  call.then<int>([&](Result<int> answer) { world.story.emplace_back(answer.error().what()); });
  world.settle();
  CHECK(world.story == Story{expected});
}

TEST_CASE("P#81 any JSON is a result, unchanged") {
  for (const char* json : {"null", "false", "0", R"("")", R"({"a":[{"b":[[[1]]]}]})", "9007199254740993",
                           "79228162514264337593543950335.1234567890123456789", "-1e-300"}) {
    CAPTURE(json);
    Caller world;
    world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
    Invocation call = world.chat.invoke("Get");
    world.settle();
    world.frame(std::string(R"({"I":"1","R":)") + json + "}");
    CHECK(call.wait().text() == json);
  }
  Caller world;
  CHECK(world.chat.invoke("Echo", std::int64_t{9007199254740993}).get<std::int64_t>() == 9007199254740993);
}

TEST_CASE("P#82 P#128 a result's id may be a string or a whole number; all others are ignored") {
  Caller world;
  world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
  Invocation text = world.chat.invoke("Get");
  Invocation number = world.chat.invoke("Get");
  Invocation open = world.chat.invoke("Get");
  world.settle();
  for (const char* id : {"null", "{}", "3.0", "3e0", "-3", R"("-3")", R"("03")", R"("+3")", R"(" 3")", R"("3 ")",
                         R"("")", "4", R"("4")", "99999999999999999999999", "[3]", "true", R"("0x3")"}) {
    world.frame(std::string(R"({"R":"wrong","I":)") + id + "}");
  }
  world.frame(R"({"R":"one","I":"1"})");
  world.frame(R"({"R":"again","I":"1"})");
  world.frame(R"({"R":"two","I":2})");
  CHECK(text.get<std::string>() == "one");
  CHECK(number.get<std::string>() == "two");
  CHECK(world.errors.empty());
  world.frame(R"({"R":"three","I":"\u0033"})");
  CHECK(open.get<std::string>() == "three");
}

TEST_CASE("P#130 a flood of results for unknown calls is told in few lines, and hurts nobody") {
  Caller world;
  world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
  Invocation call = world.chat.invoke("Get");
  world.settle();
  world.log.clear();
  for (int i = 0; i < 10'000; ++i) world.server.peer().send(R"({"I":"77","R":0})");
  world.frame(R"({"I":"1","R":5})");
  CHECK(call.get<int>() == 5);
  CHECK(world.log.size() < 20);
  CHECK_FALSE(world.log.empty());
}

TEST_CASE("P#83 P#84 P#85 errors: of the hub with data, of the server without, as text or as JSON, before R") {
  const std::pair<const char*, const char*> cases[] = {
      {R"("H":true,"E":"no \"entry\"","D":{"code":7})", R"(hub error: no "entry" {"code":7})"},
      {R"("H":true,"E":"no","D":"text")", R"(hub error: no "text")"},
      {R"("H":true,"E":"no")", "hub error: no"},
      {R"("E":"masked","D":{"code":7})", "error: masked"},
      {R"("H":false,"E":"masked","D":1)", "error: masked"},
      {R"("H":1,"E":"masked","D":1)", "error: masked"},
      {R"("E":{"deep":[1]})", R"(error: {"deep":[1]})"},
      {R"("E":404)", "error: 404"},
      {R"("E":"")", "error: "},
      {R"("E":null,"R":1)", "1"},
      {R"("E":"both","R":1)", "error: both"},
  };
  for (const auto& pair : cases) {
    const std::string members = pair.first;
    CAPTURE(members);
    Caller world;
    world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
    Invocation call = world.chat.invoke("Get");
    world.settle();
    world.frame(R"({"I":"1",)" + members + "}");
    CHECK(outcome(call) == pair.second);
  }
}

TEST_CASE("an error tells the method, the id and the server's text, apart from ours") {
  Caller world;
  world.server.hub("Chat").on("Fail", [](server::Call& call) { call.error("not today", true, R"({"code":7})"); });
  try {
    world.chat.invoke("Fail").get<void>();
    FAIL("no error");
  } catch (const InvocationError& error) {
    CHECK(error.method() == "Fail");
    CHECK(error.id() == "1");
    CHECK(error.hub_error());
    CHECK(error.server_text() == "not today");
    REQUIRE(error.data());
    CHECK(error.data()->text() == R"({"code":7})");
    CHECK(std::string(error.what()) == "failed to invoke \"Fail\" (1): not today");
    CHECK(error.cause() == nullptr);
  }
}

TEST_CASE("P#83 a long error with control characters is one bounded line in the sentence, and bounded apart") {
  Caller world;
  const std::string text = "no \u00e9\u00e8\x1b[31m\nerror: forged\r\n\u202e\u009b" + std::string(5'000'000, 'x');
  world.server.hub("Chat").on("Fail", [&](server::Call& call) { call.error(text, true); });
  std::string what;
  try {
    world.chat.invoke("Fail").get<void>();
  } catch (const InvocationError& error) {
    what = error.what();
    CHECK(error.server_text() == text.substr(0, 64 * 1024));
  }
  CHECK(what.substr(0, 71) == "failed to invoke \"Fail\" (1): no \u00e9\u00e8?[31m error: forged  ??xxxxxxxxxxxx");
  CHECK(what.size() <= 4096);

  // Nor in the sentence of an error that it causes: of a handler that lets it through.
  world.server.hub("Chat").on("Ask", [](server::Call& call) { call.result("1"); });
  world.chat.invoke("Ask").then([&](const Result<RawJson>&) { throw std::runtime_error(text); });
  world.settle();
  REQUIRE(world.errors.size() == 1);
  CHECK(std::string_view(world.errors[0]->what()).size() <= 4096);
  for (const std::string& line : world.log) CHECK(line.find_first_of("\n\r\x1b") == std::string::npos);
}

TEST_CASE("P#86 P#87 progress comes in order, before the end only, and ends nothing") {
  Caller world;
  world.server.hub("Chat").on("Work", [](server::Call& call) { call.never(); });
  Invocation call = world.chat.invoke("Work");
  call.on_progress([&](RawJsonView report) { world.story.emplace_back(report.text()); });
  call.then([&](Result<RawJson> answer) { world.story.push_back("done: " + answer.value().text()); });
  world.settle();
  world.frame(R"({"C":"1","M":[{"I":"P|1","P":{"I":"1","D":10}},{"I":"P|1","P":{"I":"1","D":{"at":20}}}]})");
  world.frame(
      R"({"C":"2","M":[{"I":"P|1","P":{"I":"1"}},{"I":"P|1","P":{"D":1}},{"I":"P|1","P":7},{"I":"P|9","P":{"I":"9","D":1}}]})");
  world.frame(R"({"I":"1","R":"ready"})");
  world.frame(R"({"C":"3","M":[{"I":"P|1","P":{"I":"1","D":99}}]})");
  CHECK(world.story == Story{"10", R"({"at":20})", "null", "done: \"ready\""});
  CHECK(world.errors.empty());
}

TEST_CASE("progress that came before its handler is handed over first, decoded when asked for") {
  Caller world;
  world.server.hub("Chat").on("Work", [](server::Call& call) {
    call.progress("1");
    call.progress("2");
    call.result("3");
  });
  Invocation call = world.chat.invoke("Work");
  CHECK(call.get<int>() == 3);
  std::vector<int> seen;
  call.on_progress<int>([&](int report) { seen.push_back(report); });
  world.settle();
  CHECK(seen == std::vector<int>{1, 2});
}

TEST_CASE("progress that came before its handler is bounded, in number and in bytes; the newest is kept") {
  const auto kept = [](const Limits& limits, int reports, const std::string& padding) {
    World world;
    world.server.hub("Chat").on("Work", [](server::Call& call) { call.never(); });
    world.options.limits = limits;
    Conn conn = world.dial();
    Invocation call = Client("chat", conn).invoke("Work");
    world.settle();
    for (int i = 1; i <= reports; ++i) {
      world.server.peer().send(R"({"M":[{"I":"P|1","P":{"I":"1","D":")" + std::to_string(i) + padding + R"("}}]})");
      world.settle();
    }
    std::vector<int> seen;
    call.on_progress<std::string>([&](const std::string& report) { seen.push_back(std::stoi(report)); });
    world.settle();
    return seen;
  };
  const std::string mebibyte(1024 * 1024, 'x');
  CHECK(kept({}, 300, "").size() == 256);
  CHECK(kept({}, 300, "").back() == 300);
  CHECK(kept({}, 20, mebibyte).size() == 15);
  Limits limits;
  limits.max_early_progress = 2;
  CHECK(kept(limits, 4, "") == std::vector<int>{3, 4});
  limits.max_early_progress_bytes = 4;  // a report is three bytes
  CHECK(kept(limits, 4, "") == std::vector<int>{4});
  limits.max_early_progress = 0;
  CHECK(kept(limits, 4, "").empty());
}

TEST_CASE("P#88 state from an answer is there before the call ends, from a call before its handler; not from errors") {
  Caller world;
  world.server.hub("Chat").on("Get", [](server::Call& call) { call.never(); });
  Invocation call = world.chat.invoke("Get");
  const auto name = [&] {
    const auto value = world.chat.state("NAME");
    return value ? value->text() : "nothing";
  };
  call.then([&](Result<RawJson>) { world.story.push_back("answer: " + name()); });
  const Subscription told = world.chat.on("told", [&] { world.story.push_back("told: " + name()); });
  world.settle();
  world.frame(R"({"I":"1","S":{"Name":"a"}})");
  world.frame(R"({"C":"1","M":[{"H":"CHAT","M":"told","A":[],"S":{"name":{"first":"b"}}}]})");
  Invocation bad = world.chat.invoke("Get");
  world.settle();
  world.frame(R"({"I":"2","S":{"name":"c"},"E":"no"})");
  CHECK(world.story == Story{"answer: \"a\"", R"(told: {"first":"b"})"});
  CHECK(name() == R"({"first":"b"})");
  world.chat.invoke("Get");
  world.settle();
  CHECK(world.sent().find(R"("S":{"name":{"first":"b"}})") != std::string::npos);
}
