#include "session/consumer_slot.hpp"

#include <signalr/errors.hpp>

namespace signalr::detail::session {

void ConsumerSlot::claim(ConsumerKind kind) {
  ConsumerKind before = ConsumerKind::none;
  if (kind_.compare_exchange_strong(before, kind) || before == kind) return;
  throw UsageError(
      "the messages of a connection go to one kind of consumer: read_message, on_received or Clients; "
      "another one was used first");
}

std::shared_ptr<Consumer> ConsumerSlot::current() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return consumer_;
}

}  // namespace signalr::detail::session
