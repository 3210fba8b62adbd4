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
};

/// As the client that sent `negotiate` would go on with `token`.
RecordedExchange usual_negotiate(const Identity& identity, double t_ms);
RecordedExchange usual_connect(const Identity& identity, const std::string& token, double t_ms);
RecordedExchange usual_start(const Identity& identity, const std::string& token, double t_ms);
RecordedExchange usual_abort(const Identity& identity, const std::string& token, double t_ms);

/// The request of any of these, for an answer that was recorded elsewhere.
RecordedRequest usual_request(const Identity& identity, const std::string& command, const std::string& token);

RecordedResponse usual_answer(int status, std::string body, double t_ms);
RecordedFrame usual_init(double t_ms);

extern const char* const kUsualToken;
extern const char* const kUsualMessageId;

}  // namespace wire
