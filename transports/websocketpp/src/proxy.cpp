#include "proxy.hpp"

#include <cstdlib>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <asio/ip/address.hpp>

#include "base64.hpp"
#include "text.hpp"

namespace signalr::net {
namespace {

std::string environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Cuts ":port" off `name:port` and `[address]:port`; an address without brackets has colons of its own.
std::string_view take_port(std::string_view& entry) {
  const auto colon = entry.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  if (entry[colon - 1] != ']' && entry.find(':') != colon) return {};
  const std::string_view port = entry.substr(colon + 1);
  entry = entry.substr(0, colon);
  return port;
}

/// One entry of no_proxy.
bool matches(std::string_view entry, const Url& target) {
  if (entry == "*") return true;
  const std::string_view port = take_port(entry);
  if (!port.empty() && port != std::to_string(target.port)) return false;
  if (entry.size() > 1 && entry.front() == '[' && entry.back() == ']') entry = entry.substr(1, entry.size() - 2);
  if (!entry.empty() && entry.front() == '.') entry.remove_prefix(1);
  if (entry.empty()) return false;

  asio::error_code not_an_address;
  const auto address = asio::ip::make_address(target.host, not_an_address);
  if (!not_an_address) {
    const auto other = asio::ip::make_address(std::string(entry), not_an_address);
    return !not_an_address && address == other;
  }
  const std::string_view host = target.host;
  if (host.size() < entry.size() || !same_ignoring_case(host.substr(host.size() - entry.size()), entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

/// What else may be wrong with a proxy's URL that can't be understood.
std::string encoding_advice(const std::string& url) {
  if (url.find('@') == std::string::npos) return {};
  return "; what is no letter or digit in its credentials must be percent-encoded: @ as %40, / as %2F, ? as %3F, "
         "# as %23";
}

}  // namespace

ProxyRules::ProxyRules(ProxyOptions options) : options_(std::move(options)) {
  plain_url_ = secure_url_ = options_.url;
  if (!options_.from_environment || !options_.url.empty()) return;
  plain_url_ = environment({"http_proxy", "all_proxy", "ALL_PROXY"});
  secure_url_ = environment({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  const std::string list = environment({"no_proxy", "NO_PROXY"});
  for (std::size_t begin = 0; begin < list.size();) {
    const auto end = list.find_first_of(", ", begin);
    if (end != begin) options_.no_proxy.push_back(list.substr(begin, end == std::string::npos ? end : end - begin));
    begin = end == std::string::npos ? list.size() : end + 1;
  }
}

bool ProxyRules::is_exception(const Url& target) const {
  for (const std::string& entry : options_.no_proxy) {
    if (matches(entry, target)) return true;
  }
  return false;
}

std::optional<Proxy> ProxyRules::select(const Url& target) const {
  std::string text = target.secure() ? secure_url_ : plain_url_;
  if (text.empty() || is_exception(target)) return std::nullopt;
  if (text.find("://") == std::string::npos) text = "http://" + text;  // the environment's often lack it
  Proxy proxy;
  const auto url = Url::parse(text);
  if (!url) {
    proxy.failure = "the proxy's URL is none; expected http://host:port" + encoding_advice(text);
  } else if (url->path != "/" || url->has_query || url->has_fragment) {  // a '/' may well be one of the password's
    proxy.failure = "the proxy's URL has something behind its port" + encoding_advice(text);
  } else if (url->scheme != "http") {
    proxy.failure = "proxies of the scheme " + url->scheme + " are not supported; expected http://host:port";
  } else if (url->userinfo.find('@') != std::string::npos) {
    proxy.failure = "the credentials in the proxy's URL have an @ in them" + encoding_advice(text);
  } else {
    proxy.host = url->host;
    proxy.port = url->port;
    if (!url->userinfo.empty()) {
      std::string credentials = percent_decode(url->userinfo);
      if (url->userinfo.find(':') == std::string::npos) credentials += ':';
      proxy.authorization = "Basic " + base64(credentials);
    }
  }
  return proxy;
}

std::string connect_request(const Proxy& proxy, const Url& target) {
  const std::string to = host_and_port(target.host, target.port);
  std::string request = "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n";
  if (!proxy.authorization.empty()) request += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  return request += "\r\n";
}

std::string host_and_port(const std::string& host, std::uint16_t port) {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

}  // namespace signalr::net
