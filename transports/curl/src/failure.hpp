// From libcurl's codes to one sentence for the person who reads it at night.
#pragma once

#include <curl/curl.h>

#include <string_view>

#include <signalr/transport_error.hpp>

#include "request.hpp"

namespace signalr::curl {

/// How far a request came before it failed.
struct Progress {
  bool request_began = false;  ///< there was a connection to write it to
  bool request_sent = false;   ///< libcurl wrote bytes of it
  bool answer_began = false;   ///< a whole head came
  bool died_reused = false;    ///< libcurl wanted to send it again over another connection
};

/// `easy` is the handle that failed; `words` is its error buffer.
TransportError describe(CURL* easy, CURLcode code, std::string_view words, const Request& request,
                        const Progress& progress);

}  // namespace signalr::curl
