// A client whose handlers take their time: clients and server on one virtual clock, which a handler can let go by.
#pragma once

#include <memory>
#include <string>

#include <signalr/client.hpp>

#include "scenario.hpp"
#include "sleepy_executor.hpp"

namespace scenario {

using namespace signalr;

struct BusyWorld {
  std::shared_ptr<memory::VirtualExecutor> clock = std::make_shared<memory::VirtualExecutor>();
  std::shared_ptr<SleepyExecutor> executor = std::make_shared<SleepyExecutor>(*clock);
  memory::Network network{executor};
  memory::FakeServer server{network, "http://server.test"};
  DialOptions options;
  Story story;

  explicit BusyWorld(TransportKind kind = TransportKind::websockets) {
    server.hub("Chat")
        .on("Echo", [](server::Call& call) { call.result(call.args().at(0)); })
        .on("Never", [](server::Call& call) { call.never(); });
    options.http_client = network.http_client();
    options.dialer = network.dialer();
    options.executor = executor;
    options.transports = {kind};
    options.events.on_state_changed = [this](ConnectionState, ConnectionState to) {
      story.emplace_back(to_string(to));
    };
    options.events.on_closed = [this](const Error*) { story.emplace_back("closed"); };
    options.events.on_gap = [this](const Gap&) { story.emplace_back("gap"); };
  }

  Conn connect() {
    Conn conn = signalr::dial("http://server.test", Hubs{{"chat"}}, options, CallOptions{1min});
    clock->run_ready();
    story.clear();
    return conn;
  }

  /// How long it has been since the beginning, in milliseconds.
  long ms() const {
    return static_cast<long>(
        std::chrono::duration_cast<std::chrono::milliseconds>(executor->now() - memory::VirtualExecutor::kStart)
            .count());
  }
  /// A handler of "work" takes that long, and writes down its argument first.
  Subscription slow(Client& client, Duration time) {
    return client.on("work", [this, time](const std::string& name) {
      story.push_back(name);
      executor->sleep(time);
    });
  }
  void work(const std::string& name) { server.broadcast("Chat", "work", "[\"" + name + "\"]"); }
  template <class Predicate>
  bool until(Predicate predicate) {
    return clock->run_until(predicate, 1h);
  }
  /// Tells how the call ended: what came, or the error's beginning.
  void tell(Invocation invocation, const std::string& name) {
    invocation.then([this, name](const Result<RawJson>& answer) {
      story.push_back(name + (answer.ok() ? " = " + std::string(answer.value().text()) : std::string(" failed")));
    });
  }
};

inline constexpr TransportKind kTransports[] = {TransportKind::websockets, TransportKind::server_sent_events,
                                                TransportKind::long_polling};

template <class Test>
void over_all(Test test) {
  for (const TransportKind kind : kTransports) {
    CAPTURE(to_string(kind));
    BusyWorld world(kind);
    test(world);
  }
}

}  // namespace scenario
