// Runs a list of the conformance suite inside a doctest test case.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <signalr/conformance/check.hpp>

namespace signalr::conformance {

/// Every check that applies must pass. SIGNALR_CHECK, part of a check's name, picks some by hand.
inline void run_checks(const std::vector<Check>& checks, Fixture& fixture) {
  const char* picked = std::getenv("SIGNALR_CHECK");
  std::size_t ran = 0;
  for (const Check& check : checks) {
    if (!check.applies_to(fixture)) continue;
    if (picked != nullptr && check.name.find(picked) == std::string::npos) continue;
    ++ran;
    const auto broken = check.run(fixture);
    CHECK_MESSAGE(!broken, check.name, ": ", broken.value_or(""));
  }
  CHECK((ran > 0 || picked != nullptr));
}

}  // namespace signalr::conformance
