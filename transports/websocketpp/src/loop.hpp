// A strand on an io_context: the queue of tasks and the timers behind every Executor of this library, and the end of
// both when the io_context ends first.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/io_context.hpp>
#include <signalr/executor.hpp>

namespace signalr::net {

class Loop : public std::enable_shared_from_this<Loop> {
 public:
  /// Something that keeps objects of Asio, which must not outlive the io_context.
  class User {
   public:
    User() = default;
    User(const User&) = delete;
    User& operator=(const User&) = delete;
    /// On the strand: destroy these objects, and call nobody back ever after.
    virtual void on_loop_end() noexcept = 0;

   protected:
    ~User() = default;
  };

  /// Marks the thread as running this loop's work.
  class Scope {
   public:
    explicit Scope(Loop& loop) noexcept : loop_(loop), before_(loop.owner_.load(std::memory_order_relaxed)) {
      loop_.owner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    }
    ~Scope() { loop_.owner_.store(before_, std::memory_order_relaxed); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Loop& loop_;
    std::thread::id before_;
  };

  enum class Threads { one, several };

  /// `Threads::one`: the io_context is run by one thread at a time, no strand is needed.
  static std::shared_ptr<Loop> on(asio::io_context& context, Threads threads);
  ~Loop();

  void post(Task task);
  bool running_here() const noexcept { return owner_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }
  /// Whether a thread is running this loop's work. Any thread.
  bool busy() const noexcept { return owner_.load(std::memory_order_relaxed) != std::thread::id(); }
  TimerId schedule(TimePoint when, Task task);
  void cancel(TimerId id) noexcept;

  /// From any thread: no task begins after this; what is queued is destroyed by `end`.
  void stop() noexcept;
  /// From any thread: `stop`, and `end` on the strand.
  void end_soon();
  /// On the strand, or where it can't run any more: destroys all that waits, tells the users.
  void end() noexcept;

  // On the strand, before the end.
  void add(User& user) { users_.insert(&user); }
  void remove(User& user) noexcept { users_.erase(&user); }
  const asio::any_io_executor& executor() const noexcept { return executor_; }
  bool stopped() const noexcept { return stopped_.load(std::memory_order_acquire); }

  /// A completion handler that runs `function` as this loop's work, unless the loop has stopped.
  template <class Function>
  auto bind(Function function) {
    return [self = shared_from_this(), function = std::move(function)](auto&&... arguments) mutable {
      if (self->stopped()) return;
      const Scope scope(*self);
      function(std::forward<decltype(arguments)>(arguments)...);
    };
  }

 private:
  using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::any_io_executor>;
  using Due = std::pair<TimePoint, TimerId>;

  explicit Loop(asio::any_io_executor executor);
  void run_queue();
  void run_posted();
  void run_timers();
  void arm();

  std::atomic<std::thread::id> owner_{};
  std::atomic<bool> stopped_{false};

  std::mutex mutex_;  // guards the next three
  std::vector<Task> queue_;
  bool queue_scheduled_ = false;
  asio::any_io_executor executor_;  // changes once, in end()

  std::vector<Task> batch_;
  std::map<Due, Task> timers_;
  std::unordered_map<TimerId, TimePoint> deadlines_;
  TimerId last_timer_ = 0;
  std::optional<Timer> timer_;
  std::unordered_set<User*> users_;
};

}  // namespace signalr::net
