// Handlers that are slow keep nobody else waiting for long: how long handlers have had the strand, and who is next.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include <signalr/executor.hpp>

namespace signalr::detail::session {

/// One for each executor, shared by its connections; strand only, but for `of`.
///
/// Handlers run where their message comes in, until they have had the strand for a slice of time. Then the turn is
/// over: what comes is noted and waits, while the executor serves everything that was posted or is due; after that
/// those who wait are served, whoever has used the strand least first, and for a slice again.
class Turns : public std::enable_shared_from_this<Turns> {
 public:
  static constexpr Duration kSlice = std::chrono::milliseconds(5);

  /// Somebody with handlers.
  class Member {
   public:
    Member() = default;
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    virtual ~Member() = default;
    /// The turn of whoever has joined the line: handlers run until `spent`.
    virtual void take_turn() = 0;

   private:
    friend class Turns;
    bool in_line_ = false;
    Duration used_{0};
  };

  /// That of an executor; any thread.
  static std::shared_ptr<Turns> of(const std::shared_ptr<Executor>& executor);

  explicit Turns(const std::shared_ptr<Executor>& executor) : executor_(*executor), owned_(executor) {}

  /// Whether handlers have to wait for the next turn.
  bool over() const noexcept { return over_; }

  /// Handlers of that member are about to run.
  void begin(Member& member) {
    if (step_ == 1 || member_ != &member) stamp(member);
  }
  /// A handler has run, if only perhaps; true: the turn is over.
  bool spent() { return --until_look_ == 0 && look(); }

  /// Who waits for a turn says so; once is enough.
  void join(const std::shared_ptr<Member>& member);

  /// No turn begins until each of these was released: what has come is being let in, before something is judged.
  void hold() noexcept { holds_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept { holds_.fetch_sub(1, std::memory_order_relaxed); }  // also where the executor has stopped

  /// How long handlers have had the strand, in all.
  Duration total() const noexcept { return total_; }

 private:
  void stamp(Member& member);
  bool look();
  void set_step(Duration took);
  void look_each_time() noexcept;
  void watch_turn();
  void end_turn();
  void go_round(int times);
  void serve();
  std::shared_ptr<Member> take_next();

  Executor& executor_;  // of everybody who has a share in this
  const std::weak_ptr<Executor> owned_;
  bool over_ = false;
  bool serving_ = false;
  std::atomic<int> holds_{0};
  std::vector<std::weak_ptr<Member>> line_;
  Duration floor_{0};  // what those had used who were served last
  Duration total_{0};

  // Looking at the clock after each handler would cost more than many a handler: in a flood of quick ones only each
  // step_-th looks.
  int step_ = 1;
  int until_look_ = 1;
  int quick_looks_ = 0;        // in a row
  bool turn_watched_ = false;  // watch_turn's task is on its way
  TimePoint last_look_{};
  Duration used_{0};          // by handlers in this turn
  Member* member_ = nullptr;  // whose handlers run; charged inside of its own calls only
};

}  // namespace signalr::detail::session
