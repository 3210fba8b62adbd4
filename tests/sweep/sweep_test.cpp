// Every scenario is run again with every fault at every one of its steps.
//
// SIGNALR_SWEEP="calls/webSockets/stall/17" runs that variation alone and prints what happened in it; parts that are
// left out at the end mean all: SIGNALR_SWEEP=calls.
//
// SIGNALR_TRACES=FOLDER writes there how each run looked from outside, for scripts/compare-traces.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>

#include "run.hpp"
#include "scenarios.hpp"

namespace sweep {
namespace {

std::string filter() {
  const char* given = std::getenv("SIGNALR_SWEEP");
  return given == nullptr ? std::string() : given;
}

// Whether all parts that both of them have are the same.
bool fits(const std::string& name, const std::string& wanted) {
  const std::size_t size = std::min(name.size(), wanted.size());
  return name.compare(0, size, wanted, 0, size) == 0 &&
         (wanted.size() <= name.size() ? size == name.size() || wanted.empty() || name[size] == '/'
                                       : wanted[size] == '/');
}

struct Counts {
  std::size_t arrivals = 0;
  std::size_t handlers = 0;
};

Counts run_once(const Scenario& scenario, signalr::TransportKind transport, const FaultKind* fault, std::size_t at,
                const std::string& name, std::ofstream& traces) {
  Run run(transport, fault, at);
  const bool shown = name == filter();
  if (shown || traces.is_open()) run.trace.begin();
  try {
    scenario.play(run);
  } catch (const std::exception& error) {
    run.complain(std::string("the scenario threw: ") + error.what());
  }
  const Complaints& complaints = run.finish();
  if (shown) run.trace.print(std::cout, true);
  if (traces.is_open()) {
    traces << "== " << name << '\n';
    run.trace.print(traces, false);
  }
  if (!complaints.empty()) {
    std::string text = name + ": ";
    for (const std::string& complaint : complaints) text += "\n    " + complaint;
    FAIL_CHECK(text);
  }
  return {run.steps(), run.handlers()};
}

// All variations of a scenario over a transport; how many they are.
std::size_t vary(const Scenario& scenario, signalr::TransportKind transport) {
  const std::string name = scenario.name + '/' + std::string(to_string(transport));
  const std::string wanted = filter();
  if (!fits(name, wanted)) return 0;
  std::ofstream traces = tracing::open_traces(name);
  const Counts clean = run_once(scenario, transport, nullptr, 0, name, traces);
  std::size_t runs = 1;
  for (const FaultKind& fault : all_faults()) {
    const std::string with_fault = name + '/' + fault.name;
    if (!fits(with_fault, wanted)) continue;
    const std::size_t steps = fault.where == FaultKind::Where::arrival ? clean.arrivals : clean.handlers;
    for (std::size_t at = 1; at <= steps; ++at) {
      const std::string variation = with_fault + '/' + std::to_string(at);
      if (!fits(variation, wanted)) continue;
      run_once(scenario, transport, &fault, at, variation, traces);
      ++runs;
    }
  }
  std::printf("  %-32s %3zu arrivals, %3zu handlers: %5zu runs\n", name.c_str(), clean.arrivals, clean.handlers, runs);
  return runs;
}

}  // namespace

TEST_CASE("P#112 P#114 P#143 no fault at any step of any scenario breaks what a user may rely on") {
  const auto begun = std::chrono::steady_clock::now();
  std::size_t runs = 0;
  for (const auto& scenarios :
       {dial_scenarios(), hub_scenarios(), loss_scenarios(), end_scenarios(), restart_scenarios()}) {
    for (const Scenario& scenario : scenarios) {
      for (const signalr::TransportKind transport : kTransports) {
        if (scenario.over_all_transports || transport == kTransports.front()) runs += vary(scenario, transport);
      }
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf("sweep: %zu runs in %.1f s\n", runs, took.count());
  if (filter().empty()) CHECK(runs >= 5000);
  CHECK(runs != 0);
}

}  // namespace sweep
