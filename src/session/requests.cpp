#include "session/requests.hpp"

#include <algorithm>
#include <utility>

#include <signalr/errors.hpp>
#include <signalr/version.hpp>

#include "protocol/header_rules.hpp"
#include "protocol/percent_encoding.hpp"
#include "protocol/redirect_rules.hpp"
#include "protocol/safe_text.hpp"
#include "protocol/secrets.hpp"

namespace signalr::detail::session {

using protocol::Command;

namespace {

constexpr char kFormType[] = "application/x-www-form-urlencoded; charset=UTF-8";

/// What may be told to an origin that the user didn't name: any other header may hold a key.
Headers harmless(const Headers& headers) {
  Headers kept;
  for (const char* name : {"User-Agent", "Accept"}) {
    if (const std::string* value = headers.find(name)) kept.add(name, *value);
  }
  return kept;
}

/// The values of `name=value` pairs, or whatever is between the separators.
void add_parts(std::vector<std::string>& secrets, std::string_view text, std::string_view separators) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find_first_of(separators));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    secrets.emplace_back(part.substr(part.find('=') + 1));
  }
}

/// Those of the parts of a path: /shop;jsessionid=secret/signalr
void add_path_parameters(std::vector<std::string>& secrets, std::string_view url) {
  for (auto at = url.find(';'); at != std::string_view::npos; at = url.find(';')) {
    url.remove_prefix(at + 1);
    add_parts(secrets, url.substr(0, url.find('/')), ";");
    url.remove_prefix(std::min(url.find('/'), url.size()));
  }
}

}  // namespace

Requests::Requests(const DialOptions& options, std::string base_url, std::string connection_data,
                   std::string user_query)
    : options_(options),
      original_base_url_(std::move(base_url)),
      base_url_(original_base_url_),
      connection_data_(std::move(connection_data)),
      user_query_(std::move(user_query)) {
  const auto url = Url::parse(base_url_);
  for (const auto& [name, value] : options.cookies) cookies_.set(*url, name, value);
}

void Requests::redirect_to(const protocol::Redirect& redirect, const std::string& access_token) {
  base_url_ = redirect.base;
  redirect_query_ = redirect.query;
  withholds_query_ = abroad_ && redirect.query.empty();
  if (!access_token.empty()) redirect_token_ = access_token;
}

void Requests::move_to(const std::string& base, const Url& url) {
  if (!protocol::is_same_origin(url, *Url::parse(base_url_))) {
    if (!std::exchange(abroad_, true)) cookies_at_home_ = std::exchange(cookies_, {});
    withholds_query_ = url.query.find(query()) == std::string::npos;
  }
  base_url_ = base;
}

bool Requests::has_credentials() const {
  return options_.access_token || !options_.cookies.empty() || withholds_query_ ||
         harmless(options_.headers).size() != options_.headers.size();
}

void Requests::start_anew() {
  base_url_ = original_base_url_;
  if (std::exchange(abroad_, false)) cookies_ = std::exchange(cookies_at_home_, {});
  withholds_query_ = false;
  redirect_query_.clear();
  redirect_token_.clear();
  connection_token_.clear();
}

ErrorPtr Requests::token_too_long(const char* name, std::string_view token) const {
  const std::size_t limit = options_.limits.max_token_bytes;
  if (token.size() <= limit) return nullptr;
  return LimitError(std::string("the server's ") + name + " has " + std::to_string(token.size()) +
                        " bytes, more than Limits::max_token_bytes (" + std::to_string(limit) + ")",
                    "max_token_bytes")
      .clone();
}

protocol::QueryParts Requests::parts(std::string_view transport, const Position& position) const {
  protocol::QueryParts parts;
  parts.client_protocol = options_.protocol;
  parts.transport = transport;
  parts.connection_data = connection_data_;
  parts.connection_token = connection_token_;
  if (!withholds_query_) parts.user_query = query();
  parts.message_id = position.message_id;
  parts.groups_token = position.groups_token;
  return parts;
}

HttpRequest Requests::negotiate() const {
  HttpRequest request;
  protocol::QueryParts query = parts({}, {});
  query.connection_token = {};  // P#12
  request.url = protocol::make_url(base_url_, Command::negotiate, query);
  return request;
}

// GET are the start, and what opens an event stream (P§2.2).
HttpRequest Requests::http(Command command, TransportKind transport, const Position& position) {
  if (!position.groups_token.empty()) groups_token_ = position.groups_token;
  HttpRequest request;
  const bool opens = command == Command::connect || command == Command::reconnect;
  const bool stream = opens && transport == TransportKind::server_sent_events;
  if (stream) request.headers.set("Accept", "text/event-stream");
  request.method = command == Command::start || stream ? "GET" : "POST";
  const bool in_body = resume_in_body_ && transport == TransportKind::long_polling;
  if (in_body) request.body = protocol::make_resume_form(position.message_id, position.groups_token);
  if (!request.body.empty()) request.headers.set("Content-Type", kFormType);
  request.url = protocol::make_url(base_url_, command, parts(to_string(transport), in_body ? Position() : position));
  return request;
}

HttpRequest Requests::send(TransportKind transport, std::string_view text) {
  HttpRequest request = http(Command::send, transport);
  request.headers.set("Content-Type", kFormType);
  request.body.reserve(text.size() + text.size() / 2 + 8);
  request.body = "data=";
  protocol::append_percent_encoded(request.body, text);
  return request;
}

DialRequest Requests::websocket(Command command, const Position& position) const {
  DialRequest request;
  request.url = protocol::make_url(base_url_, command, parts(to_string(TransportKind::websockets), position));
  request.max_message_bytes = options_.limits.max_message_bytes;
  request.max_header_bytes = options_.limits.max_header_bytes;
  return request;
}

Result<Headers> Requests::headers_for(const Url& url, bool same_origin) {
  const bool at_home = same_origin && !abroad_;
  Headers headers = at_home ? options_.headers : harmless(options_.headers);
  if (headers.find("User-Agent") == nullptr) headers.add("User-Agent", "signalr-cpp/" SIGNALR_VERSION);
  if (same_origin && !redirect_token_.empty()) {
    headers.set("Authorization", "Bearer " + redirect_token_);
  } else if (at_home && options_.access_token) {
    try {
      if (const std::string token = options_.access_token(); !token.empty()) {
        headers.set("Authorization", "Bearer " + token);
      }
    } catch (...) {
      return UsageError("the access_token function of DialOptions threw an exception; no request was made");
    }
    if (auto checked = protocol::check_user_headers(headers); !checked.ok()) return checked.error_ptr();
  }
  // Cookies know no ports (RFC 6265 8.5), but what listens on another one may be somebody else's.
  std::string jar = same_origin ? cookies_.cookies_for(url, protocol::CookieJar::WallClock::now()) : std::string();
  if (!jar.empty()) headers.set("Cookie", std::move(jar));  // the user's own are in it
  for (const auto& [name, kept] : {std::pair("Authorization", &authorization_), std::pair("Cookie", &cookie_)}) {
    if (const std::string* value = headers.find(name); same_origin && value != nullptr) *kept = *value;
  }
  return headers;
}

std::string Requests::without_secrets(std::string_view server_text) const {
  std::vector<std::string> secrets{connection_token_, redirect_token_, groups_token_};
  for (const Header& header : options_.headers) {
    if (harmless(options_.headers).find(header.name) == nullptr) secrets.push_back(header.value);
  }
  for (std::string& secret : options_.http_client->secrets()) secrets.push_back(std::move(secret));
  add_parts(secrets, authorization_, " ");
  add_parts(secrets, cookie_, "; ");
  add_parts(secrets, user_query_, "&;");
  add_parts(secrets, redirect_query_, "&;");
  add_path_parameters(secrets, original_base_url_);
  add_path_parameters(secrets, base_url_);
  return protocol::Secrets(secrets).hidden_in(protocol::capped(server_text));
}

void Requests::store_cookies(const Url& url, const Headers& answer) {
  cookies_.store(url, answer, protocol::CookieJar::WallClock::now());
}

}  // namespace signalr::detail::session
