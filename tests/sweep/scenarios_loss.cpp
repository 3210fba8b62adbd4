// The transport is lost, in all its ways, and found again or not.
#include "run.hpp"
#include "scenarios.hpp"

namespace sweep {

using namespace signalr;

namespace {

void cut(Run& run) {
  run.dial();
  run.count_numbers();
  run.tell(2);
  run.settle();
  run.server.network().cut_all();
  run.tell(3);
  run.settle();
  run.go(3s);
  run.tell(1);
  run.settle();
}

void cut_twice(Run& run) {
  run.dial();
  run.count_numbers();
  for (int i = 0; i < 2; ++i) {
    run.server.network().cut_all();
    run.tell(12);  // more than a frame holds
    run.go(3s);
  }
}

void with_groups(Run& run) {
  run.dial();
  run.count_numbers();
  run.call("Join");
  run.settle();
  run.tell(2, "room");
  run.settle();
  run.refuse_for(5s);
  run.settle();
  run.tell(2, "room");
  run.go(8s);
  run.tell(1, "room");
  run.settle();
}

void fallen_silent(Run& run) {
  run.dial();
  run.count_numbers();
  run.tell(1);
  run.settle();
  run.server.network().stall_all();
  run.tell(2);
  run.go(25s);
  run.tell(1);
  run.settle();
}

void with_pending_calls(Run& run) {
  run.dial();
  run.call("Never");
  run.call("Later");
  run.settle();
  run.call("Echo", 1);  // not on its way yet
  run.server.network().cut_all();
  run.settle();
  run.call("Echo", 2);
  run.go(4s);
}

void with_reader(Run& run) {
  run.dial();
  run.read_all();
  run.tell(1);
  run.settle();
  run.refuse_for(3s);
  run.write("1", "Echo");
  run.tell(2);
  run.go(6s);
}

void without_end(Run& run) {
  run.dial();
  run.call("Never");
  run.settle();
  run.server.network().fail_connections(TransportFailure::connect);
  run.server.network().cut_all();
  run.go(40s);
}

void refused(Run& run) {
  run.dial();
  run.count_numbers();
  run.server.expect_reconnect().answer(500);
  run.server.expect_reconnect().answer(401);
  run.server.expect_reconnect().hang();
  run.server.network().cut_all();
  run.tell(2);
  run.go(15s);
}

void refused_for_good(Run& run) {
  run.dial();
  run.server.expect_reconnect().answer(
      403, "Unrecognized user identity. The user identity cannot change during an active SignalR connection.");
  run.server.network().cut_all();
  run.go(5s);
}

void restarted_server(Run& run) {
  run.dial();
  run.count_numbers();
  run.tell(2);
  run.settle();
  run.server.app().restart();
  run.tell(2);
  run.go(3s);
  run.tell(2);
  run.settle();
}

void flapping(Run& run) {
  run.dial();
  run.server.expect_reconnect().times(3).accept();
  run.server.network().cut_all();
  for (int i = 0; i < 30; ++i) {
    run.go(400ms);
    if (run.server.peers() > 1 && run.server.peer().open()) run.server.peer().close();
  }
}

void slow_handlers(Run& run) {
  run.dial();
  run.count_numbers();
  run.be_busy(300ms);
  run.call("Echo", 1);
  run.call("Never");
  run.tell(4);
  run.go(400ms);
  run.server.network().cut_all();
  run.tell(2);
  run.call("Echo", 2);
  run.go(3s);
  run.tell(3);
  run.require_connected();
  run.go(100ms);  // and is closed while handlers are behind
}

// The hub is quiet, and something in between cuts what is idle sooner than the next keep-alive comes.
void cut_idle(Run& run) {
  run.server.settings().keep_alive = 40s;
  run.dial();
  run.count_numbers();
  for (int i = 0; i < 7; ++i) {
    run.go(30s);
    run.server.network().cut_all();
    run.go(3s);
  }
  run.require_connected();
  run.tell(1);
  run.settle();
}

// What the server is saying is cut off amid a frame, each time at the same cursor.
void cut_short(Run& run) {
  const auto last = std::make_shared<std::shared_ptr<server::Exchange>>();
  if (run.options.transports.front() != TransportKind::websockets) {
    for (const char* command : {"connect", "poll", "reconnect"}) {
      run.server.expect(command).always().run([&run, last](std::shared_ptr<server::Exchange> exchange) {
        *last = exchange;
        run.server.app().on_request(std::move(exchange));
      });
    }
  }
  run.dial();
  run.count_numbers();
  for (int i = 0; i < 5; ++i) {
    if (*last == nullptr) {
      run.server.network().cut_all();
    } else {
      (*last)->write(run.options.transports.front() == TransportKind::long_polling ? "{\"C\":\"d-"
                                                                                   : "data: {\"C\":\"d-");
      (*last)->cut();
    }
    run.go(4s);
  }
  run.require_connected();
  run.tell(1);
  run.settle();
}

// Whatever is asked next finds its kept connection dead, with nothing sent: what worked before works on.
void dead_idle(Run& run) {
  auto& network = run.server.network();
  network.kill_idle_connections();
  run.dial();
  run.count_numbers();
  for (int i = 0; i < 3; ++i) {
    network.kill_idle_connections(3);
    run.call("Echo", i);
    run.tell(1);
    run.settle();
  }
  network.cut_all();
  network.kill_idle_connections();
  run.go(3s);
  run.tell(1);
  run.settle();
  run.require_connected();
  network.kill_idle_connections();
  run.close();
  run.settle();
}

}  // namespace

std::vector<Scenario> loss_scenarios() {
  return {{"cut", cut},
          {"cut-twice", cut_twice},
          {"groups", with_groups},
          {"silence", fallen_silent},
          {"pending-calls", with_pending_calls},
          {"cut-reader", with_reader},
          {"window", without_end},
          {"reconnect-refused", refused},
          {"reconnect-final", refused_for_good},
          {"server-restart", restarted_server},
          {"idle-cuts", cut_idle},
          {"cut-short", cut_short},
          {"dead-idle", dead_idle},
          {"flapping", flapping, false},
          {"slow-handlers", slow_handlers}};
}

}  // namespace sweep
