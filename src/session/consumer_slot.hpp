// The one consumer of a connection: its kind is fixed by the first who asks, and so is the consumer.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "session/consumer.hpp"

namespace signalr::detail::session {

/// Any thread.
class ConsumerSlot {
 public:
  /// UsageError when another kind has done so before.
  void claim(ConsumerKind kind);
  /// The consumer of the kind that was claimed. The first who asks makes it; `made` is called before anybody else gets
  /// it.
  template <class T, class Make, class Made>
  std::shared_ptr<T> get(Make make, Made made) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (consumer_ == nullptr) {
      consumer_ = make();
      made();
    }
    return std::static_pointer_cast<T>(consumer_);
  }
  /// Null: nobody has asked.
  std::shared_ptr<Consumer> current() const;

 private:
  std::atomic<ConsumerKind> kind_{ConsumerKind::none};
  mutable std::mutex mutex_;
  std::shared_ptr<Consumer> consumer_;  // guarded by mutex_
};

}  // namespace signalr::detail::session
