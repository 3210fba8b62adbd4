// One request, checked: what libcurl is told is in here, and nothing in here can be taken for two requests.
#pragma once

#include <optional>
#include <string>

#include <signalr/http_client.hpp>
#include <signalr/url.hpp>

#include "route.hpp"

namespace signalr::curl {

struct Request {
  HttpRequest http;
  Url server;
  std::optional<Url> proxy;
};

/// Why this request can't be sent; nothing when `request` was filled in.
std::optional<TransportError> check(HttpRequest http, const ProxyRules& proxies, Request& request);

}  // namespace signalr::curl
