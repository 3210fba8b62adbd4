// From libcurl's codes to one sentence for the person who reads it at night.
#pragma once

#include <curl/curl.h>

#include <string_view>

#include <signalr/tls_options.hpp>
#include <signalr/transport_error.hpp>

#include "head_parser.hpp"
#include "request.hpp"

namespace signalr::curl {

/// How far a request came before it failed.
struct Progress {
  bool request_began = false;  ///< there was a connection to write it to
  bool request_sent = false;   ///< libcurl wrote bytes of it
  bool answer_began = false;   ///< a whole head came
  bool died_reused = false;    ///< libcurl wanted to send it again over another connection
};

/// What failed.
struct Attempt {
  const Request& request;
  const TlsOptions& tls;
  const HeadParser& tunnel;  ///< the proxy's answer to CONNECT, as far as it came
  int short_of_sockets;      ///< the errno of a socket that the system didn't give for want of something, or 0
};

/// `easy` is the handle that failed; `words` is its error buffer.
TransportError describe(CURL* easy, CURLcode code, std::string_view words, const Attempt& attempt,
                        const Progress& progress);

}  // namespace signalr::curl
