#include "route.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "ascii.hpp"

namespace signalr::curl {
namespace {

std::string first_set(std::initializer_list<const char*> variables) {
  for (const char* variable : variables) {
    if (const char* value = std::getenv(variable); value != nullptr && *value != '\0') return value;
  }
  return {};
}

void add_exception(std::vector<std::string>& list, std::string_view entry) {
  entry = trim(entry);
  if (!entry.empty() && entry.front() == '.') entry.remove_prefix(1);
  if (!entry.empty()) list.push_back(to_lower(entry));
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Whether an entry of the list that names no port means this host.
bool names_host(std::string_view entry, const Url& server) {
  if (!entry.empty() && entry.front() == '[' && entry.back() == ']') entry = entry.substr(1, entry.size() - 2);
  if (entry == server.host) return true;
  return !server.host_is_address() && server.host.size() > entry.size() && ends_with(server.host, entry) &&
         server.host[server.host.size() - entry.size() - 1] == '.';
}

std::string percent_decoded(const std::string& text) {
  int size = 0;
  const std::unique_ptr<char, void (*)(void*)> decoded(
      curl_easy_unescape(nullptr, text.data(), static_cast<int>(text.size()), &size), curl_free);
  return decoded == nullptr ? text : std::string(decoded.get(), static_cast<std::size_t>(size));
}

std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    const auto byte = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    const unsigned word = byte(0) << 16U | byte(1) << 8U | byte(2);
    for (unsigned i = 0; i < 4; ++i) out += i <= bytes.size() ? kDigits[word >> (18 - 6 * i) & 63U] : '=';
  }
  return out;
}

}  // namespace

std::string endpoint_name(const Url& url) {
  const bool bracketed = url.host.find(':') != std::string::npos;
  return (bracketed ? '[' + url.host + ']' : url.host) + ':' + std::to_string(url.port);
}

ProxyRules::ProxyRules(const ProxyOptions& options) : for_http_(options.url), for_https_(options.url) {
  for (const std::string& entry : options.no_proxy) add_exception(no_proxy_, entry);
  if (!options.from_environment || !options.url.empty()) return;
  for_http_ = first_set({"http_proxy", "all_proxy", "ALL_PROXY"});
  for_https_ = first_set({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  const std::string listed = first_set({"no_proxy", "NO_PROXY"});
  std::string_view rest = listed;
  while (!rest.empty()) {
    const auto comma = rest.find_first_of(", ");
    add_exception(no_proxy_, rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
}

const std::string& ProxyRules::proxy_for(const Url& server) const {
  static const std::string kNone;
  if (excepted(server)) return kNone;
  return server.secure() ? for_https_ : for_http_;
}

std::vector<std::string> ProxyRules::secrets() const {
  std::vector<std::string> secrets;
  std::vector<std::string> proxies{for_http_};
  if (for_https_ != for_http_) proxies.push_back(for_https_);
  for (const std::string& text : proxies) {
    const auto url = parse_proxy(text);
    if (!url || url->userinfo.empty()) continue;
    const auto colon = url->userinfo.find(':');
    const std::string user = percent_decoded(url->userinfo.substr(0, colon));
    const std::string password = colon == std::string::npos ? "" : percent_decoded(url->userinfo.substr(colon + 1));
    const std::string both = std::string(user).append(":").append(password);
    secrets.insert(secrets.end(), {url->userinfo, both, password, base64(both)});
  }
  return secrets;
}

bool ProxyRules::excepted(const Url& server) const {
  const std::string port = ':' + std::to_string(server.port);
  return std::any_of(no_proxy_.begin(), no_proxy_.end(), [&](std::string_view entry) {
    if (entry == "*" || names_host(entry, server)) return true;
    if (!ends_with(entry, port)) return false;
    entry.remove_suffix(port.size());
    // "::1:80" is an address, "[::1]:80" and "name:80" name a port.
    return (entry.find(':') == std::string_view::npos || entry.front() == '[') && names_host(entry, server);
  });
}

std::optional<Url> parse_proxy(const std::string& text) {
  auto url = Url::parse(text.find("://") == std::string::npos ? "http://" + text : text);
  // Behind host and port there is nothing: a '/' may well be one of the password's.
  if (url && (url->scheme != "http" || url->path != "/" || url->has_query || url->has_fragment)) url.reset();
  return url;
}

}  // namespace signalr::curl
