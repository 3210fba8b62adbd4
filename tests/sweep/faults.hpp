// What may go wrong at a step of a scenario.
#pragma once

#include <string>
#include <vector>

#include <signalr/memory/network.hpp>

namespace sweep {

class Run;

struct FaultKind {
  /// Steps are counted where something arrives at either end, or where a handler of the user's runs.
  enum class Where { arrival, handler };

  std::string name;
  Where where = Where::arrival;
  signalr::memory::Fault (*strike)(Run& run) = nullptr;  ///< what it gives is for arrivals
};

const std::vector<FaultKind>& all_faults();

}  // namespace sweep
