// Closing in every phase, and servers that end it.
#include "run.hpp"
#include "scenarios.hpp"

namespace sweep {

using namespace signalr;

namespace {

void busy(Run& run) {
  run.dial();
  run.count_numbers();
  run.stream("number");
  run.call("Never");
  run.call("Later");
  run.tell(3);
  run.call("Echo", 1);
  run.close();
  run.close();
  run.settle();
}

void reading(Run& run) {
  run.dial();
  run.read_all();
  run.tell(1);
  run.write("1", "Echo");
  run.close();
  run.settle();
}

void with_silent_server(Run& run) {
  run.dial();
  run.call("Never");
  run.settle();
  run.server.expect_abort().hang();
  run.close();
  run.go(6s);
}

void while_reconnecting(Run& run) {
  run.dial();
  run.count_numbers();
  run.server.expect_reconnect().hang();
  run.server.network().cut_all();
  run.go(1s);
  run.close();
  run.settle();
}

void by_error_frame(Run& run) {
  run.dial();
  run.call("Never");
  run.settle();
  if (run.server.peers() != 0) run.server.peer().send(R"({"E":"boom"})");
  run.settle();
}

void by_server(Run& run) {
  run.dial();
  run.call("Never");
  run.settle();
  for (const std::string& id : run.server.app().connections()) run.server.app().abort(id);
  run.go(10s);
}

void bad_frames(Run& run) {
  run.dial();
  run.count_numbers();
  run.tell(1);
  run.settle();
  for (const char* frame : {"{broken", "[1]", R"({"C":"x","M":7})", R"({"I":"99","R":1})", ""}) {
    if (run.server.peers() != 0 && run.server.peer().open()) run.server.peer().send(frame);
    run.settle();
  }
  run.tell(1);
  run.settle();
}

}  // namespace

std::vector<Scenario> end_scenarios() {
  return {{"close-busy", busy},
          {"close-reading", reading},
          {"close-silent", with_silent_server},
          {"close-reconnecting", while_reconnecting},
          {"server-error", by_error_frame},
          {"server-abort", by_server},
          {"bad-frames", bad_frames}};
}

}  // namespace sweep
