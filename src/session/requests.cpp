#include "session/requests.hpp"

#include <utility>

#include <signalr/errors.hpp>
#include <signalr/version.hpp>

#include "protocol/header_rules.hpp"

namespace signalr::session {

using protocol::Command;

namespace {

/// What may be told to an origin that the user didn't name: any other header may hold a key.
Headers harmless(const Headers& headers) {
  Headers kept;
  for (const char* name : {"User-Agent", "Accept"}) {
    if (const std::string* value = headers.find(name)) kept.add(name, *value);
  }
  return kept;
}

}  // namespace

Requests::Requests(const DialOptions& options, std::string base_url, std::string connection_data,
                   std::string user_query)
    : options_(options),
      base_url_(std::move(base_url)),
      connection_data_(std::move(connection_data)),
      user_query_(std::move(user_query)) {
  const auto url = Url::parse(base_url_);
  for (const auto& [name, value] : options.cookies) cookies_.set(*url, name, value);
}

void Requests::redirect_to(const protocol::Redirect& redirect, const std::string& access_token) {
  base_url_ = redirect.base;
  redirect_query_ = redirect.query;
  if (!access_token.empty()) redirect_token_ = access_token;
}

protocol::QueryParts Requests::parts(std::string_view transport) const {
  protocol::QueryParts parts;
  parts.client_protocol = options_.protocol;
  parts.transport = transport;
  parts.connection_data = connection_data_;
  parts.connection_token = connection_token_;
  parts.user_query = redirect_query_.empty() ? user_query_ : redirect_query_;
  return parts;
}

HttpRequest Requests::negotiate() const {
  HttpRequest request;
  protocol::QueryParts query = parts({});
  query.connection_token = {};  // P#12
  request.url = protocol::make_url(base_url_, Command::negotiate, query);
  return request;
}

HttpRequest Requests::http(Command command, protocol::Transport transport) const {
  HttpRequest request;
  request.method = command == Command::abort || command == Command::send ? "POST" : "GET";
  request.url = protocol::make_url(base_url_, command, parts(protocol::wire_name(transport)));
  return request;
}

DialRequest Requests::websocket(Command command, std::string_view message_id, std::string_view groups_token) const {
  DialRequest request;
  protocol::QueryParts query = parts(protocol::wire_name(protocol::Transport::web_sockets));
  query.message_id = message_id;
  query.groups_token = groups_token;
  request.url = protocol::make_url(base_url_, command, query);
  request.max_message_bytes = options_.limits.max_message_bytes;
  request.max_header_bytes = options_.limits.max_header_bytes;
  return request;
}

Result<Headers> Requests::headers_for(const Url& url, bool same_origin) const {
  Headers headers = same_origin ? options_.headers : harmless(options_.headers);
  if (headers.find("User-Agent") == nullptr) headers.add("User-Agent", "signalr-cpp/" SIGNALR_VERSION);
  if (same_origin && !redirect_token_.empty()) {
    headers.set("Authorization", "Bearer " + redirect_token_);
  } else if (same_origin && options_.access_token) {
    try {
      if (const std::string token = options_.access_token(); !token.empty()) {
        headers.set("Authorization", "Bearer " + token);
      }
    } catch (...) {
      return UsageError("the access_token function of DialOptions threw an exception; no request was made");
    }
    if (auto checked = protocol::check_user_headers(headers); !checked.ok()) return checked.error_ptr();
  }
  if (std::string jar = cookies_.cookies_for(url, protocol::CookieJar::WallClock::now()); !jar.empty()) {
    headers.set("Cookie", std::move(jar));  // the user's own are in it
  }
  return headers;
}

void Requests::store_cookies(const Url& url, const Headers& answer) {
  cookies_.store(url, answer, protocol::CookieJar::WallClock::now());
}

}  // namespace signalr::session
