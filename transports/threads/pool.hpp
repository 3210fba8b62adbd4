// A few threads for what blocks and can't be woken: whoever waits for it must be able to walk away, from the dial and
// from the process.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "process.hpp"

namespace signalr::threads {

/// Threads come as they are needed, end when idle, and are never joined; nor is the pool ever destroyed.
class Pool {
 public:
  /// `run` is called on a thread of the pool; what it is for names the jobs that may hang together.
  class Job {
   public:
    explicit Job(std::string purpose) : what_for(std::move(purpose)) {}
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    virtual ~Job() = default;
    virtual void run() = 0;

    const std::string what_for;

   private:
    friend class Pool;
    bool abandoned_ = false;
  };

  /// Where the system gives no thread at all, the job runs here and now.
  void submit(std::shared_ptr<Job> job);
  /// Nobody waits for the job any more: it won't begin, or doesn't count where threads are scarce.
  void abandon(Job& job) noexcept;

 private:
  bool must_wait(const Job& job) const noexcept;
  bool may_grow() const noexcept;
  bool add_thread() noexcept;
  std::shared_ptr<Job> take();
  void work();

  const decltype(process_id()) process_ = process_id();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> queue_;
  std::vector<std::shared_ptr<Job>> running_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
};

}  // namespace signalr::threads
