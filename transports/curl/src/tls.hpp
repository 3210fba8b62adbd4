// TLS as the options want it, and what went wrong with it.
#pragma once

#include <curl/curl.h>

#include <string>

#include <signalr/tls_options.hpp>
#include <signalr/url.hpp>

namespace signalr::curl {

/// Both arguments must live as long as the handle. The first refusal of libcurl's, or CURLE_OK.
CURLcode set_tls(CURL* easy, const TlsOptions& options, const Url& server);

/// Whether libcurl's code is one of TLS.
bool is_tls(CURLcode code);

/// What the user may do about it: goes on after libcurl's words, or is empty.
std::string tls_advice(CURL* easy, CURLcode code, const std::string& words, const TlsOptions& options);

}  // namespace signalr::curl
