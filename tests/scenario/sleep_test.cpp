// The machine sleeps: time jumps, nothing of it was seen (P§7.3).
#include "scenario.hpp"
#include "sleepy_executor.hpp"

using namespace scenario;
using namespace signalr;

namespace {

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

TEST_CASE("after a shorter sleep a connection that is silent is taken up again") {
  Laptop laptop;
  Conn conn = laptop.connect();
  laptop.network.stall_all();
  laptop.executor->sleep(40s);
  laptop.clock->advance(1s);  // for what may be on its way
  CHECK(laptop.story == Story{"Reconnecting", "Connected"});
  laptop.clock->advance(1h);
  CHECK(conn.connection_state() == ConnectionState::connected);
}

TEST_CASE("after a shorter sleep a connection that still brings keep-alives is kept") {
  Laptop laptop;
  Conn conn = laptop.connect();
  laptop.executor->sleep(40s);
  laptop.clock->advance(1h);
  CHECK(laptop.story.empty());
}

TEST_CASE("P#106 a sleep while reconnecting ends it, too") {
  Laptop laptop;
  laptop.options.max_reconnect_duration = 1h;
  Conn conn = laptop.connect();
  laptop.network.fail_connections(TransportFailure::connect);
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
