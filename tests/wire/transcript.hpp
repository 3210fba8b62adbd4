// Everything that our client did and told its user in one episode: what the judge looks at.
#pragma once

#include <signalr/conn.hpp>
#include <signalr/server/site.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "api.hpp"
#include "hub_event.hpp"
#include "lived.hpp"

namespace wire {

struct Transcript {
  Api api = Api::messages;

  Lived run;             ///< when what was played happened
  bool closing = false;  ///< our user has closed the connection

  // Seen by the server.
  std::vector<signalr::server::Request> requests;  ///< upgrades included
  std::vector<std::string> sent;                   ///< text messages over WebSockets
  std::vector<std::uint16_t> close_codes;          ///< of our close frames

  // Seen by the user.
  bool finished = false;  ///< it could do all it wanted
  bool connected = false;
  signalr::ErrorPtr dial_error;
  signalr::State at_connect;
  signalr::State at_end;
  std::vector<signalr::Message> messages;     ///< read_message
  std::vector<HubEvent> hub_events;           ///< Clients' handlers
  std::size_t handled_calls = 0;              ///< calls that the handler of their method got, too
  std::vector<signalr::Message> hub_results;  ///< Clients' on_result
  std::vector<std::string> received;          ///< on_received
  std::vector<std::pair<signalr::ConnectionState, signalr::ConnectionState>> transitions;
  std::vector<std::pair<signalr::TransportKind, signalr::ErrorPtr>> given_up;  ///< on_transport_failed
  std::vector<signalr::ErrorPtr> losses;  ///< the reasons that on_reconnecting told
  int closed = 0;
  signalr::ErrorPtr closed_reason;          ///< of the last on_closed
  signalr::ErrorPtr read_end;               ///< what read_message ended with
  std::vector<signalr::ErrorPtr> errors;    ///< on_error
  std::vector<signalr::ErrorPtr> not_sent;  ///< what sending and closing failed with
  std::vector<std::string> log;
};

}  // namespace wire
