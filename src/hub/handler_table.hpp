// Who is called when the server calls: found by hub and method, without regard to case, with one look-up and no
// allocation.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <signalr/function.hpp>
#include <signalr/message.hpp>

namespace signalr::detail::hub {

using CallHandler = UniqueFunction<void(const HubCallView&)>;

/// One registration. `alive` is taken away on any thread; all else is for the strand.
struct Handler {
  Handler(std::string_view for_hub, std::string_view for_method, CallHandler handler)
      : hub(for_hub), method(for_method), call(std::move(handler)) {}

  std::string hub;
  std::string method;  ///< empty: every method of the hub
  CallHandler call;
  std::atomic<bool> alive{true};
};
using HandlerPtr = std::shared_ptr<Handler>;

/// On the strand.
class HandlerTable {
 public:
  void add(HandlerPtr handler);
  void remove(const Handler& handler);

  /// In the order of registration; null when there never was one. Handlers are added and removed between frames only,
  /// so that the list may be walked while they run.
  const std::vector<HandlerPtr>* find(std::string_view hub, std::string_view method) const noexcept;

 private:
  struct Slot {
    std::string hub;
    std::string method;
    std::vector<HandlerPtr> handlers;
  };
  static std::uint64_t hash(std::string_view hub, std::string_view method) noexcept;
  Slot* slot(std::string_view hub, std::string_view method) noexcept;

  std::unordered_map<std::uint64_t, std::vector<Slot>> slots_;
};

}  // namespace signalr::detail::hub
