#include "protocol/request_url.hpp"

#include <algorithm>
#include <optional>

#include <signalr/errors.hpp>
#include <signalr/url.hpp>

#include "protocol/ascii.hpp"
#include "protocol/safe_text.hpp"

namespace signalr::detail::protocol {
namespace {

bool has_spaces_or_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
}

bool is_ours(std::string_view key) {
  constexpr std::string_view kOurs[] = {"clientProtocol",  "transport", "connectionData",
                                        "connectionToken", "messageId", "groupsToken"};
  return std::any_of(std::begin(kOurs), std::end(kOurs),
                     [&](std::string_view ours) { return equal_ignoring_case(key, ours); });
}

/// The server cuts queries at ';' too, and joins repeated parameters with ',', which breaks them (P§2.4).
Result<void> check_keys(std::string_view query) {
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find_first_of("&;"));
    const std::string key = decode_form(part.substr(0, part.find('=')));
    if (is_ours(key)) {
      return UsageError("the query parameter '" + key + "' can't be given: this client sends it itself");
    }
    if (equal_ignoring_case(key, "callback")) {
      return UsageError("the query parameter 'callback' can't be given: it asks the server for JSONP instead of JSON");
    }
    query.remove_prefix(std::min(part.size() + 1, query.size()));
  }
  return {};
}

std::string_view name_of(Command command) noexcept {
  switch (command) {
    case Command::negotiate:
      return "negotiate";
    case Command::connect:
      return "connect";
    case Command::start:
      return "start";
    case Command::send:
      return "send";
    case Command::poll:
      return "poll";
    case Command::reconnect:
      return "reconnect";
    case Command::abort:
      return "abort";
    case Command::ping:
      return "ping";
  }
  return {};
}

/// Appends to a URL, with '?' first and '&' afterwards; or makes a form, with nothing first.
class QueryWriter {
 public:
  explicit QueryWriter(std::string& url, bool form = false) : url_(url), first_(!form) {}

  void add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    separate();
    url_.append(name).append("=");
    append_percent_encoded(url_, value);
  }
  void add_verbatim(std::string_view query) {
    if (query.empty()) return;
    separate();
    url_.append(query);
  }

 private:
  void separate() {
    if (first_ || !url_.empty()) url_ += first_ ? '?' : '&';
    first_ = false;
  }

  std::string& url_;
  bool first_;
};

/// A path without the parameters of its parts: /shop;jsessionid=secret/signalr
std::string without_parameters(std::string_view path) {
  std::string out;
  for (auto at = path.find(';'); at != std::string_view::npos; at = path.find(';')) {
    out.append(path.substr(0, at)).append(";***");
    path.remove_prefix(std::min(path.find('/', at), path.size()));
  }
  return out.append(path);
}

/// The length of a parameter in a query, with its name.
std::size_t length_of(std::string_view name, std::string_view query) {
  for (std::size_t at = 0; at < query.size();) {
    const std::string_view part = query.substr(at, query.find('&', at) - at);
    if (part.substr(0, part.find('=')) == name) return part.size();
    at += part.size() + 1;
  }
  return 0;
}

/// Whether it would be a URL, were it not for its port.
bool has_bad_port(std::string_view endpoint) {
  const auto scheme_end = endpoint.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const auto end = std::min(endpoint.find_first_of("/?#", scheme_end + 3), endpoint.size());
  const auto colon = endpoint.rfind(':', end);
  if (colon <= scheme_end || colon >= end) return false;
  return Url::parse(std::string(endpoint.substr(0, colon)).append(endpoint.substr(end))).has_value();
}

/// Whether others would read its host as another one (Url::parse).
bool has_odd_host(std::string_view endpoint) {
  const auto begin = endpoint.find("://");
  if (begin == std::string_view::npos) return false;
  std::string_view host = endpoint.substr(begin + 3);
  host = host.substr(0, host.find_first_of(":/?#"));
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return host.find('%') != std::string_view::npos || (!last.empty() && last[0] >= '0' && last[0] <= '9');
}

}  // namespace

const char* problem_of_host(std::string_view host) {
  constexpr std::size_t kLongestName = 253;
  if (std::any_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return "its host isn't ASCII; write the name in its xn-- form";
  }
  return host.size() > kLongestName ? "its host is longer than any name can be" : nullptr;
}

Result<std::string> make_base_url(std::string_view endpoint, bool append_signalr) {
  const auto refused = [&](const char* why) {
    return UsageError("the URL '" + without_secrets(endpoint) + "' can't be used: " + why);
  };
  const std::optional<Url> url = Url::parse(endpoint);
  if (!url && has_bad_port(endpoint)) return refused("its port must be a number from 1 to 65535");
  if (!url && has_odd_host(endpoint)) {
    return refused("a host isn't percent-encoded, and an IPv4 address is four decimal numbers without leading zeros");
  }
  if (!url) return refused("expected something like https://host[:port]/path, without spaces");
  if (url->scheme != "http" && url->scheme != "https") return refused("expected http or https as its scheme");
  if (!url->userinfo.empty()) return refused("it holds credentials; give them in an Authorization header");
  if (url->has_query) return refused("it holds a query; give that in DialOptions::params");
  if (url->has_fragment)
    return refused("it holds a fragment, which no server would see; leave out the '#' and what follows");
  if (const char* problem = problem_of_host(url->host)) return refused(problem);
  std::string base = url->scheme + "://" + url->authority() + encode_leftovers(url->path);
  if (base.back() != '/') base += '/';
  if (append_signalr) base += "signalr/";
  return base;
}

Result<std::string> make_user_query(std::string_view query) {
  if (!query.empty() && (query.front() == '?' || query.front() == '&')) query.remove_prefix(1);
  if (has_spaces_or_controls(query)) {
    return UsageError("the query can't be used: it holds spaces or control characters; percent-encode its values");
  }
  if (query.find('#') != std::string_view::npos) {
    return UsageError("the query can't be used: it holds a '#'; write %23");
  }
  if (Result<void> keys = check_keys(query); !keys) return keys.error_ptr();
  return encode_leftovers(query);
}

std::string make_url(std::string_view base, Command command, const QueryParts& parts) {
  const bool opens = command == Command::connect || command == Command::reconnect;
  const bool resumes = opens || command == Command::poll;
  std::string url;
  // The upper bound of a query whose values all need encoding; tokens make it long.
  url.reserve(base.size() + parts.user_query.size() + 128 +
              3 * (parts.connection_data.size() + parts.connection_token.size() + parts.message_id.size() +
                   parts.groups_token.size()));
  if (opens && parts.transport == to_string(TransportKind::websockets) && base.substr(0, 4) == "http") {
    url.append("ws");
    base.remove_prefix(4);
  }
  url.append(base).append(name_of(command));

  QueryWriter query(url);
  if (command != Command::ping) {
    query.add("clientProtocol", parts.client_protocol);
    if (command != Command::negotiate) query.add("transport", parts.transport);
    query.add("connectionData", parts.connection_data);
    if (command != Command::negotiate) query.add("connectionToken", parts.connection_token);
  }
  query.add_verbatim(parts.user_query);
  if (resumes) {
    query.add("messageId", parts.message_id);
    query.add("groupsToken", parts.groups_token);
  }
  return url;
}

std::string make_resume_form(std::string_view message_id, std::string_view groups_token) {
  std::string form;
  QueryWriter fields(form, true);
  fields.add("messageId", message_id);
  fields.add("groupsToken", groups_token);
  return form;
}

std::string query_length_hint(int status, std::string_view url) {
  constexpr std::size_t kUsualLimit = 2048;  // IIS: maxQueryString, and ASP.NET's maxQueryStringLength
  const std::string_view query = url.substr(std::min(url.find('?'), url.size() - 1) + 1);
  if ((status != 400 && status != 404 && status != 414 && status != 431) || query.size() <= kUsualLimit) return {};
  const std::size_t cursor = length_of("messageId", query);
  const std::size_t groups = length_of("groupsToken", query);
  std::string hint = "; its query has " + std::to_string(query.size()) + " characters";
  if (cursor + groups != 0) {
    hint += ", " + std::to_string(groups) + " of them the groups token and " + std::to_string(cursor) +
            " the cursor, which grow with the connection's groups";
  }
  return hint + ": IIS takes 2048 by default (maxQueryString, maxQueryStringLength), other web servers some thousands";
}

std::string without_secrets(std::string_view url) {
  constexpr std::size_t kMaxShown = 300;
  if (const std::optional<Url> parsed = Url::parse(url)) {
    return printable(parsed->scheme + "://" + parsed->authority() + without_parameters(parsed->path), kMaxShown);
  }
  // No URL, so nobody knows where a password would end: with an '@' in it nothing but the scheme is shown.
  if (url.find('@') != std::string_view::npos) {
    const auto colon = url.find("://");
    return colon == std::string_view::npos ? "..." : printable(url.substr(0, colon + 3), 20) + "...";
  }
  return printable(without_parameters(url.substr(0, url.find_first_of("?#"))), kMaxShown);
}

}  // namespace signalr::detail::protocol
