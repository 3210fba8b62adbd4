// HTTP/1.1 requests, cut out of a connection's bytes.
#pragma once

#include <optional>
#include <signalr/server/site.hpp>
#include <string>

namespace signalr::test {

/// The outcome of looking for a request at the front of a buffer.
struct ParsedRequest {
  enum class Outcome { incomplete, complete, bad };
  Outcome outcome = Outcome::incomplete;
  server::Request request;
  bool keep_alive = true;
  bool takes_chunks = true;  ///< not HTTP/1.0, whose answers end with the connection
};

/// Takes one whole request from the front of `received`. Bodies come with Content-Length or in chunks, at most 64 MiB
/// of these; bad is all that isn't HTTP/1.0 or 1.1, and heads of more than 64 KiB.
ParsedRequest take_request(std::string& received, bool secure);

/// "HTTP/1.1 200 OK" and so on, with the fields as given and the empty line.
std::string response_head(int status, const Headers& headers);

/// Whether the value, a list with commas, has that element; without regard to case.
bool has_token(const std::string* value, std::string_view token);

}  // namespace signalr::test
