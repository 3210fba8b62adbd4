#include "secrets.hpp"

#include <algorithm>

#include "equivalence.hpp"
#include "json.hpp"

namespace wire {
namespace {

// Shorter ones may be part of any word.
constexpr std::size_t kShortest = 5;

std::string percent_encoded_base64(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '+')
      result += "%2B";
    else if (c == '/')
      result += "%2F";
    else if (c == '=')
      result += "%3D";
    else
      result += c;
  }
  return result;
}

void add(std::vector<std::string>& secrets, const std::string& secret) {
  if (secret.size() < kShortest) return;
  secrets.push_back(secret);
  secrets.push_back(percent_encoded_base64(secret));
}

}  // namespace

std::vector<std::string> secrets_of(const Episode& episode) {
  std::vector<std::string> secrets = {"clientProtocol=", "connectionToken=", "connectionData=", "access_token="};
  for (const RecordedExchange& step : episode.steps) {
    add(secrets, step.request->parameter("connectionToken"));
    add(secrets, step.request->parameter("groupsToken"));
    for (const auto& [name, value] : essence_of(*step.request).headers) {
      if (name == "authorization") add(secrets, value.substr(std::min(value.find(' ') + 1, value.size())));
      if (name == "cookie") add(secrets, value.substr(std::min(value.find('=') + 1, value.size())));
    }
    if (!step.response) continue;
    const Json json = parse_json(step.response->body);
    if (json.HasParseError()) continue;
    add(secrets, string_member(json, "ConnectionToken"));
    add(secrets, string_member(json, "AccessToken"));
  }
  return secrets;
}

std::string leak_in(std::string_view text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (text.find(secret) != text.npos) return "\"" + shortened(text) + "\" holds the secret " + shortened(secret);
  }
  return {};
}

std::string leak_in(const signalr::ErrorPtr& error, const std::vector<std::string>& secrets) {
  for (const signalr::Error* link = error.get(); link != nullptr; link = link->cause().get()) {
    if (std::string leak = leak_in(link->what(), secrets); !leak.empty()) return leak;
  }
  return {};
}

}  // namespace wire
