// What a recorded answer to negotiate means (P§3), read with RapidJSON and not with our own parser: the judge's
// opinion.
#pragma once

#include <string>

#include "recording.hpp"

namespace wire {

struct Negotiation {
  enum class Kind {
    token,     ///< the connection's token and id came
    redirect,  ///< ask again elsewhere
    failed,    ///< no success: a status, an Error, something that can't be understood
  };
  Kind kind = Kind::failed;
  int status = 0;           ///< of kFailed: the HTTP answer's when it was no 200, else 0
  std::string server_text;  ///< of kFailed: what the server said
  std::string path;         ///< of kRedirect: where, with "/negotiate"
  std::string access_token;
  std::string token;
  std::string id;
  std::string version;
  bool try_websockets = false;
  double keep_alive_ms = 0;  ///< after so much silence a transport is lost; 0: never
  /// Whether the client has to send /start (P§1): from 1.4 on.
  bool needs_start() const;
  /// Whether the client has to wait for an init frame: from 1.3 on.
  bool has_init() const;
};

/// Whether a client may ask for this version: 1.2 to 2.1 in two parts.
bool is_known_version(std::string_view version);

Negotiation read_negotiation(const RecordedExchange& exchange);

}  // namespace wire
