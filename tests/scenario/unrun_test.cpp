// Blocking calls while nothing runs the executor: an io_context of the user's that nobody runs, or a handler that
// doesn't return.
#include <signalr/client.hpp>

#include "loop_world.hpp"

using namespace scenario;

namespace {

struct Doubtful : LoopWorld {
  Doubtful() { loop->tells_runner = false; }
};

/// While it lives, nothing of the loop runs.
class Parked {
 public:
  explicit Parked(Executor& loop) {
    std::promise<void> parked;
    loop.post([&parked, go_on = go_on_.get_future()] {
      parked.set_value();
      go_on.wait();
    });
    parked.get_future().wait();
  }
  Parked(const Parked&) = delete;
  Parked& operator=(const Parked&) = delete;
  ~Parked() { go_on_.set_value(); }

 private:
  std::promise<void> go_on_;
};

template <class Error, class Call>
void check_names_run(Call call) {
  CHECK_THROWS_WITH_AS(call(), doctest::Contains("another thread must be in io.run()"), Error);
}

constexpr std::chrono::milliseconds kSoon(20);

}  // namespace

TEST_CASE("where nothing of the executor runs, a blocking call ends at its deadline and names io.run()") {
  Doubtful world;
  Conn raw = world.dial();
  Conn conn = world.dial();
  Client chat("chat", conn);
  CallbackStream ticks = chat.callback("tick");
  CallbackStream brief = chat.callback("tock", {}, CallOptions{1s});
  const auto late = [](auto call) { check_names_run<DeadlineError>(call); };
  {
    const Parked parked(*world.loop);
    late([&] { signalr::dial("http://server.test", Hubs{{"chat"}}, world.options, kSoon); });
    late([&] { raw.read_message(kSoon); });
    late([&] { raw.write_message(call("1", "Echo", {"1"}), kSoon); });
    late([&] { raw.send("text", kSoon); });
    late([&] { raw.close(kSoon); });
    late([&] { chat.invoke(kSoon, "Echo", 1).get<int>(); });
    late([&] { chat.invoke(kSoon, "Echo", 1).exec(); });
    late([&] { ticks.read_raw(kSoon); });
    late([&] { brief.read(); });
    late([&] { chat.run(kSoon); });
    late([&] { chat.close(kSoon); });
  }
}

TEST_CASE("where nothing of the executor runs, canceling a blocking call ends it") {
  Doubtful world;
  Conn conn = world.dial();
  CancelSource source;
  source.cancel();
  const Parked parked(*world.loop);
  check_names_run<CanceledError>([&] { conn.write_message(call("1", "Echo", {"1"}), {{}, source.token()}); });
}

TEST_CASE("a message that comes once a reader has given up so is the next reader's") {
  Doubtful world;
  Conn conn = world.dial();
  world.loop->holds_timers = true;
  const int before = world.loop->posts;
  auto reading = std::async(std::launch::async, [&] { CHECK_THROWS_AS(conn.read_message(300ms), DeadlineError); });
  while (world.loop->posts == before && reading.wait_for(0s) != std::future_status::ready) std::this_thread::yield();
  {
    const Parked parked(*world.loop);
    world.loop->post([&] { world.server->broadcast("Chat", "tick", "[1]"); });
    reading.get();
  }
  CHECK(conn.read_message(CallOptions{1min}).messages().at(0).method == "tick");
}

TEST_CASE("a blocking call without a deadline says in the log that nothing runs the executor") {
  Doubtful world;
  std::promise<std::string> warned;
  world.options.log = [&](LogLevel level, std::string_view line) {
    if (level == LogLevel::warning) warned.set_value(std::string(line));
  };
  Conn conn = world.dial();
  CancelSource source;
  const Parked parked(*world.loop);
  auto reading = std::async(std::launch::async, [&] {
    CHECK_THROWS_AS(conn.read_message(CallOptions{{}, source.token()}), CanceledError);
  });
  auto line = warned.get_future();
  const bool told = line.wait_for(1min) == std::future_status::ready;
  source.cancel();
  reading.get();
  REQUIRE(told);
  CHECK(line.get() ==
        "read_message has waited for a second in vain: nothing runs the connection's executor, or what it runs doesn't "
        "return; where that is on an asio::io_context, another thread must be in io.run()");
}

TEST_CASE("on a loop that is known to have a thread, a call ends no sooner than the handler that runs there") {
  LoopWorld world;
  Conn conn = world.dial();
  std::future<void> reading;
  {
    const Parked handler(*world.loop);
    const int before = world.loop->posts;
    reading = std::async(std::launch::async, [&] {
      CHECK_THROWS_WITH_AS(conn.read_message(kSoon), doctest::Contains("was not done within its deadline"),
                           DeadlineError);
    });
    while (world.loop->posts == before) std::this_thread::yield();
    CHECK(reading.wait_for(300ms) == std::future_status::timeout);
  }
  reading.get();
}
