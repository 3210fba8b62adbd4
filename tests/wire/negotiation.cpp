#include "negotiation.hpp"

#include <signalr/url.hpp>

#include <cstdlib>

#include "json.hpp"

namespace wire {
namespace {

/// The numbers of "M.m…" as one, 1.5 as 105; 0 for what is none.
int version_number(std::string_view version) {
  const std::size_t dot = version.find('.');
  if (dot == version.npos || dot == 0 || dot + 1 == version.size()) return 0;
  if (version.find_first_not_of("0123456789.") != version.npos) return 0;
  return std::atoi(std::string(version.substr(0, dot)).c_str()) * 100 +
         std::atoi(std::string(version.substr(dot + 1)).c_str());
}

bool is_accepted(std::string_view version) {
  const int number = version_number(version);
  return number >= 102 && number <= 201;
}

std::string path_of(const std::string& url) {
  if (const auto absolute = signalr::Url::parse(url)) return absolute->path;
  return url.substr(0, url.find('?'));
}

}  // namespace

bool Negotiation::needs_start() const { return version_number(version) >= 104; }

bool Negotiation::has_init() const { return version_number(version) >= 103; }

bool is_known_version(std::string_view version) { return version.size() == 3 && is_accepted(version); }

Negotiation read_negotiation(const RecordedExchange& exchange) {
  Negotiation result;
  if (!exchange.response || !exchange.response->complete) return result;
  const RecordedResponse& answer = *exchange.response;
  if (answer.status >= 301 && answer.status <= 308 && find(answer.headers, "Location") != nullptr) {
    result.kind = Negotiation::Kind::redirect;
    result.path = path_of(value_of(answer.headers, "Location"));
    return result;
  }
  if (answer.status != 200) {
    result.status = answer.status;
    result.server_text = answer.body;
    return result;
  }
  const Json json = parse_json(answer.body);
  if (json.HasParseError() || !json.IsObject()) return result;
  result.version = string_member(json, "ProtocolVersion");
  if (!is_accepted(result.version) || member(json, "availableTransports") != nullptr) return result;
  if (version_number(result.version) >= 200) {
    result.server_text = string_member(json, "Error");
    if (!result.server_text.empty()) return result;
    if (const std::string url = string_member(json, "RedirectUrl"); !url.empty()) {
      result.kind = Negotiation::Kind::redirect;
      result.path = path_of(url);
      if (result.path.empty() || result.path.back() != '/') result.path += '/';
      result.path += "negotiate";
      result.access_token = string_member(json, "AccessToken");
      return result;
    }
  }
  result.token = string_member(json, "ConnectionToken");
  result.id = string_member(json, "ConnectionId");
  const JsonValue* websockets = member(json, "TryWebSockets");
  result.try_websockets = websockets != nullptr && websockets->IsTrue();
  const JsonValue* keep_alive = member(json, "KeepAliveTimeout");
  if (keep_alive != nullptr && keep_alive->IsNumber()) result.keep_alive_ms = keep_alive->GetDouble() * 1000;
  if (!result.token.empty()) result.kind = Negotiation::Kind::token;
  return result;
}

}  // namespace wire
