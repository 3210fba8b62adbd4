// Builds the URLs of all requests (P§2).
#pragma once

#include <string>
#include <string_view>

#include <signalr/result.hpp>
#include <signalr/transport_kind.hpp>

#include "protocol/percent_encoding.hpp"

namespace signalr::detail::protocol {

/// Checks the user's base URL and brings it to the form that commands are appended to: http or https, no query,
/// no fragment, ends in '/', `signalr/` appended for hub connections (P#1–4). Userinfo is refused: credentials belong
/// into a header. What a path can't hold as it is (bytes beyond ASCII, quotes, …) is percent-encoded; '%' is left
/// alone. Errors are UsageError.
Result<std::string> make_base_url(std::string_view endpoint, bool append_signalr);

/// Why no request can go to a host of that name; null: it can.
const char* problem_of_host(std::string_view host);

/// Checks the user's own query and brings it to the form that is appended: one leading '?' or '&' gone, nothing in
/// it that this client sends itself (P#11) or must not send (P#13), nothing that would break the request line. Bytes
/// beyond ASCII are percent-encoded, the rest is left as it is. Errors are UsageError.
Result<std::string> make_user_query(std::string_view query);

enum class Command { negotiate, connect, start, send, poll, reconnect, abort, ping };

/// What goes into a query (P§2.3); empty parts are left out (P#9), and so are those that the command doesn't take: a
/// stale token can't get into a negotiate (P#12).
struct QueryParts {
  std::string_view client_protocol;
  std::string_view transport;
  std::string_view connection_data;
  std::string_view connection_token;
  std::string_view user_query;  ///< from make_user_query; appended as it is
  std::string_view message_id;
  std::string_view groups_token;
};

/// base + command + query. For connect and reconnect over WebSockets the scheme becomes ws or wss (P#5). ping carries
/// the user's query alone.
std::string make_url(std::string_view base, Command command, const QueryParts& parts);

/// The same position as a form, for the body of polls (P§5.5): cursor and groups token grow with what the connection
/// belongs to, and web servers take only so long a query. Empty when both are.
std::string make_resume_form(std::string_view message_id, std::string_view groups_token);

/// What may be wrong where a server refuses a request with `status`: its query is longer than web servers take. Ends a
/// sentence; empty when that isn't it.
std::string query_length_hint(int status, std::string_view url);

/// For logs and errors: no userinfo, no query, no fragment, no parameters of the path (`;x=secret`), one printable
/// line. Also for texts that are no URLs.
std::string without_secrets(std::string_view url);

}  // namespace signalr::detail::protocol
