// What curl's thread needs of the operating system: to know a fork, and to leave signals to others.
#pragma once

#if defined(_WIN32)
namespace signalr::curl {

inline int process_id() noexcept { return 0; }
class BlockedSignals {};

}  // namespace signalr::curl
#else
#include <pthread.h>
#include <unistd.h>

#include <csignal>

namespace signalr::curl {

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

}  // namespace signalr::curl
#endif
