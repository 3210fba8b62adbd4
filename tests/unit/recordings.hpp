// The recordings of real traffic (tests/wire/recordings), parsed.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

#include <rapidjson/document.h>

namespace recordings {

using File = rapidjson::Document;

/// All of them by name, without ".json". Throws when there are none: a test over nothing can't fail.
inline std::map<std::string, File> all() {
  std::map<std::string, File> files;
  for (const auto& entry : std::filesystem::directory_iterator(SIGNALR_RECORDINGS)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    File& file = files[entry.path().stem().string()];
    if (file.Parse(text.data(), text.size()).HasParseError()) throw std::runtime_error(entry.path().string());
  }
  if (files.empty()) throw std::runtime_error("no recordings in " SIGNALR_RECORDINGS);
  return files;
}

/// A member's text; empty when it is missing or no string.
inline std::string text(const rapidjson::Value& object, const char* name) {
  if (!object.IsObject()) return {};
  const auto member = object.FindMember(name);
  return member != object.MemberEnd() && member->value.IsString() ? member->value.GetString() : "";
}

/// A member; a null value when it is missing.
inline const rapidjson::Value& get(const rapidjson::Value& object, const char* name) {
  static const rapidjson::Value kNull;
  if (!object.IsObject()) return kNull;
  const auto member = object.FindMember(name);
  return member != object.MemberEnd() ? member->value : kNull;
}

/// Calls `visit(path, request, response)` for each exchange that has both.
template <class Visitor>
void for_each_answer(const File& file, Visitor visit) {
  for (const auto& exchange : file["exchanges"].GetArray()) {
    const rapidjson::Value& request = get(exchange, "request");
    const rapidjson::Value& response = get(exchange, "response");
    if (request.IsObject() && response.IsObject()) visit(text(request, "path"), request, response);
  }
}

}  // namespace recordings
