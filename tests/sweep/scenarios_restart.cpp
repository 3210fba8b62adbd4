// The connection is over and is dialed anew; and calls that wait for a reconnect.
#include "run.hpp"
#include "scenarios.hpp"

namespace sweep {

using namespace signalr;

namespace {

void end_by_server(Run& run) {
  if (run.server.peers() > 0 && run.server.peer().open()) run.server.peer().send(R"({"E":"over"})");
  run.settle();
}

void restarting(Run& run) {
  run.options.restart.emplace();
  run.options.restart->jitter = 0;
  run.dial();
}

void once_more(Run& run) {
  restarting(run);
  run.count_numbers();
  run.tell(2);
  run.settle();
  end_by_server(run);
  run.tell(2);
  run.go(3s);
  run.tell(2);
  run.settle();
}

void with_failing_steps(Run& run) {
  restarting(run);
  run.call("Never");
  run.settle();
  run.server.expect_negotiate().answer(503);
  run.server.expect_connect().answer(500);
  run.server.expect_start().answer(500);
  end_by_server(run);
  run.call("Echo", 1);
  run.go(40s);
  run.call("Echo", 2);
  run.settle();
}

void after_the_window(Run& run) {
  restarting(run);
  run.read_all();
  run.write("1", "Echo");
  run.settle();
  run.refuse_for(35s);
  run.tell(1);
  run.go(45s);
  run.tell(1);
  run.settle();
}

void subscribing_again(Run& run) {
  run.restarted = [&run] { run.call("Join"); };
  restarting(run);
  run.stream("number");
  run.call("Join");
  run.settle();
  end_by_server(run);
  run.go(3s);
  run.tell(2, "room");
  run.settle();
}

void closed_meanwhile(Run& run) {
  restarting(run);
  run.call("Never");
  run.server.expect_start().hang();
  end_by_server(run);
  run.go(2s);
  run.close();
  run.settle();
}

void given_up(Run& run) {
  run.options.restart.emplace();
  run.options.restart->max_attempts = 1;
  run.dial();
  run.read_all();
  run.server.expect_negotiate().answer(503);
  end_by_server(run);
  run.go(1min);
}

void calls_wait(Run& run) {
  run.options.queue_while_reconnecting = true;
  run.dial();
  run.call("Never");
  run.settle();
  run.refuse_for(3s);
  run.settle();
  run.call("Echo", 1);
  run.write("100", "Echo");
  run.call("Later");
  run.go(8s);
  run.call("Echo", 2);
  run.settle();
}

void calls_wait_in_vain(Run& run) {
  run.options.queue_while_reconnecting = true;
  run.options.max_reconnect_duration = 2s;
  run.dial();
  run.server.network().fail_connections(TransportFailure::connect);
  run.server.network().cut_all();
  run.settle();
  run.call("Echo", 1);
  run.write("100", "Echo");
  run.go(5s);
}

}  // namespace

std::vector<Scenario> restart_scenarios() {
  return {{"restart", once_more},
          {"restart-steps", with_failing_steps},
          {"restart-window", after_the_window},
          {"restart-subscribe", subscribing_again},
          {"restart-closed", closed_meanwhile},
          {"restart-given-up", given_up},
          {"calls-wait", calls_wait},
          {"calls-wait-in-vain", calls_wait_in_vain}};
}

}  // namespace sweep
