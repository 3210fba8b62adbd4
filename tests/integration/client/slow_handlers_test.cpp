// Handlers that take their time on real loops, over real sockets: whom they keep waiting, and whom not.
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <signalr/client.hpp>
#include <signalr/event_loop.hpp>
#include <signalr/websocketpp/event_loop.hpp>

#include "world.hpp"

using namespace signalr;
using namespace signalr::test;
using std::chrono::milliseconds;

namespace {

constexpr TransportKind kKinds[] = {TransportKind::websockets, TransportKind::server_sent_events,
                                    TransportKind::long_polling};

struct Loops {
  const char* name;
  std::shared_ptr<Executor> (*make)();
};
constexpr Loops kLoops[] = {{"Asio's", make_asio_event_loop}, {"the core's", make_event_loop}};

/// Runs a test over each transport on each loop.
template <class Test>
void everywhere(Test test) {
  for (const Loops& loop : kLoops) {
    for (const TransportKind kind : kKinds) {
      CAPTURE(loop.name);
      CAPTURE(to_string(kind));
      Local local;
      const DefaultTransport transport = make_default_transport(local.trust());
      DialOptions options;
      options.http_client = transport.http_client;
      options.dialer = transport.dialer;
      options.executor = loop.make();
      options.transports = {kind};
      test(local, options);
    }
  }
}

Conn dial(const Local& local, const DialOptions& options) {
  return signalr::dial(local.server.url(), Hubs{{"TestHub"}}, options, patiently());
}

}  // namespace

TEST_CASE("a deadline waits for the handler that runs, not for all that are to run") {
  everywhere([](Local& local, const DialOptions& options) {
    local.hubs(
        [](server::HubServer& hubs) { hubs.hub("TestHub").on("Nothing", [](server::Call& call) { call.never(); }); });
    std::mutex mutex;
    std::vector<TimePoint> begun;  // of each slow handler
    Conn busy = dial(local, options);
    Client busy_client("TestHub", busy);
    const Subscription slow = busy_client.on("slow", [&] {
      {
        const std::lock_guard<std::mutex> lock(mutex);
        begun.push_back(Clock::now());
      }
      std::this_thread::sleep_for(milliseconds(20));  // the handler's work
    });
    Conn quiet = dial(local, options);
    Client client("TestHub", quiet);
    local.hubs([](server::HubServer& hubs) {
      for (int i = 0; i < 40; ++i) hubs.broadcast("TestHub", "slow", "[]");
    });
    const TimePoint due = Clock::now() + milliseconds(200);
    std::promise<TimePoint> told;
    client.invoke(CallOptions{Deadline(due)}, "Nothing").then([&](const Result<RawJson>& answer) {
      CHECK_FALSE(answer.ok());
      told.set_value(Clock::now());
    });
    auto future = told.get_future();
    REQUIRE(future.wait_for(kPatience) == std::future_status::ready);
    const TimePoint end = future.get();
    const std::lock_guard<std::mutex> lock(mutex);
    const auto late = std::count_if(begun.begin(), begun.end(), [&](TimePoint at) { return at > due && at < end; });
    CHECK(late <= 2);
  });
}

TEST_CASE("an answer that came in time isn't missed because a handler ran past the deadline") {
  everywhere([](Local& local, const DialOptions& options) {
    Conn conn = dial(local, options);
    Client client("TestHub", conn);
    std::atomic<TimePoint::rep> until{0};
    std::atomic<bool> began_in_time{false};
    const Subscription slow = client.on("slow", [&] {
      const TimePoint end{Duration(until.load())};
      began_in_time = Clock::now() < end - milliseconds(200);
      std::this_thread::sleep_until(end);  // the handler's work
    });
    local.hubs([](server::HubServer& hubs) {
      hubs.hub("TestHub").on("Mixed", [&hubs](server::Call& call) {
        for (int i = 0; i < 3; ++i) hubs.broadcast("TestHub", "slow", "[]");
        call.result("7");
      });
    });
    bool judged = false;
    // On a machine that is too slow for it, again with more time.
    for (milliseconds deadline(300); deadline < kPatience; deadline *= 3) {
      until = (Clock::now() + deadline + milliseconds(100)).time_since_epoch().count();
      Invocation call = client.invoke(CallOptions{deadline}, "Mixed");
      std::optional<int> answer;
      try {
        answer = call.get<int>();
      } catch (const Error&) {  // looked at below
      }
      if (!answer && !began_in_time) continue;
      judged = true;
      CHECK(answer == 7);
      break;
    }
    CHECK(judged);
  });
}
