// Requests and answers that a recording doesn't hold but our client makes or needs, as every 2.4.3 server and client
// have them: what goes around a recorded answer that is fed to our client on its own.
#pragma once

#include <string>

#include "recording.hpp"

namespace wire {

/// What all requests of a connection have in common.
struct Identity {
  std::string base;  ///< path with its last '/'
  Pairs query;       ///< clientProtocol, connectionData, the user's own
  Pairs headers;     ///< those that matter
  std::string transport = "webSockets";
};

/// How far a client has got with the server's messages (P§5.6).
struct Position {
  std::string message_id;
  std::string groups_token;  ///< empty: none
};
extern const Position kUsualPosition;

/// As the client that sent `negotiate` would go on with `token`.
RecordedExchange usual_negotiate(const Identity& identity, double t_ms);
/// Opens the transport, with an init frame that leaves the client at that position.
RecordedExchange usual_connect(const Identity& identity, const std::string& token, double t_ms,
                               const Position& position = kUsualPosition);
/// A reconnect or a poll, without an answer.
RecordedExchange usual_next(const Identity& identity, const std::string& command, const std::string& token, double t_ms,
                            const Position& position);
/// A message over HTTP, without an answer.
RecordedExchange usual_send(const Identity& identity, const std::string& token, double t_ms, const std::string& data);
RecordedExchange usual_start(const Identity& identity, const std::string& token, double t_ms);
RecordedExchange usual_abort(const Identity& identity, const std::string& token, double t_ms);

/// The request of any of these, for an answer that was recorded elsewhere.
RecordedRequest usual_request(const Identity& identity, const std::string& command, const std::string& token);

RecordedResponse usual_answer(int status, std::string body, double t_ms);

extern const char* const kUsualToken;

}  // namespace wire
