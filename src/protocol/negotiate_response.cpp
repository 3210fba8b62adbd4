#include "protocol/negotiate_response.hpp"

#include <algorithm>
#include <utility>

#include <signalr/errors.hpp>
#include <signalr/url.hpp>

#include "protocol/json_members.hpp"
#include "protocol/json_seconds.hpp"
#include "protocol/request_url.hpp"
#include "protocol/safe_text.hpp"

namespace signalr::detail::protocol {
namespace {

ProtocolError wrong_type(const char* name, const char* expected, const JsonMember& member) {
  return ProtocolError(std::string("expected ") + name + " to be " + expected + " in the server's answer, got " +
                       describe(member.type));
}

/// An optional string: empty when missing or null.
std::string optional_string(const JsonMembers& members, const char* name) {
  const JsonMember* member = members.find_value(name);
  if (member == nullptr) return {};
  if (member->type != JsonType::string) throw wrong_type(name, "a string", *member);
  return member->text;
}

std::string required_string(const JsonMembers& members, const char* name) {
  const JsonMember* member = members.find(name);
  if (member == nullptr) throw ProtocolError(std::string("expected ") + name + " in the server's answer, got none");
  if (member->type != JsonType::string) throw wrong_type(name, "a string", *member);
  if (member->text.empty()) {
    throw ProtocolError(std::string("expected ") + name + " in the server's answer, got an empty one");
  }
  return member->text;
}

/// What only informs, and is needed for nothing: empty when it is missing or no string.
std::string informative_string(const JsonMembers& members, const char* name) {
  const JsonMember* member = members.find_value(name);
  return member != nullptr && member->type == JsonType::string ? member->text : std::string();
}

/// Nothing when missing, null, zero or negative. At most a day: a server that says more may as well have gone.
std::optional<Duration> optional_seconds(const JsonMembers& members, const char* name) {
  const JsonMember* member = members.find_value(name);
  if (member == nullptr) return std::nullopt;
  if (member->type != JsonType::number) throw wrong_type(name, "a number of seconds", *member);
  const std::optional<Duration> seconds = parse_seconds(member->text);
  if (!seconds)
    throw ProtocolError(std::string("expected ") + name + " to be a number of seconds, got one out of range");
  return *seconds > Duration::zero() ? seconds : std::nullopt;
}

bool optional_flag(const JsonMembers& members, const char* name) {
  const JsonMember* member = members.find_value(name);
  if (member == nullptr) return false;
  if (member->type != JsonType::boolean) throw wrong_type(name, "true or false", *member);
  return member->boolean;
}

/// The server's version as it may appear in an error.
std::string shown_version(const JsonMember* member, const TextFilter& shown) {
  if (member == nullptr) return "(none)";
  const bool text = member->type == JsonType::string;
  return text ? '"' + printable(shown(member->text), 20) + '"' : printable(shown(member->json), 20);
}

ProtocolError versions_differ(std::string_view sent, const JsonMember* member, const TextFilter& shown) {
  return ProtocolError("the server doesn't speak a version of the protocol that this client understands: asked for " +
                       std::string(sent) + ", expected " + kMinVersion.to_string() + " to " + kMaxVersion.to_string() +
                       ", got " + shown_version(member, shown));
}

/// A header's value: what could end it early, or needs an encoding, is refused (P#134).
void check_access_token(const std::string& token) {
  if (std::any_of(token.begin(), token.end(), [](char c) { return c <= 0x20 || c >= 0x7f; })) {
    throw ProtocolError(
        "expected the redirect's AccessToken to fit into a header, got one with spaces or control characters");
  }
}

NegotiateResponse parse(const JsonMembers& members, std::string_view sent_version, const TextFilter& shown) {
  if (members.find("availableTransports") != nullptr) {
    throw ProtocolError(
        "this is an ASP.NET Core SignalR server, which speaks another protocol: use a client for ASP.NET Core, or the "
        "URL of a classic ASP.NET SignalR server");
  }
  const JsonMember* version_member = members.find("ProtocolVersion");
  std::optional<ProtocolVersion> version;
  if (version_member != nullptr && version_member->type == JsonType::string) {
    version = ProtocolVersion::parse(version_member->text);
  }
  if (!version) throw versions_differ(sent_version, version_member, shown);

  const bool may_redirect = !(*version < kRedirectVersion);
  if (may_redirect) {
    if (std::string error = optional_string(members, "Error"); !error.empty()) {
      error = shown(error);
      throw ProtocolError("Error message received from the server: '" + printable(error) + "'.", nullptr, error);
    }
  }
  if (*version < kMinVersion || kMaxVersion < *version) throw versions_differ(sent_version, version_member, shown);

  NegotiateResponse response;
  response.version = *version;
  response.version_text = version_member->text;
  if (may_redirect) {
    response.redirect_url = optional_string(members, "RedirectUrl");
    if (!response.redirect_url.empty()) {
      response.access_token = optional_string(members, "AccessToken");
      check_access_token(response.access_token);
      return response;
    }
  }
  response.connection_token = required_string(members, "ConnectionToken");
  response.connection_id = informative_string(members, "ConnectionId");
  response.keep_alive_timeout = optional_seconds(members, "KeepAliveTimeout");
  const auto seconds = [&](const char* name, Duration otherwise) {
    return optional_seconds(members, name).value_or(otherwise);
  };
  response.disconnect_timeout = seconds("DisconnectTimeout", response.disconnect_timeout);
  response.connection_timeout = seconds("ConnectionTimeout", response.connection_timeout);
  // So long a transport may keep us from trying the next one.
  constexpr Duration kLongestToConnect = std::chrono::minutes(5);
  response.transport_connect_timeout =
      std::min(seconds("TransportConnectTimeout", response.transport_connect_timeout), kLongestToConnect);
  response.try_websockets = optional_flag(members, "TryWebSockets");
  return response;
}

}  // namespace

Result<NegotiateResponse> parse_negotiate_response(std::string_view body, std::string_view sent_version,
                                                   const TextFilter& shown) {
  const Result<JsonMembers> members = JsonMembers::read(body);
  if (!members) return members.error();
  try {
    return parse(members.value(), sent_version, shown);
  } catch (const ProtocolError& error) {
    return error;
  }
}

Result<Redirect> parse_redirect(std::string_view redirect_url, std::string_view current_base, bool allow_downgrade) {
  const auto refused = [&](const std::string& why) {
    return ProtocolError("the server's RedirectUrl " + without_secrets(redirect_url) + " can't be followed: " + why);
  };
  const auto mark = redirect_url.find('?');  // the first: a second one belongs to the query (P#27)
  const Result<std::string> base = make_base_url(redirect_url.substr(0, mark), false);
  if (!base) return refused(base.error().what());
  const std::string_view query = mark == std::string_view::npos ? std::string_view() : redirect_url.substr(mark + 1);
  const Result<std::string> checked = make_user_query(query);
  if (!checked) return refused(checked.error().what());

  const std::optional<Url> current = Url::parse(current_base);
  const std::optional<Url> target = Url::parse(base.value());
  if (!allow_downgrade && current && current->secure() && target && !target->secure()) {
    return refused(
        "it leads from https to http, which shows tokens and messages to anybody on the way; "
        "DialOptions::allow_insecure_redirect allows it");
  }
  return Redirect{base.value(), checked.value()};
}

}  // namespace signalr::detail::protocol
