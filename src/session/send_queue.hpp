// Texts on their way to the network: bounded, in the order of the calls across threads.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <signalr/limits.hpp>

#include "session/completion.hpp"

namespace signalr::detail::session {

class SendQueue {
 public:
  using Done = std::shared_ptr<Completion<void>>;
  struct Item {
    std::string text;
    Done done;
  };

  /// What is left of an item that was taken: who waits for it, and how much it counts.
  struct Sent {
    Done done;
    std::size_t bytes;
  };

  explicit SendQueue(const Limits& limits) : limits_(limits) {}

  /// An empty string, with the memory of one that was sent before if there is one. Any thread.
  std::string take_buffer();

  /// Appends. Null: it is queued. Else the reason why not (closed, full), and `item` is untouched. Any thread.
  ErrorPtr push(Item& item);

  /// From now on push fails with this; null opens the queue (again).
  void set_closed(ErrorPtr reason);

  /// How much it holds, what is on its way included. Any thread.
  void measure(std::size_t& messages, std::size_t& bytes) const;

  /// The oldest one that was not given to the network and that somebody still wants; it still counts until `sent`. On
  /// the strand.
  bool take(Item& item);
  /// A text of that size, taken before, doesn't count any more; its memory comes back.
  void sent(std::size_t bytes, std::string buffer);
  bool empty();
  /// Drops what was not taken yet and gives the calls that waited for it. On the strand.
  std::vector<Done> drop_all();

 private:
  const Limits& limits_;
  mutable std::mutex mutex_;
  std::deque<Item> items_;
  std::size_t messages_ = 0;  // in items_ and on their way
  std::size_t bytes_ = 0;
  std::vector<std::string> spare_;
  ErrorPtr closed_;
};

}  // namespace signalr::detail::session
