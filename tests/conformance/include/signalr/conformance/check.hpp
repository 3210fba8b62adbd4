// The contracts of the seams as lists of checks. A check is plain data, so that it fits any test framework.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <signalr/conformance/fixture.hpp>
#include <signalr/export.hpp>

namespace signalr::conformance {

/// One rule of a contract, tried on whatever the fixture brings.
struct Check {
  /// Unique in its list; says the rule, not the procedure: "post never runs the task inside the call".
  std::string name;
  /// What the fixture must offer for it: a sum of `offer`s.
  unsigned needs = 0;
  /// Nothing: the rule was kept. Otherwise one sentence on how it was broken, or what was
  /// thrown. Whatever a broken adapter does late, also when this has returned, touches nothing that is gone; but a call
  /// of it that never returns is waited for.
  std::function<std::optional<std::string>(Fixture&)> run;

  /// Whether the fixture offers what it needs; otherwise it is to be skipped.
  bool applies_to(const Fixture& fixture) const { return (needs & fixture.offers()) == needs; }
};

/// <signalr/executor.hpp>
SIGNALR_API const std::vector<Check>& executor_checks();
/// <signalr/websocket.hpp> and <signalr/operation.hpp>
SIGNALR_API const std::vector<Check>& dialer_checks();
/// <signalr/http_client.hpp> and <signalr/operation.hpp>
SIGNALR_API const std::vector<Check>& http_client_checks();

}  // namespace signalr::conformance
