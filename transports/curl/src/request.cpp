#include "request.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "ascii.hpp"

namespace signalr::curl {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
  });
}

/// What is wrong with the headers (P#134); null when nothing is. Values aren't repeated: they may be secret.
const char* fault_of(const Header& header) {
  if (!is_token(header.name)) return "has a name with characters that HTTP forbids";
  if (header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return "has a value with a line break or NUL";
  }
  // Both tell where the request ends, which is the body's business.
  if (same_name(header.name, "Content-Length") || same_name(header.name, "Transfer-Encoding")) {
    return "may not be given, since it is made from the body";
  }
  return nullptr;
}

/// What else may be wrong with a proxy's URL that can't be understood.
std::string encoding_advice(const std::string& url) {
  if (url.find('@') == std::string::npos) return {};
  return "; what is no letter or digit in its credentials must be percent-encoded: @ as %40, / as %2F, ? as %3F, "
         "# as %23";
}

}  // namespace

std::optional<TransportError> check(HttpRequest http, const ProxyRules& proxies, Request& request) {
  const auto wrong = [](std::string message) {
    return TransportError(TransportFailure::unsupported, std::move(message), Sent::no);
  };
  if (http.method != "GET" && http.method != "POST") {
    return wrong("the HTTP method must be GET or POST, so nothing was sent");
  }
  auto server = Url::parse(http.url);
  if (!server) return wrong("the request's URL is not an absolute one without spaces and control characters");
  if (server->scheme != "http" && server->scheme != "https") {
    return wrong("the scheme of a request's URL must be http or https, not " + server->scheme);
  }
  for (const Header& header : http.headers) {
    if (const char* fault = fault_of(header)) {
      const std::string name = is_token(header.name) ? ' ' + header.name : std::string();
      return wrong("the request's header" + name + ' ' + fault);
    }
  }
  if (const std::string& proxy = proxies.proxy_for(*server); !proxy.empty()) {
    request.proxy = parse_proxy(proxy);
    if (!request.proxy) return wrong("the proxy's URL is not of the form http://host:port" + encoding_advice(proxy));
    if (request.proxy->userinfo.find('@') != std::string::npos) {
      return wrong("the credentials in the proxy's URL have an @ in them" + encoding_advice(proxy));
    }
  }
  request.server = *std::move(server);
  request.http = std::move(http);
  return std::nullopt;
}

}  // namespace signalr::curl
