// The state of each hub's proxy: sent whole with each call, changed by the server's answers and calls (P§6.6).
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <signalr/raw_json.hpp>

namespace signalr::detail::hub {

/// Any thread. Names of hubs and of values are compared without regard to case; the spelling of the last write is kept.
class HubStates {
 public:
  /// `max_bytes`: of what the server may make it hold.
  explicit HubStates(std::size_t max_bytes) noexcept : max_bytes_(max_bytes) {}

  std::optional<RawJson> get(std::string_view hub, std::string_view name) const;
  void set(std::string_view hub, std::string_view name, RawJson value);
  /// Sets what `other` has of that hub.
  void copy(std::string_view hub, const HubStates& other);
  /// Takes over the members of `changes`, an object that the server sent; whatever else it is, is ignored.
  /// False: not all of them had room.
  bool merge(std::string_view hub, std::string_view changes);
  /// All of a hub's state as an object; empty when there is none.
  std::string json(std::string_view hub) const;

 private:
  struct Value {
    std::string name;
    RawJson json;
  };
  using Values = std::map<std::string, Value>;  // by the name in lower case

  /// `values`: of the hub with this key; null when it has none, and set when it gets one.
  bool put(const std::string& hub, Values*& values, std::string_view name, RawJsonView value, std::size_t max_bytes);
  Values* values_of(const std::string& hub) noexcept;
  Values values(std::string_view hub) const;

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::map<std::string, Values> hubs_;  // by the name in lower case
  std::size_t bytes_ = 0;               // of hubs' names, names and values
};

}  // namespace signalr::detail::hub
