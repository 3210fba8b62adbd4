// Frames whose handlers wait for their turn: what they say about the connection itself has been noted when they came.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/gap.hpp>
#include <signalr/limits.hpp>

#include "session/send_queue.hpp"

namespace signalr::detail::session {

/// On the strand, but for `measure`. In steady state it allocates nothing.
class Backlog {
 public:
  struct Entry {
    std::string text;        ///< empty: there is but the gap to tell
    std::size_t next = 0;    ///< the first of its messages that waits
    bool answer = false;     ///< of a call that is under way
    std::optional<Gap> gap;  ///< to be told before its messages are handed on
    SendQueue::Done done;    ///< the write that it answers: ends after it
  };

  explicit Backlog(const Limits& limits) : limits_(limits) {}

  /// An entry with a copy of the text; its memory is that of an earlier one.
  Entry entry_of(std::string_view text);
  /// Behind all others.
  void push(Entry entry);
  /// The oldest.
  Entry take();
  /// The oldest again: its turn was over before its end.
  void put_back(Entry entry);
  /// An entry that is done with.
  void recycle(Entry entry);
  /// Those that are answers, in order.
  std::vector<Entry> take_answers();
  std::vector<Entry> take_all();

  bool empty() const noexcept { return next_ == entries_.size(); }
  /// Whether it holds what Limits::max_receive_queue_* allow: no more should be read from the network.
  bool full() const noexcept;
  /// Adds what it holds. Any thread.
  void measure(std::size_t& messages, std::size_t& bytes) const noexcept;

 private:
  void count(const Entry& entry, bool added) noexcept;

  const Limits& limits_;
  std::vector<Entry> entries_;  // from next_ on
  std::size_t next_ = 0;
  std::vector<std::string> spare_;
  std::atomic<std::size_t> messages_{0};
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace signalr::detail::session
