#include "equivalence.hpp"

#include <algorithm>
#include <array>

#include "json.hpp"

namespace wire {
namespace {

using signalr::server::decode_pairs;

constexpr std::array kIgnoredParameters = {"tid", "_", "nocache"};

// What HTTP itself, browsers, proxies and hosts put into requests.
constexpr std::array kIgnoredHeaders = {"accept",
                                        "accept-charset",
                                        "accept-encoding",
                                        "accept-language",
                                        "access-control-request-headers",
                                        "access-control-request-method",
                                        "cache-control",
                                        "connection",
                                        "content-length",
                                        "content-type",
                                        "expect",
                                        "host",
                                        "keep-alive",
                                        "origin",
                                        "pragma",
                                        "referer",
                                        "te",
                                        "transfer-encoding",
                                        "upgrade",
                                        "user-agent",
                                        "x-requested-with"};

bool is_ignored_header(const std::string& name) {
  return name.rfind("sec-", 0) == 0 ||
         std::find(kIgnoredHeaders.begin(), kIgnoredHeaders.end(), name) != kIgnoredHeaders.end();
}

void add_cookies(std::multimap<std::string, std::string>& headers, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    std::string_view cookie = text.substr(0, end);
    while (!cookie.empty() && cookie.front() == ' ') cookie.remove_prefix(1);
    if (!cookie.empty()) headers.emplace("cookie", cookie);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string data_of(const Pairs& form) { return value_of(form, "data"); }

void keep_parameter(Essence& essence, const std::string& command, const std::string& name, const std::string& value) {
  const std::string key = lower(name);
  if (std::find(kIgnoredParameters.begin(), kIgnoredParameters.end(), key) != kIgnoredParameters.end()) return;
  const bool cursor = key == "messageid" || key == "groupstoken";
  if (cursor && value.empty()) return;  // P§2.3: some clients send it empty, others not at all
  if (command == "negotiate" && key == "connectiontoken") return;  // the JavaScript client's bug (P#12)
  if (key == "access_token") {                                     // where browsers can't set headers (P§2.3)
    if (essence.headers.count("authorization") == 0) essence.headers.emplace("authorization", "Bearer " + value);
    return;
  }
  essence.parameters[key] = key == "connectiondata" ? canonical_connection_data(value) : value;
}

Essence make_essence(const std::string& method, const std::string& path, const Pairs& query, const Pairs& headers,
                     const Pairs& form, bool upgrade) {
  Essence essence;
  essence.path = path;
  essence.upgrade = upgrade;
  essence.headers = headers_that_matter(headers);
  const std::string command = lower(path.substr(path.rfind('/') + 1));
  for (const auto& [name, value] : query) keep_parameter(essence, command, name, value);
  for (const auto& [name, value] : form) {
    if (lower(name) == "data") continue;
    keep_parameter(essence, command, name, value);
  }
  const bool poll = lower(value_of(query, "transport")) == "longpolling" &&
                    (command == "poll" || command == "connect" || command == "reconnect");
  essence.method = poll && (method == "GET" || method == "POST") ? "GET or POST" : method;
  if (command == "send") essence.data = data_of(form);
  return essence;
}

template <class Map>
std::string missing(const Map& from, const Map& in, const char* what, const char* how) {
  for (const auto& entry : from) {
    const auto range = in.equal_range(entry.first);
    const bool found = std::any_of(range.first, range.second, [&](const auto& other) { return other == entry; });
    if (!found) return std::string(what) + " " + entry.first + "=" + shortened(entry.second) + how;
  }
  return {};
}

bool is_call(const Json& json) {
  return json.IsObject() && member(json, "H") != nullptr && member(json, "M") != nullptr;
}

std::string member_text(const Json& json, const char* name) {
  const JsonValue* found = member(json, name);
  return found != nullptr ? json_text(*found) : std::string();
}

}  // namespace

std::string shortened(std::string_view text) {
  constexpr std::size_t kLimit = 160;
  if (text.size() <= kLimit) return std::string(text);
  return std::string(text.substr(0, kLimit)) + "… (" + std::to_string(text.size()) + " bytes)";
}

std::multimap<std::string, std::string> headers_that_matter(const Pairs& headers) {
  std::multimap<std::string, std::string> kept;
  for (const auto& [name, value] : headers) {
    const std::string key = lower(name);
    if (key == "cookie") {
      add_cookies(kept, value);
    } else if (!is_ignored_header(key)) {
      kept.emplace(key, value);
    }
  }
  return kept;
}

std::string canonical_connection_data(std::string_view text) {
  const Json json = parse_json(text);
  if (json.HasParseError() || !json.IsArray()) return std::string(text);
  std::string result;
  for (const auto& hub : json.GetArray()) {
    if (!hub.IsObject()) return std::string(text);
    result += '{';
    for (const auto& entry : hub.GetObject()) {
      result += lower(string_of(entry.name)) + ':' + lower(json_text(entry.value)) + ',';
    }
    result += '}';
  }
  return '[' + result + ']';
}

Essence essence_of(const RecordedRequest& request) {
  return make_essence(request.method, request.path, request.query, request.headers, request.form, request.upgrade());
}

Essence essence_of(const signalr::server::Request& request) {
  Pairs headers;
  for (const auto& header : request.headers) headers.emplace_back(header.name, header.value);
  return make_essence(request.method, request.url.path, decode_pairs(request.url.query, "&;"), headers,
                      decode_pairs(request.body, "&"), request.upgrade);
}

std::string difference(const Essence& recorded, const Essence& ours) {
  if (recorded.path != ours.path) return "path " + ours.path + " instead of " + recorded.path;
  if (recorded.method != ours.method) return "method " + ours.method + " instead of " + recorded.method;
  if (recorded.upgrade != ours.upgrade) return ours.upgrade ? "an upgrade to WebSocket" : "no upgrade to WebSocket";
  for (const auto& [name, value] : recorded.parameters) {
    const auto found = ours.parameters.find(name);
    if (found == ours.parameters.end()) return "parameter " + name + " is missing";
    if (found->second != value) {
      return "parameter " + name + " is " + shortened(found->second) + " instead of " + shortened(value);
    }
  }
  if (auto text = missing(ours.parameters, recorded.parameters, "parameter", " too much"); !text.empty()) return text;
  if (auto text = missing(recorded.headers, ours.headers, "header", " is missing"); !text.empty()) return text;
  if (auto text = missing(ours.headers, recorded.headers, "header", " too much"); !text.empty()) return text;
  if (recorded.data.empty() && ours.data.empty()) return {};
  return frame_difference(recorded.data, ours.data);
}

std::string frame_difference(std::string_view recorded, std::string_view ours) {
  if (recorded == ours) return {};
  const std::string both = shortened(ours) + " instead of " + shortened(recorded);
  const Json a = parse_json(recorded);
  const Json b = parse_json(ours);
  if (a.HasParseError() || b.HasParseError() || !is_call(a) || !is_call(b)) return both;
  if (!same_name(string_member(a, "H"), string_member(b, "H"))) return "another hub: " + both;
  for (const char* name : {"M", "A", "S"}) {
    const std::string left = member_text(a, name);
    const std::string right = member_text(b, name);
    if (left != right && !same_json(left, right)) return std::string("another ") + name + ": " + both;
  }
  return {};
}

}  // namespace wire
