// Ways to a connection, straight and roundabout, and away from it.
#include "run.hpp"
#include "scenarios.hpp"

namespace sweep {

using namespace signalr;

namespace {

void plain(Run& run) { run.dial(); }

void with_retries(Run& run) {
  run.server.expect_negotiate().answer(503);
  run.server.expect_negotiate().fail(TransportFailure::connect);
  run.server.expect_connect().answer(502);
  run.dial();
}

void slow_server(Run& run) {
  run.server.expect_negotiate().after(2s).serve();
  run.server.expect_connect().after(3s).serve();
  run.server.expect_start().after(4s).serve();
  run.dial();
}

void redirected(Run& run) {
  run.server.expect_negotiate().always().answer(
      R"({"ProtocolVersion":"2.0","RedirectUrl":"https://other.test/signalr","AccessToken":"redirect-SECRET"})");
  run.dial();
  run.call("Echo", 1);
  run.settle();
}

void moved(Run& run) {
  Headers location;
  location.add("Location", "http://server.test/signalr/negotiate?from=query-SECRET");
  run.server.expect_negotiate().answer(302, {}, location);
  run.dial();
}

void moved_away(Run& run) {
  run.server.expect_negotiate().always().answer(
      301, {}, {{"Location", "https://other.test/signalr/negotiate?from=query-SECRET"}});
  run.dial();
  run.call("Echo", 1);
  run.settle();
}

void refused_start(Run& run) {
  run.server.expect_start().answer(R"({"Response":"not today"})");
  run.dial();
}

void rejected(Run& run) {
  run.server.expect_negotiate().always().answer(403, "no SECRET for you");
  run.dial();
}

void twice(Run& run) {
  run.dial();
  run.close();
  run.go(1s);
  run.let_go();
  run.dial();
  run.call("Echo", 1);
  run.settle();
}

void dropped_and_dialed_again(Run& run) {
  run.dial();
  run.call("Later");
  run.settle();
  run.let_go();
  run.dial();
  run.count_numbers();
  run.tell(2);
  run.settle();
}

void given_up(Run& run) {
  run.server.expect_connect().hang();
  run.server.executor()->schedule(run.server.executor()->now() + 1s, [&run] { run.close(); });
  run.dial();
}

}  // namespace

std::vector<Scenario> dial_scenarios() {
  return {{"dial", plain},
          {"dial-retries", with_retries},
          {"dial-slow", slow_server},
          {"dial-redirect", redirected},
          {"dial-moved", moved},
          {"dial-moved-away", moved_away},
          {"dial-start-refused", refused_start},
          {"dial-rejected", rejected},
          {"dial-twice", twice},
          {"dial-dropped", dropped_and_dialed_again},
          {"dial-given-up", given_up}};
}

}  // namespace sweep
