// What the adapters' own threads need of the operating system: to know a fork, and to leave signals to others.
#pragma once

#include <atomic>
#include <memory>

#if defined(_WIN32)
namespace signalr::threads {

inline int process_id() noexcept { return 0; }
class BlockedSignals {};

}  // namespace signalr::threads
#else
#include <pthread.h>
#include <unistd.h>

#include <csignal>

namespace signalr::threads {

inline pid_t process_id() noexcept { return ::getpid(); }

/// Threads created while it lives take no signals, so that the application's handlers run on its own threads.
class BlockedSignals {
 public:
  BlockedSignals() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace signalr::threads
#endif

namespace signalr::threads {

/// The T of this process, made for the first who asks and never destroyed, since threads and connections may outlive
/// main. A child after fork gets one of its own: the parent's may have been locked at that moment.
template <class T>
T& of_process() {
  struct Slot {
    explicit Slot(Slot* previous) : before(previous) {}
    const decltype(process_id()) process = process_id();
    Slot* const before;  // the parent's
    T value;
  };
  static std::atomic<Slot*> current{nullptr};
  Slot* found = current.load(std::memory_order_acquire);
  while (found == nullptr || found->process != process_id()) {
    auto fresh = std::make_unique<Slot>(found);
    if (current.compare_exchange_strong(found, fresh.get(), std::memory_order_acq_rel)) found = fresh.release();
  }
  return found->value;
}

}  // namespace signalr::threads
