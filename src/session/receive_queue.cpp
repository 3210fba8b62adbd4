#include "session/receive_queue.hpp"

#include <algorithm>
#include <utility>

namespace signalr::detail::session {
namespace {
constexpr std::size_t kSpareMessages = 16;
constexpr std::size_t kLargestSpare = 64 * 1024;

// What a message keeps in memory: a frame of two-byte elements takes far more than its text.
std::size_t footprint(const Message& message) {
  std::size_t bytes = message.text().size();
  for (const HubCallView& element : message.messages()) {
    bytes += sizeof(HubCallView) + element.arg_count * sizeof(RawJsonView);
  }
  return bytes;
}

}  // namespace

void ReceiveQueue::push(std::string_view text, const protocol::Frame& frame) {
  Message message;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!spare_.empty()) {
      message = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  message.assign(text, frame);
  if (!holding_) return hand_on(std::move(message));
  const std::size_t bytes = footprint(message);
  const std::lock_guard<std::mutex> lock(mutex_);
  held_.push_back(std::move(message));
  bytes_ += bytes;
}

void ReceiveQueue::hand_on(Message message) {
  while (!waiters_.empty()) {
    const Waiter waiter = std::move(waiters_.front());
    waiters_.pop_front();
    if (!waiter->end_if_canceled()) return waiter->complete(std::move(message));
  }
  const std::size_t bytes = footprint(message);
  const std::lock_guard<std::mutex> lock(mutex_);
  messages_.push_back(std::move(message));
  bytes_ += bytes;
}

void ReceiveQueue::hold() {
  holding_ = true;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const Message& message : held_) bytes_ -= footprint(message);
  held_.clear();
}

void ReceiveQueue::release() {
  holding_ = false;
  std::deque<Message> held;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    held.swap(held_);
    for (const Message& message : held) bytes_ -= footprint(message);
  }
  for (Message& message : held) hand_on(std::move(message));
}

void ReceiveQueue::measure(std::size_t& messages, std::size_t& bytes) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  messages = messages_.size() + held_.size();
  bytes = bytes_;
}

bool ReceiveQueue::has_room() const {
  return messages_.size() + held_.size() < limits_.max_receive_queue_messages &&
         bytes_ < limits_.max_receive_queue_bytes;
}

bool ReceiveQueue::full() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stalled_ = !has_room();
  return stalled_;
}

ReceiveQueue::Taken ReceiveQueue::take(Message& message) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (messages_.empty()) return Taken::nothing;
  std::swap(message, messages_.front());
  if (spare_.size() < kSpareMessages && messages_.front().text().size() <= kLargestSpare) {
    spare_.push_back(std::move(messages_.front()));
  }
  messages_.pop_front();
  bytes_ -= footprint(message);
  if (!stalled_ || !has_room()) return Taken::one;
  stalled_ = false;
  return Taken::one_and_room;
}

ReceiveQueue::Waiter ReceiveQueue::stop_waiting(const Completion<Message>& waiter) {
  const auto same = [&](const Waiter& other) { return other.get() == &waiter; };
  const auto place = std::find_if(waiters_.begin(), waiters_.end(), same);
  if (place == waiters_.end()) return nullptr;
  Waiter found = std::move(*place);
  waiters_.erase(place);
  return found;
}

}  // namespace signalr::detail::session
