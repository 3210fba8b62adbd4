// Makes the requests of one connection: where they go, and what goes with each of them (P§2, P§10).
#pragma once

#include <string>
#include <string_view>

#include <signalr/dial_options.hpp>
#include <signalr/http_client.hpp>
#include <signalr/url.hpp>
#include <signalr/websocket.hpp>

#include "protocol/cookie_jar.hpp"
#include "protocol/negotiate_response.hpp"
#include "protocol/protocol_version.hpp"
#include "protocol/request_url.hpp"

namespace signalr::detail::session {

/// The cursor and the groups token to go on from; both empty when connecting first.
struct Position {
  std::string message_id;
  std::string groups_token;
};

/// On the strand.
class Requests {
 public:
  /// All parts have been checked before.
  Requests(const DialOptions& options, std::string base_url, std::string connection_data, std::string user_query);

  const std::string& base_url() const noexcept { return base_url_; }
  /// The same as errors may show it.
  std::string where() const { return protocol::without_secrets(base_url_); }
  const std::string& connection_data() const noexcept { return connection_data_; }

  /// From now on all requests go there; an empty query brings the user's own back (P#26), an empty token keeps the
  /// one before (P§3.3).
  void redirect_to(const protocol::Redirect& redirect, const std::string& access_token);
  /// HTTP redirects have led a request to `url` and the connection to `base`: from now on all requests go there. On
  /// another origin the user's headers, token and cookies don't go along any more, wherever it is led from there, nor
  /// do the parameters, unless the server has told them by its redirect.
  void move_to(const std::string& base, const Url& url);
  /// Whether that was another origin than the user named.
  bool is_abroad() const noexcept { return abroad_; }
  /// Whether the user gave something to show who asks.
  bool has_credentials() const;
  /// Forgets redirects and the connection token: the next requests are those of a new connection (P§1). Cookies stay.
  void start_anew();
  void set_connection_token(std::string token) { connection_token_ = std::move(token); }
  /// What was negotiated: from 1.5 on polls say in their body where the server is to go on.
  void set_version(protocol::ProtocolVersion version) { resume_in_body_ = !(version < protocol::kPollBodyVersion); }

  /// Null: what the server calls so isn't too long to be repeated in a URL or a header.
  ErrorPtr token_too_long(const char* name, std::string_view token) const;

  HttpRequest negotiate() const;
  HttpRequest http(protocol::Command command, TransportKind transport, const Position& position = {});
  /// Takes a message to the server.
  HttpRequest send(TransportKind transport, std::string_view text);
  /// Its headers are still to be filled in, with `headers_for`.
  DialRequest websocket(protocol::Command command, const Position& position) const;

  /// What goes with a request to `url`: the user's headers, authorization, cookies. Nothing but the headers User-Agent
  /// and Accept for a URL that an HTTP redirect led to on another origin, which another port is as well. Fails when the
  /// user's token provider throws.
  Result<Headers> headers_for(const Url& url, bool same_origin);
  /// The beginning of what a server said, without the secrets of ours that it repeats (P#135).
  std::string without_secrets(std::string_view server_text) const;
  /// Keeps the cookies that an answer set.
  void store_cookies(const Url& url, const Headers& answer);

 private:
  const std::string& query() const noexcept { return redirect_query_.empty() ? user_query_ : redirect_query_; }
  protocol::QueryParts parts(std::string_view transport, const Position& position) const;

  const DialOptions& options_;
  const std::string original_base_url_;
  std::string base_url_;
  std::string connection_data_;
  std::string user_query_;
  bool abroad_ = false;
  bool withholds_query_ = false;
  std::string redirect_query_;
  std::string redirect_token_;
  std::string connection_token_;
  std::string groups_token_;  // as sent last over HTTP, perhaps in a body
  bool resume_in_body_ = false;
  protocol::CookieJar cookies_;
  protocol::CookieJar cookies_at_home_;  // while abroad
  std::string authorization_;            // as sent last
  std::string cookie_;                   // likewise
};

}  // namespace signalr::detail::session
