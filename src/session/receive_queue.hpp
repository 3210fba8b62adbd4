// Frames that wait to be read, or reads that wait for frames.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include <signalr/limits.hpp>
#include <signalr/message.hpp>

#include "protocol/envelope.hpp"
#include "session/completion.hpp"

namespace signalr::detail::session {

class ReceiveQueue {
 public:
  using Waiter = std::shared_ptr<Completion<Message>>;

  explicit ReceiveQueue(const Limits& limits) : limits_(limits) {}

  /// Keeps a copy of the frame, or gives it to the first read that waits. On the strand.
  void push(std::string_view text, const protocol::Frame& frame);

  /// From now on what is pushed is kept back; what was kept back before is dropped. On the strand.
  void hold();
  /// Hands on what was kept back, and keeps back no more. On the strand.
  void release();

  /// Whether no more should be read from the network. If so the next take that makes room says so. On the strand.
  bool full();

  enum class Taken { nothing, one, one_and_room };
  /// Exchanges `message` with the oldest frame; its old memory serves a later one. one_and_room: there is room now
  /// after `full` had said that there was none. Any thread.
  Taken take(Message& message);

  /// How much it holds. Any thread.
  void measure(std::size_t& messages, std::size_t& bytes) const;

  /// Adds a read that found the queue empty. On the strand.
  void wait(Waiter waiter) { waiters_.push_back(std::move(waiter)); }
  bool awaited() const noexcept { return !waiters_.empty(); }
  /// Takes that read out of the line; null when it isn't in it.
  Waiter stop_waiting(const Completion<Message>& waiter);
  std::deque<Waiter> take_waiters() { return std::exchange(waiters_, {}); }

 private:
  bool has_room() const;
  void hand_on(Message message);

  const Limits& limits_;
  std::deque<Waiter> waiters_;  // strand only
  bool holding_ = false;        // strand only
  mutable std::mutex mutex_;
  std::deque<Message> messages_;
  std::deque<Message> held_;
  std::size_t bytes_ = 0;
  bool stalled_ = false;
  std::vector<Message> spare_;
};

}  // namespace signalr::detail::session
