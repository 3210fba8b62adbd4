#include "faults.hpp"

#include <stdexcept>

#include "run.hpp"

namespace sweep {
namespace {

using signalr::memory::Fault;
using Where = FaultKind::Where;

Fault close(Run& run) {
  run.close();
  return Fault::none;
}
Fault destroy_conn(Run& run) {
  run.destroy_conn();
  return Fault::none;
}
Fault destroy_handles(Run& run) {
  run.destroy_handles();
  return Fault::none;
}
Fault destroy_all(Run& run) {
  run.destroy_handles();
  run.destroy_conn();
  return Fault::none;
}
Fault stop(Run& run) {
  run.stop_soon();
  return Fault::none;
}

}  // namespace

const std::vector<FaultKind>& all_faults() {
  static const std::vector<FaultKind> kinds = {
      {"fail", Where::arrival, [](Run&) { return Fault::fail; }},
      {"stall", Where::arrival, [](Run&) { return Fault::stall; }},
      {"duplicate", Where::arrival,
       [](Run& run) {
         run.double_it();
         return Fault::duplicate;
       }},
      // The answer comes when nobody waits for it any more.
      {"late", Where::arrival,
       [](Run& run) {
         run.hold_back(50s);
         return Fault::none;
       }},
      // It comes late, but not too late for everything.
      {"slow", Where::arrival,
       [](Run& run) {
         run.hold_back(7s);
         return Fault::none;
       }},
      {"cut", Where::arrival,
       [](Run& run) {
         run.server.network().cut_all();
         return Fault::none;
       }},
      // A box in between has forgotten what was idle: nobody may notice.
      {"dead-idle", Where::arrival,
       [](Run& run) {
         run.server.network().kill_idle_connections(2);
         return Fault::none;
       }},
      {"refuse", Where::arrival,
       [](Run& run) {
         run.refuse_for(7s);
         return Fault::none;
       }},
      {"restart", Where::arrival,
       [](Run& run) {
         run.server.app().restart();
         return Fault::none;
       }},
      {"close", Where::arrival, close},
      {"destroy", Where::arrival, destroy_all},
      {"destroy-conn", Where::arrival, destroy_conn},
      {"destroy-handles", Where::arrival, destroy_handles},
      {"stop", Where::arrival, stop},
      {"close-inside", Where::handler, close},
      {"destroy-inside", Where::handler, destroy_all},
      {"destroy-conn-inside", Where::handler, destroy_conn},
      {"destroy-handles-inside", Where::handler, destroy_handles},
      {"stop-inside", Where::handler, stop},
      {"throw-inside", Where::handler, [](Run&) -> Fault { throw std::runtime_error("the handler's own mistake"); }},
  };
  return kinds;
}

}  // namespace sweep
