// Who is called when the server calls: found by hub and method, without regard to case, with one look-up and no
// allocation.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <signalr/function.hpp>
#include <signalr/message.hpp>

namespace signalr::detail::hub {

class Router;

using CallHandler = UniqueFunction<void(const HubCallView&)>;
using ResultHandler = UniqueFunction<void(const Message&)>;

/// One registration, of a handler of calls or of answers. `owner` changes on any thread; all else is for its strand.
struct Handler {
  Handler(std::string_view for_hub, std::string_view for_method);

  const std::uint64_t number;  ///< in the order of registration, whichever Client it was
  const std::string hub;
  const std::string method;  ///< empty: every method of the hub
  CallHandler call;
  ResultHandler result;  ///< instead of `call`
  /// Who may run it. Null: there is no connection yet, or it was removed.
  std::atomic<const Router*> owner{nullptr};
};
using HandlerPtr = std::shared_ptr<Handler>;

/// Into its place: by number.
void insert(std::vector<HandlerPtr>& handlers, HandlerPtr handler);
void erase(std::vector<HandlerPtr>& handlers, const Handler& handler);

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
