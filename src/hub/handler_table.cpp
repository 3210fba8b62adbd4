#include "hub/handler_table.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocol/ascii.hpp"

namespace signalr::detail::hub {

using protocol::equal_ignoring_case;

namespace {
std::atomic<std::uint64_t> next_number{0};
}  // namespace

Handler::Handler(std::string_view for_hub, std::string_view for_method)
    : number(next_number.fetch_add(1, std::memory_order_relaxed)), hub(for_hub), method(for_method) {}

// Hardly ever anywhere but at the end.
void insert(std::vector<HandlerPtr>& handlers, HandlerPtr handler) {
  auto place = handlers.end();
  while (place != handlers.begin() && (*std::prev(place))->number > handler->number) --place;
  handlers.insert(place, std::move(handler));
}

void erase(std::vector<HandlerPtr>& handlers, const Handler& handler) {
  const auto same = [&](const HandlerPtr& other) { return other.get() == &handler; };
  handlers.erase(std::remove_if(handlers.begin(), handlers.end(), same), handlers.end());
}

// FNV-1a over the folded names; the separator keeps "ab"+"c" and "a"+"bc" apart.
std::uint64_t HandlerTable::hash(std::string_view hub, std::string_view method) noexcept {
  std::uint64_t value = 14695981039346656037u;
  const auto mix = [&value](char c) { value = (value ^ static_cast<unsigned char>(c)) * 1099511628211u; };
  for (const char c : hub) mix(protocol::to_lower(c));
  mix('\0');
  for (const char c : method) mix(protocol::to_lower(c));
  return value;
}

HandlerTable::Slot* HandlerTable::slot(std::string_view hub, std::string_view method) noexcept {
  const auto bucket = slots_.find(hash(hub, method));
  if (bucket == slots_.end()) return nullptr;
  for (Slot& slot : bucket->second) {
    if (equal_ignoring_case(slot.hub, hub) && equal_ignoring_case(slot.method, method)) return &slot;
  }
  return nullptr;
}

void HandlerTable::add(HandlerPtr handler) {
  Slot* place = slot(handler->hub, handler->method);
  if (place == nullptr) {
    auto& bucket = slots_[hash(handler->hub, handler->method)];
    place = &bucket.emplace_back(Slot{handler->hub, handler->method, {}});
  }
  insert(place->handlers, std::move(handler));
}

void HandlerTable::remove(const Handler& handler) {
  if (Slot* const place = slot(handler.hub, handler.method)) erase(place->handlers, handler);
}

const std::vector<HandlerPtr>* HandlerTable::find(std::string_view hub, std::string_view method) const noexcept {
  const Slot* const place = const_cast<HandlerTable*>(this)->slot(hub, method);
  return place == nullptr ? nullptr : &place->handlers;
}

}  // namespace signalr::detail::hub
