// Handles that were moved from: each says so, whatever is asked of it, and can be used again once it is assigned to.
#include "streaming.hpp"

using namespace scenario;
using namespace signalr;

namespace {

template <class Call>
void check_empty(const char* handle, Call call) {
  const std::string words = std::string("this ") + handle + " is empty";
  CHECK_THROWS_WITH_AS(call(), doctest::Contains(words.c_str()), UsageError);
}

}  // namespace

TEST_CASE("a Client that was moved from says so") {
  Streaming world;
  Client& chat = world.chat;
  Client other = std::move(chat);
  const auto empty = [](auto call) { check_empty("Client", call); };
  empty([&] { chat.hub(); });
  empty([&] { chat.executor(); });
  empty([&] { chat.invoke("Echo", 1); });
  empty([&] { chat.invoke(CallOptions{1s}, "Echo", 1); });
  empty([&] { chat.notify("Echo", 1); });
  empty([&] { chat.set_default_timeout(1s); });
  empty([&] { static_cast<void>(chat.on("tick", [](int) {})); });
  empty([&] { static_cast<void>(chat.on_any([](const HubCallView&) {})); });
  empty([&] { static_cast<void>(chat.on_result([](const Message&) {})); });
  empty([&] { static_cast<void>(chat.callback("tick")); });
  empty([&] { chat.run(CallOptions{1s}); });
  empty([&] { chat.async_run([](const Result<void>&) {}); });
  empty([&] { chat.close(); });
  empty([&] { chat.state("room"); });
  empty([&] { chat.set_state("room", RawJson()); });
  chat = std::move(other);
  CHECK(chat.invoke("Echo", 7).get<int>() == 7);
}

TEST_CASE("a CallbackStream that was moved from says so") {
  Streaming world;
  CallbackStream ticks = world.chat.callback("tick");
  CallbackStream other = std::move(ticks);
  const auto empty = [](auto call) { check_empty("CallbackStream", call); };
  empty([&] { ticks.read(); });
  empty([&] { ticks.read_raw(CallOptions{1s}); });
  empty([&] { ticks.async_read([](const Result<HubCall>&) {}); });
  empty([&] { ticks.executor(); });
  empty([&] { ticks.close(); });
  empty([&] { static_cast<void>(ticks.end_reason()); });
  empty([&] { ticks.begin(); });
  empty([&] { ticks.as<int>().begin(); });
  ticks = std::move(other);
  world.tell(1, 2);
  CHECK(drain(ticks) == std::vector<int>{1});
}

TEST_CASE("an Invocation that was moved from says so") {
  Streaming world;
  Invocation call = world.chat.invoke("Echo", 7);
  Invocation other = std::move(call);
  const auto empty = [](auto ask) { check_empty("Invocation", ask); };
  empty([&] { call.id(); });
  empty([&] { call.method(); });
  empty([&] { call.exec(); });
  empty([&] { call.async_exec([](const Result<void>&) {}); });
  empty([&] { call.executor(); });
  empty([&] { static_cast<void>(call.done()); });
  empty([&] { call.wait(); });
  empty([&] { call.get<int>(); });
  empty([&] { call.get<void>(); });
  empty([&] { call.then([](const Result<RawJson>&) {}); });
  empty([&] { call.then<int>([](const Result<int>&) {}); });
  empty([&] { call.on_progress([](RawJsonView) {}); });
  empty([&] { call.cancel(); });
  call = std::move(other);
  CHECK(call.get<int>() == 7);
}

TEST_CASE("a Subscription and a PendingDial that were moved from have nothing left to end") {
  Streaming world;
  int ticks = 0;
  Subscription first = world.chat.on("tick", [&](int) { ++ticks; });
  Subscription second = std::move(first);
  first.reset();
  first.detach();
  world.tell(0, 1);
  CHECK(ticks == 1);
  second.reset();
  world.tell(0, 1);
  CHECK(ticks == 1);

  bool dialed = false;
  PendingDial dial =
      async_dial(world.server.origin(), Hubs{{"chat"}}, world.options, [&](Result<Conn> conn) { dialed = conn.ok(); });
  const PendingDial kept = std::move(dial);
  dial = PendingDial();
  world.settle();
  CHECK(dialed);
}
