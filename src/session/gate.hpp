// Lets the strand's work into a session, and keeps it out once the session's owner has gone.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace signalr::detail::session {

/// Whatever the strand does for a session, it does between `enter` and `leave`; this costs two atomic operations. An
/// owner on another thread closes the gate and waits until the strand is outside: afterwards no handler runs.
class Gate {
 public:
  /// On the strand. False when the gate is closed: do nothing then. Entries nest.
  bool enter() noexcept;
  void leave() noexcept;

  /// From now on nobody gets in; who is inside finishes. Any thread.
  void close() noexcept { state_.fetch_or(kClosed, std::memory_order_acq_rel); }
  bool closed() const noexcept { return (state_.load(std::memory_order_acquire) & kClosed) != 0; }

  /// Waits until the entry that is open now has been left. Not on the strand.
  void wait_until_outside();

 private:
  static constexpr std::uint32_t kInside = 1;
  static constexpr std::uint32_t kClosed = 2;
  static constexpr std::uint32_t kAwaited = 4;

  void wake() noexcept;

  std::atomic<std::uint32_t> state_{0};
  int depth_ = 0;  // strand only
  std::mutex mutex_;
  std::condition_variable outside_;
  std::uint64_t wakes_ = 0;  // guarded by mutex_
};

/// One entry, while it lives.
class Entry {
 public:
  explicit Entry(Gate& gate) noexcept : gate_(gate.enter() ? &gate : nullptr) {}
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  ~Entry() {
    if (gate_ != nullptr) gate_->leave();
  }
  explicit operator bool() const noexcept { return gate_ != nullptr; }

 private:
  Gate* gate_;
};

}  // namespace signalr::detail::session
