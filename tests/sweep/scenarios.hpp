// What is run again and again: each scenario is a program of a user's, with a server and a network that do their part.
#pragma once

#include <string>
#include <vector>

#include <signalr/dial_options.hpp>

namespace sweep {

class Run;

struct Scenario {
  std::string name;
  void (*play)(Run& run) = nullptr;
  bool over_all_transports = true;  ///< else over WebSockets alone
};

std::vector<Scenario> dial_scenarios();
std::vector<Scenario> hub_scenarios();
std::vector<Scenario> loss_scenarios();
std::vector<Scenario> end_scenarios();
std::vector<Scenario> restart_scenarios();

/// The transports that scenarios are run over.
inline const std::vector<signalr::TransportKind> kTransports = {signalr::TransportKind::websockets,
                                                                signalr::TransportKind::server_sent_events,
                                                                signalr::TransportKind::long_polling};

}  // namespace sweep
