// Being called by the server: who is called, with what, in which order; what is bad, and what comes too early.
#include <signalr/client.hpp>

#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

namespace {

struct Called : World {
  Conn conn = (server.hub("News"), signalr::dial(server.origin(), Hubs{{"chat", "News"}}, options));
  Client chat{"chat", conn};
  Client news{"news", conn};

  Called() {
    settle();
    story.clear();
  }
  void frame(std::string_view text) {
    server.peer().send(text);
    settle();
  }
  auto note(std::string text) {
    return [this, text = std::move(text)] { story.push_back(text); };
  }
};

}  // namespace

TEST_CASE("a handler gets its arguments with their types") {
  Called world;
  const Subscription told = world.chat.on("say", [&](const std::string& who, int count, std::optional<double> price) {
    world.story.push_back(who + " " + std::to_string(count) + (price ? " priced" : " free"));
  });
  world.server.broadcast("Chat", "say", R"(["Ann",3,1.5])");
  world.server.broadcast("Chat", "say", R"(["Bob",4,null])");
  world.settle();
  CHECK(world.story == Story{"Ann 3 priced", "Bob 4 free"});
}

TEST_CASE("a handler may take views, or the call as it came") {
  Called world;
  const Subscription views = world.chat.on("say", [&](std::string_view who, RawJsonView rest) {
    world.story.push_back(std::string(who) + std::string(rest.text()));
  });
  const Subscription whole = world.chat.on("say", [&](const HubCallView& call) {
    world.story.push_back(std::string(call.hub) + "." + std::string(call.method) + "/" +
                          std::to_string(call.arg_count));
  });
  world.server.broadcast("Chat", "Say", R"(["Ann",{"a":[1]}])");
  world.settle();
  CHECK(world.story == Story{R"(Ann{"a":[1]})", "Chat.Say/2"});
}

TEST_CASE("P#123 an emoji that the server cut in half is no reason to lose a call") {
  Called world;
  const Subscription text = world.chat.on("say", [&](const std::string& said) { world.story.push_back(said); });
  const Subscription raw =
      world.chat.on("say", [&](RawJsonView said) { world.story.push_back(std::string(said.text())); });
  world.frame(R"({"C":"1","M":[{"H":"Chat","M":"say","A":["half of it: \ud83d"]}]})");
  CHECK(world.story == Story{"half of it: \uFFFD", R"("half of it: \ud83d")"});
  CHECK(world.errors.empty());
}

TEST_CASE("P#89 hub and method are compared without regard to case; two hubs don't cross") {
  Called world;
  const Subscription a = world.chat.on("onMESSAGE", world.note("chat"));
  const Subscription b = world.news.on("OnMessage", world.note("news"));
  world.frame(R"({"C":"1","M":[{"H":"Chat","M":"onMessage","A":[]},{"H":"NEWS","M":"onmessage","A":[]}]})");
  CHECK(world.story == Story{"chat", "news"});
}

TEST_CASE("P#90 elements that are no calls of ours are dropped, the next one is served") {
  Called world;
  const Subscription say = world.chat.on("say", world.note("said"));
  world.settle();
  world.frame(
      R"({"C":"1","M":[{"H":"Other","M":"say","A":[]},{"H":"Chat","M":"unknown","A":[]},{"M":"say","A":[]},)"
      R"({"H":"Chat","A":[]},{"H":"Chat","M":"say","A":{}},{"H":"Chat","M":"say","A":"x"},{"H":"Chat","M":"say","A":0},)"
      R"({"H":1,"M":"say","A":[]},{"H":"Chat","M":null,"A":[]},"text",null,7,[],{},)"
      R"({"H":"Chat","M":"say","A":[1,2,3]}]})");
  CHECK(world.story == Story{"said"});
  CHECK(world.errors.empty());
}

TEST_CASE("P#90 a call whose arguments are null or missing has none") {
  Called world;
  const Subscription any = world.chat.on_any([&](const HubCallView& call) {
    world.story.push_back("any " + std::string(call.method) + "/" + std::to_string(call.arg_count) +
                          (call.has_args ? " has" : ""));
  });
  const Subscription none = world.chat.on("none", world.note("none"));
  const Subscription one = world.chat.on("one", [&](const std::string&) { world.story.emplace_back("one"); });
  const Subscription whole =
      world.chat.on("one", [&](const HubCallView&) { world.story.emplace_back("one, as it came"); });
  world.settle();
  const std::string missing = "expected a value, but got none: the call has fewer arguments";
  for (const char* args : {"", R"(,"A":null)", R"(,"A":[1],"A":null)"}) {
    CAPTURE(args);
    world.story.clear();
    world.frame(R"({"C":"1","M":[{"H":"Chat","M":"none")" + std::string(args) + R"(},{"H":"Chat","M":"one")" + args +
                "}]}");
    CHECK(world.story == Story{"any none/0", "none", "any one/0",
                               "error: can't decode a call of \"Chat.one\", argument 1: " + missing,
                               "one, as it came"});
    CHECK(dynamic_cast<const DecodeError*>(world.errors.back().get()) != nullptr);
  }
}

TEST_CASE("P#90 a call without arguments that comes before its handler is kept as any other") {
  Called world;
  world.frame(R"({"C":"1","M":[{"H":"Chat","M":"say","A":null},{"H":"Chat","M":"say"}]})");
  const Subscription say = world.chat.on("say", world.note("said"));
  world.settle();
  CHECK(world.story == Story{"said", "said"});
}

TEST_CASE("P#56 the messages of a frame are dispatched in order, whatever becomes of one of them") {
  Called world;
  const Subscription whole =
      world.chat.on("whole", [&](int n) { world.story.push_back("whole " + std::to_string(n)); });
  const Subscription fails = world.chat.on("fails", [] { throw std::runtime_error("oops"); });
  world.settle();
  world.frame(
      R"({"C":"1","M":[{"H":"Chat","M":"whole","A":[1]},{"H":"Chat","M":"fails","A":[]},)"
      R"({"H":"Chat","M":"whole","A":["two"]},{"H":"Chat","M":"whole","A":[]},{"H":"Chat","M":"whole","A":[3]}]})");
  REQUIRE(world.story.size() == 5);
  CHECK(world.story.front() == "whole 1");
  CHECK(world.story.back() == "whole 3");
  CHECK(world.errors.size() == 3);
}

TEST_CASE("P#91 several handlers are called in order; one that throws is reported, the next one runs") {
  Called world;
  std::vector<Subscription> subscriptions;
  subscriptions.push_back(world.chat.on("say", world.note("first")));
  subscriptions.push_back(world.chat.on("say", [] { throw std::runtime_error("oops"); }));
  subscriptions.push_back(world.chat.on("say", world.note("third")));
  world.server.broadcast("Chat", "say", "[]");
  world.settle();
  REQUIRE(world.story.size() == 3);
  CHECK(world.story[0] == "first");
  CHECK(world.story[1].find("oops") != std::string::npos);
  CHECK(world.story[2] == "third");
  CHECK(world.errors.at(0)->what() != std::string());
}

TEST_CASE("P#91 handlers may be removed and added by a handler, also the one that runs and the next one") {
  Called world;
  std::vector<Subscription> subscriptions(3);
  subscriptions[0] = world.chat.on("say", [&] {
    world.story.push_back("first");
    subscriptions[0].reset();
    subscriptions[1].reset();
    subscriptions[2] = world.chat.on("say", world.note("added"));
  });
  subscriptions[1] = world.chat.on("say", world.note("second"));
  world.server.broadcast("Chat", "say", "[]");
  world.server.broadcast("Chat", "say", "[]");
  world.settle();
  CHECK(world.story == Story{"first", "added"});
}

TEST_CASE("a subscription that goes takes its handler with it; a detached one stays") {
  Called world;
  {
    const Subscription gone = world.chat.on("say", world.note("gone"));
    world.chat.on("say", world.note("stays")).detach();
    world.server.broadcast("Chat", "say", "[]");
    world.settle();
  }
  world.server.broadcast("Chat", "say", "[]");
  world.settle();
  CHECK(world.story == Story{"gone", "stays", "stays"});
}

TEST_CASE("fewer arguments than a handler takes, or others, are an error event; more are ignored") {
  Called world;
  const Subscription say = world.chat.on(
      "say", [&](const std::string& who, int count) { world.story.push_back(who + std::to_string(count)); });
  world.server.broadcast("Chat", "say", R"(["Ann"])");
  world.server.broadcast("Chat", "say", R"(["Ann","many"])");
  world.server.broadcast("Chat", "say", R"(["Ann",3,4,5])");
  world.settle();
  REQUIRE(world.story.size() == 3);
  CHECK(world.story[0] ==
        "error: can't decode a call of \"Chat.say\", argument 2: expected a value, but got none: the call has fewer "
        "arguments");
  CHECK(world.story[1].find("error: can't decode a call of \"Chat.say\", argument 2: expected an integer") == 0);
  CHECK(world.story[2] == "Ann3");
  for (const ErrorPtr& error : world.errors) CHECK(dynamic_cast<const DecodeError*>(error.get()) != nullptr);
}

TEST_CASE("what a handler decodes itself and can't is a DecodeError that names the call, too") {
  Called world;
  const Subscription any = world.chat.on_any([](const HubCallView& call) { (void)decode_json<int>(call.arg(0)); });
  world.server.broadcast("Chat", "say", R"(["Ann"])");
  world.settle();
  REQUIRE(world.errors.size() == 1);
  CHECK(find_cause<DecodeError>(*world.errors[0])->where() == "a call of \"Chat.say\"");
}

TEST_CASE("P#135 what a handler throws, be it a text of the server's, is told on one line of at most 4 KiB") {
  Called world;
  const Subscription on = world.chat.on("say", [](const std::string& text) { throw std::runtime_error(text); });
  world.server.broadcast("Chat", "say", R"(["no\n\u001b[31merror: forged)" + std::string(100'000, 'x') + "\"]");
  world.settle();
  REQUIRE(world.errors.size() == 1);
  const std::string what = world.errors[0]->what();
  CHECK(what.find("threw an exception: no ?[31merror: forgedxxx") != std::string::npos);
  CHECK(what.size() <= 4096);
}

TEST_CASE("the error of a handler that threw names the handler, and keeps an error of ours as its cause") {
  Called world;
  const auto fail = [](const auto&...) { throw std::runtime_error("oops"); };
  std::vector<Subscription> subscriptions;
  subscriptions.push_back(world.chat.on("say", [] { throw std::runtime_error("oops"); }));
  subscriptions.push_back(world.chat.on_any(fail));
  subscriptions.push_back(world.chat.on_result(fail));
  world.conn.on_reconnecting([](const Error&, int) { throw UsageError("mine"); });
  world.settle();
  world.server.broadcast("Chat", "say", "[]");
  world.settle();
  world.server.hub("Chat").on("Add", [](server::Call& call) {
    call.progress("1");
    call.result("5");
  });
  world.chat.invoke("Add").then(fail).on_progress(fail).on_progress<std::string>([](const std::string&) {});
  world.settle();
  world.chat.invoke("Add").on_progress(fail);
  world.settle();
  world.server.peer().cut();
  world.settle();
  Story handlers;
  for (const std::string& line : world.story) {
    const std::size_t at = line.find(" threw an exception: ");
    handlers.push_back(line.substr(0, at));
  }
  CHECK(handlers == Story{R"(error: a handler (on_any of "Chat.say"))", R"(error: a handler (on of "Chat.say"))",
                          R"(error: can't decode progress of "chat.Add": expected a string, but got the number 1)",
                          R"(error: a handler (on_result of "chat"))", R"(error: a handler (then of "chat.Add"))",
                          R"(error: a handler (on_progress of "chat.Add"))",
                          R"(error: a handler (on_result of "chat"))", "Connected -> Reconnecting",
                          "error: a handler (on_reconnecting)", "Reconnecting -> Connected"});
  CHECK(find_cause<UsageError>(*world.errors.back()) != nullptr);
}

TEST_CASE("one handler can see every call of a hub, before the others, whether anybody else is called or not") {
  Called world;
  world.settle();
  const Subscription one = world.chat.on("say", world.note("say"));
  const Subscription all =
      world.chat.on_any([&](const HubCallView& call) { world.story.push_back("any " + std::string(call.method)); });
  world.server.broadcast("Chat", "say", "[]");
  world.server.broadcast("Chat", "other", "[]");
  world.server.broadcast("News", "say", "[]");
  world.settle();
  CHECK(world.story == Story{"any say", "say", "any other"});
}

TEST_CASE("calls that come before their handler are kept for it, in order, until run") {
  Called world;
  for (int i = 0; i < 3; ++i) world.server.broadcast("Chat", "say", "[" + std::to_string(i) + "]");
  world.server.broadcast("Chat", "late", "[]");
  world.settle();
  const Subscription say = world.chat.on("say", [&](int i) { world.story.push_back(std::to_string(i)); });
  world.settle();
  CHECK(world.story == Story{"0", "1", "2"});
  const Subscription second = world.chat.on("say", world.note("second"));  // they were delivered
  world.settle();
  CHECK(world.story.size() == 3);
  world.chat.async_run([](Result<void>) {});
  world.settle();
  const Subscription late = world.chat.on("late", world.note("late"));
  world.settle();
  CHECK(world.story.size() == 3);
}

TEST_CASE("early calls go to all handlers that are registered together, in the order of live ones") {
  Called world;
  for (int i = 0; i < 2; ++i) world.server.broadcast("Chat", "say", "[" + std::to_string(i) + "]");
  world.server.broadcast("Chat", "other", "[]");
  world.settle();
  const auto seen = [&](const char* who) {
    return [&world, who](const HubCallView& call) {
      const std::string arg(call.arg(0).missing() ? "" : call.arg(0).text());
      world.story.push_back(who + (" " + std::string(call.method)) + arg);
    };
  };
  const Subscription first = world.chat.on("say", seen("first"));
  const Subscription all = world.chat.on_any(seen("any"));
  const Subscription second = world.chat.on("say", seen("second"));
  world.server.broadcast("Chat", "say", "[2]");  // a live one comes after them
  world.settle();
  CHECK(world.story == Story{"any say0", "first say0", "second say0", "any say1", "first say1", "second say1",
                             "any other", "any say2", "first say2", "second say2"});
}

TEST_CASE("what on_any got is delivered: it isn't kept, not counted as dropped, and no other handler gets it later") {
  World world;
  world.options.limits.max_early_calls = 3;
  int gaps = 0;
  world.options.events.on_gap = [&](const Gap&) { ++gaps; };
  Conn conn = world.dial();
  Client chat("chat", conn);
  std::size_t seen = 0;
  const Subscription all = chat.on_any([&](const HubCallView&) { ++seen; });
  world.settle();
  for (int i = 0; i < 20; ++i) world.server.broadcast("Chat", "say", "[]");
  world.settle();
  CHECK(seen == 20);
  CHECK(world.errors.empty());
  CHECK(gaps == 0);
  CHECK(conn.stats().calls_dropped == 0);
  const Subscription later = chat.on("say", [] { FAIL("a call was delivered twice"); });
  world.settle();
}

TEST_CASE("early calls that on_any takes are delivered, too") {
  Called world;
  world.server.broadcast("Chat", "say", "[]");
  world.settle();
  const Subscription all = world.chat.on_any([&](const HubCallView&) { world.story.emplace_back("any"); });
  world.settle();
  const Subscription later = world.chat.on("say", world.note("again"));
  world.settle();
  CHECK(world.story == Story{"any"});
}

TEST_CASE("calls without a handler are kept within a limit, which is told once") {
  World world;
  world.options.limits.max_early_calls = 2;
  Conn conn = world.dial();
  Client chat("chat", conn);
  world.settle();
  world.story.clear();
  for (int i = 0; i < 5; ++i) world.server.broadcast("Chat", "say", "[" + std::to_string(i) + "]");
  world.settle();
  REQUIRE(world.errors.size() == 1);
  CHECK(dynamic_cast<const LimitError&>(*world.errors[0]).option() == "max_early_calls");
  std::vector<int> seen;
  const Subscription say = chat.on("say", [&](int i) { seen.push_back(i); });
  world.settle();
  CHECK(seen == std::vector<int>{0, 1});
  CHECK(conn.stats().calls_dropped == 3);
}

TEST_CASE("P#92 a handler may call, subscribe, unsubscribe, stop, and destroy its client and its connection") {
  Called world;
  std::optional<Client> client(std::move(world.chat));
  std::optional<Conn> conn(std::move(world.conn));
  Subscription other = client->on("other", world.note("other"));
  Subscription say = client->on("say", [&] {
    client->invoke("Echo", 1).then([&](Result<RawJson>) { world.story.push_back("never"); });
    client->notify("Echo", 2);
    other.reset();
    client.reset();
    conn.reset();
    world.story.push_back("said");
  });
  world.frame(
      R"({"C":"1","M":[{"H":"Chat","M":"say","A":[]},{"H":"Chat","M":"say","A":[]},{"H":"Chat","M":"other","A":[]}]})");
  CHECK(world.story == Story{"said"});
}

TEST_CASE("a frame of very many calls and one of very large arguments are served whole") {
  Called world;
  std::size_t calls = 0, bytes = 0;
  const Subscription say = world.chat.on("say", [&](std::string_view text) {
    ++calls;
    bytes += text.size();
  });
  world.settle();
  std::string frame = R"({"C":"1","M":[)";
  for (int i = 0; i < 60'000; ++i) frame += std::string(i == 0 ? "" : ",") + R"({"H":"Chat","M":"say","A":["x"]})";
  world.frame(frame + "]}");
  CHECK(calls == 60'000);
  world.frame(R"({"C":"2","M":[{"H":"Chat","M":"say","A":[")" + std::string(15 * 1024 * 1024, 'y') + R"("]}]})");
  CHECK(calls == 60'001);
  CHECK(bytes == 60'000 + 15 * 1024 * 1024);
  CHECK(world.errors.empty());
}
