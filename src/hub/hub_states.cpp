#include "hub/hub_states.hpp"

#include <limits>
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
  put(hub, name, std::move(value), std::numeric_limits<std::size_t>::max());
}

// Each value counts with its hub's name: one more hub isn't free either.
bool HubStates::put(std::string_view hub, std::string_view name, RawJson value, std::size_t max_bytes) {
  const std::string hub_key = to_lower(hub);
  const std::string key = to_lower(name);
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto values = hubs_.find(hub_key);
  std::size_t others = bytes_;
  if (values != hubs_.end()) {
    const auto old = values->second.find(key);
    if (old != values->second.end()) others -= hub.size() + name.size() + old->second.json.text().size();
  }
  const std::size_t bytes = hub.size() + name.size() + value.text().size();
  if (others > max_bytes || bytes > max_bytes - others) return false;
  bytes_ = others + bytes;
  hubs_[hub_key][key] = Value{std::string(name), std::move(value)};
  return true;
}

bool HubStates::merge(std::string_view hub, std::string_view changes) {
  protocol::JsonCursor cursor(changes, changes.size());  // part of a frame: its depth was checked
  if (cursor.peek() != '{') return true;
  bool complete = true;
  cursor.read_object([&](const protocol::JsonString& key) {
    std::string name;
    key.append_to(name);
    protocol::JsonSlice value;
    if (!cursor.read(value)) return false;
    if (!put(hub, name, RawJson(RawJsonView(value.json)), max_bytes_)) complete = false;
    return true;
  });
  return complete;
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
