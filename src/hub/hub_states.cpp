#include "hub/hub_states.hpp"

#include <limits>
#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/json_cursor.hpp"
#include "protocol/json_text.hpp"

namespace signalr::detail::hub {

using protocol::to_lower;

std::optional<RawJson> HubStates::get(std::string_view hub, std::string_view name) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto values = hubs_.find(to_lower(hub));
  if (values == hubs_.end()) return std::nullopt;
  const auto value = values->second.find(to_lower(name));
  return value == values->second.end() ? std::nullopt : std::optional(value->second.json);
}

void HubStates::set(std::string_view hub, std::string_view name, RawJson value) {
  const std::string key = to_lower(hub);
  const std::lock_guard<std::mutex> lock(mutex_);
  Values* values = values_of(key);
  put(key, values, name, value, std::numeric_limits<std::size_t>::max());
}

void HubStates::copy(std::string_view hub, const HubStates& other) {
  for (auto& [key, value] : other.values(hub)) set(hub, value.name, std::move(value.json));
}

HubStates::Values HubStates::values(std::string_view hub) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto values = hubs_.find(to_lower(hub));
  return values == hubs_.end() ? Values() : values->second;
}

HubStates::Values* HubStates::values_of(const std::string& hub) noexcept {
  const auto values = hubs_.find(hub);
  return values == hubs_.end() ? nullptr : &values->second;
}

// Each value counts with its hub's name: one more hub isn't free either.
bool HubStates::put(const std::string& hub, Values*& values, std::string_view name, RawJsonView value,
                    std::size_t max_bytes) {
  const std::size_t bytes = hub.size() + name.size() + value.text().size();
  const std::string key = to_lower(name);
  std::size_t others = bytes_;
  if (values != nullptr) {
    const auto old = values->find(key);
    if (old != values->end()) others -= hub.size() + name.size() + old->second.json.text().size();
  }
  if (others > max_bytes || bytes > max_bytes - others) return false;
  bytes_ = others + bytes;
  if (values == nullptr) values = &hubs_[hub];
  (*values)[key] = Value{std::string(name), RawJson(value)};
  return true;
}

// The hub is looked up once: its name and the number of members are both the server's choice.
bool HubStates::merge(std::string_view hub, std::string_view changes) {
  protocol::JsonCursor cursor(changes, changes.size());  // part of a frame: its depth was checked
  if (cursor.peek() != '{') return true;
  const std::string hub_key = to_lower(hub);
  const std::lock_guard<std::mutex> lock(mutex_);
  Values* values = values_of(hub_key);
  bool complete = true;
  std::string name;
  cursor.read_object([&](const protocol::JsonString& key) {
    name.clear();
    key.append_to(name);
    protocol::JsonSlice value;
    if (!cursor.read(value)) return false;
    if (!put(hub_key, values, name, RawJsonView(value.json), max_bytes_)) complete = false;
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

}  // namespace signalr::detail::hub
