#include "session/send_queue.hpp"

#include <utility>

namespace signalr::detail::session {
namespace {
constexpr std::size_t kSpareBuffers = 16;
constexpr std::size_t kLargestSpare = 64 * 1024;
}  // namespace

std::string SendQueue::take_buffer() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (spare_.empty()) return {};
  std::string buffer = std::move(spare_.back());
  spare_.pop_back();
  buffer.clear();
  return buffer;
}

ErrorPtr SendQueue::push(Item& item) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_ != nullptr) return closed_;
  if (messages_ >= limits_.max_send_queue_messages) {
    return LimitError("more than Limits::max_send_queue_messages (" + std::to_string(limits_.max_send_queue_messages) +
                          ") messages wait for the network",
                      "max_send_queue_messages")
        .clone();
  }
  if (item.text.size() > limits_.max_send_queue_bytes - std::min(bytes_, limits_.max_send_queue_bytes)) {
    return LimitError("more than Limits::max_send_queue_bytes (" + std::to_string(limits_.max_send_queue_bytes) +
                          ") bytes wait for the network",
                      "max_send_queue_bytes")
        .clone();
  }
  ++messages_;
  bytes_ += item.text.size();
  items_.push_back(std::move(item));
  return nullptr;
}

void SendQueue::set_closed(ErrorPtr reason) {
  const std::lock_guard<std::mutex> lock(mutex_);
  closed_ = std::move(reason);
}

void SendQueue::measure(std::size_t& messages, std::size_t& bytes) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  messages = messages_;
  bytes = bytes_;
}

bool SendQueue::take(Item& item) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (;;) {
    if (items_.empty()) return false;
    item = std::move(items_.front());
    items_.pop_front();
    if (item.done == nullptr || !item.done->done()) break;  // else it was given up
    --messages_;
    bytes_ -= item.text.size();
  }
  return true;
}

void SendQueue::sent(std::size_t bytes, std::string buffer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  bytes_ -= bytes;
  --messages_;
  if (spare_.size() < kSpareBuffers && buffer.capacity() <= kLargestSpare) spare_.push_back(std::move(buffer));
}

bool SendQueue::empty() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return items_.empty();
}

std::vector<SendQueue::Done> SendQueue::drop_all() {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Done> waiting;
  for (Item& item : items_) {
    bytes_ -= item.text.size();
    --messages_;
    if (item.done != nullptr) waiting.push_back(std::move(item.done));
  }
  items_.clear();
  return waiting;
}

}  // namespace signalr::detail::session
