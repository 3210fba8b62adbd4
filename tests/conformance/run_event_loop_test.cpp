// The core's event loop, with the executor's checks.
#include <signalr/event_loop.hpp>

#include "run_checks.hpp"

using namespace signalr;
using namespace signalr::conformance;

TEST_CASE("the core's event loop keeps the executor's contract") {
  Fixture defaults;
  run_checks(executor_checks(), defaults);
}
