// The thread that runs libcurl: one multi handle, told what to do through a queue.
#pragma once

#include <memory>
#include <thread>

#include "threads/process.hpp"
#include "transfer.hpp"

namespace signalr::curl {

/// Owned by the client and by each of its operations; the last of them ends the thread. All calls from any thread of
/// the process that made it; a child after fork may only let go of it.
class Worker {
 public:
  /// Throws TransportError when the system gives it no descriptors.
  Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  bool of_this_process() const noexcept { return process_ == threads::process_id(); }

  /// Throws std::system_error when the thread can't be started, TransportError when it can't be woken.
  void start(std::shared_ptr<Transfer> transfer);
  void unpause(std::shared_ptr<Transfer> transfer);
  /// Drops the transfer's connection unless its answer was complete.
  void cancel(std::shared_ptr<Transfer> transfer);

 private:
  struct Command;
  class Loop;

  /// False: the thread may hear of it late.
  bool tell(Command command);

  const decltype(threads::process_id()) process_ = threads::process_id();
  const std::shared_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace signalr::curl
