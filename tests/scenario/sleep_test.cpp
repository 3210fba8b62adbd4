// The machine sleeps: time jumps, nothing of it was seen (P§7.3).
#include <map>

#include "scenario.hpp"

using namespace scenario;
using namespace signalr;

namespace {

/// The virtual clock, on a machine that can sleep: then time passes and no task runs, timers that came due meanwhile
/// run on waking up, as with CLOCK_BOOTTIME.
class SleepyExecutor final : public Executor {
 public:
  explicit SleepyExecutor(memory::VirtualExecutor& clock) : clock_(clock) {}

  void post(Task task) override { clock_.post(std::move(task)); }
  bool running_here() const noexcept override { return clock_.running_here(); }
  TimePoint now() const noexcept override { return clock_.now() + slept_; }
  TimerId schedule(TimePoint when, Task task) override {
    const TimerId id = ++last_id_;
    timers_.emplace(id, Timer{when, std::move(task), 0});
    arm(id);
    return id;
  }
  void cancel(TimerId id) noexcept override {
    const auto timer = timers_.find(id);
    if (timer == timers_.end()) return;
    clock_.cancel(timer->second.inner);
    timers_.erase(timer);
  }
  bool help() override { return clock_.help(); }

  void sleep(Duration time) {
    slept_ += time;
    for (auto& [id, timer] : timers_) {
      clock_.cancel(timer.inner);
      arm(id);
    }
  }

 private:
  struct Timer {
    TimePoint when;
    Task task;
    TimerId inner;
  };
  void arm(TimerId id) {
    Timer& timer = timers_.at(id);
    const TimePoint when = timer.when == TimePoint::max() ? timer.when : timer.when - slept_;
    timer.inner = clock_.schedule(when, [this, id] {
      Task task = std::move(timers_.at(id).task);
      timers_.erase(id);
      task();
    });
  }

  memory::VirtualExecutor& clock_;
  Duration slept_{0};
  TimerId last_id_ = 0;
  std::map<TimerId, Timer> timers_;
};

struct Laptop {
  std::shared_ptr<memory::VirtualExecutor> clock = std::make_shared<memory::VirtualExecutor>();
  std::shared_ptr<SleepyExecutor> executor = std::make_shared<SleepyExecutor>(*clock);
  memory::Network network{executor};
  memory::FakeServer server{network, "http://server.test"};
  DialOptions options;
  Story story;

  Laptop() {
    options.http_client = network.http_client();
    options.dialer = network.dialer();
    options.executor = executor;
    options.events.on_state_changed = [this](ConnectionState, ConnectionState to) {
      story.emplace_back(to_string(to));
    };
    options.events.on_error = [this](const Error& error) { story.emplace_back(error.what()); };
  }
  Conn connect() {
    Conn conn = signalr::dial("http://server.test", Hubs{{"chat"}}, options, CallOptions{1min});
    clock->run_ready();
    story.clear();
    return conn;
  }
};

}  // namespace

TEST_CASE("P#106 after a sleep for the reconnect window: error, Disconnected, no reconnect") {
  Laptop laptop;
  Conn conn = laptop.connect();
  laptop.executor->sleep(50s);  // DisconnectTimeout and KeepAliveTimeout
  laptop.clock->run_ready();
  REQUIRE(laptop.story.size() == 2);
  CHECK(laptop.story[0].find("asleep") != std::string::npos);
  CHECK(laptop.story[1] == "Disconnected");
  laptop.clock->advance(1min);
  CHECK(laptop.server.requests("reconnect").empty());
}

TEST_CASE("after a shorter sleep the connection is taken up again") {
  Laptop laptop;
  Conn conn = laptop.connect();
  laptop.executor->sleep(40s);
  laptop.clock->run_ready();
  CHECK(laptop.story == Story{"Reconnecting", "Connected"});
  laptop.clock->advance(1h);
  CHECK(conn.connection_state() == ConnectionState::connected);
}

TEST_CASE("P#106 a sleep while reconnecting ends it, too") {
  Laptop laptop;
  laptop.options.max_reconnect_duration = 1h;
  Conn conn = laptop.connect();
  laptop.network.fail_connections(TransportFailure::kConnect);
  laptop.server.peer().cut();
  laptop.clock->advance(5s);
  REQUIRE(conn.connection_state() == ConnectionState::reconnecting);
  laptop.executor->sleep(5min);
  laptop.clock->run_ready();
  CHECK(conn.connection_state() == ConnectionState::disconnected);
}

TEST_CASE("P#106 with restart a machine that wakes up dials anew") {
  Laptop laptop;
  laptop.options.restart.emplace();
  Conn conn = laptop.connect();
  laptop.executor->sleep(8h);
  laptop.clock->advance(5s);
  CHECK(conn.connection_state() == ConnectionState::connected);
  CHECK(conn.stats().restarts == 1);
  CHECK(laptop.server.requests("negotiate").size() == 2);
}
