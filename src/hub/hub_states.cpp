#include "hub/hub_states.hpp"

#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/json_cursor.hpp"
#include "protocol/json_text.hpp"

namespace signalr::hub {

using protocol::to_lower;

std::optional<RawJson> HubStates::get(std::string_view hub, std::string_view name) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto values = hubs_.find(to_lower(hub));
  if (values == hubs_.end()) return std::nullopt;
  const auto value = values->second.find(to_lower(name));
  return value == values->second.end() ? std::nullopt : std::optional(value->second.json);
}

void HubStates::set(std::string_view hub, std::string_view name, RawJson value) {
  const std::lock_guard<std::mutex> lock(mutex_);
  hubs_[to_lower(hub)][to_lower(name)] = Value{std::string(name), std::move(value)};
}

void HubStates::merge(std::string_view hub, std::string_view changes) {
  protocol::JsonCursor cursor(changes, changes.size());  // part of a frame: its depth was checked
  if (cursor.peek() != '{') return;
  cursor.read_object([&](const protocol::JsonString& key) {
    std::string name;
    key.append_to(name);
    protocol::JsonSlice value;
    if (!cursor.read(value)) return false;
    set(hub, name, RawJson(RawJsonView(value.json)));
    return true;
  });
}

std::string HubStates::json(std::string_view hub) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string text;
  if (hubs_.empty()) return text;
  const auto values = hubs_.find(to_lower(hub));
  if (values == hubs_.end()) return text;
  for (const auto& [key, value] : values->second) {
    text += text.empty() ? '{' : ',';
    protocol::append_json_string(text, value.name);
    text += ':';
    text += value.json.text();
  }
  if (!text.empty()) text += '}';
  return text;
}

}  // namespace signalr::hub
