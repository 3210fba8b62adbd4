// Who runs handlers, and for how long: on an executor whose time a handler can let go by.
#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "session/turns.hpp"

using namespace signalr;
using namespace std::chrono_literals;
using detail::session::Turns;

namespace {

/// Tasks run when the test says so, and time is a number.
class Manual final : public Executor {
 public:
  void post(Task task) override { tasks_.push_back(std::move(task)); }
  bool running_here() const noexcept override { return true; }
  TimePoint now() const noexcept override {
    ++looks;
    return now_;
  }
  TimerId schedule(TimePoint, Task) override { return 0; }
  void cancel(TimerId) noexcept override {}

  void pass(Duration time) { now_ += time; }
  /// Runs what had been posted by now.
  void run_round() {
    for (std::size_t count = tasks_.size(); count > 0; --count) {
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }
  std::size_t tasks() const { return tasks_.size(); }

  mutable int looks = 0;

 private:
  TimePoint now_{1h};
  std::deque<Task> tasks_;
};

struct Hall {
  Manual executor;
  std::shared_ptr<Manual> owned{&executor, [](Manual*) {}};  // let go of, it has gone for all but the test
  std::shared_ptr<Turns> turns = Turns::of(owned);
  std::string served;

  /// Has so many handlers to run, which take so long each.
  struct Guest final : Turns::Member {
    Guest(Hall& its_hall, char its_name, Duration its_time) : hall(its_hall), name(its_name), time(its_time) {}
    void take_turn() override {
      while (left > 0 && !hall.turns->over()) run();
      if (left > 0) hall.turns->join(self.lock());
    }
    void run() {
      --left;
      hall.turns->begin(*this);
      hall.served += name;
      hall.executor.pass(time);
      hall.turns->spent();
    }
    Hall& hall;
    const char name;
    const Duration time;
    int left = 0;
    std::weak_ptr<Guest> self;
  };
  std::shared_ptr<Guest> guest(char name, Duration time) {
    auto made = std::make_shared<Guest>(*this, name, time);
    made->self = made;
    return made;
  }
  void next_turn() {
    for (int round = 0; round < 3; ++round) executor.run_round();
  }
};

}  // namespace

TEST_CASE("an executor has one line for all") {
  const auto one = std::make_shared<Manual>();
  const auto other = std::make_shared<Manual>();
  const auto turns = Turns::of(one);
  CHECK((Turns::of(one) == turns));
  CHECK((Turns::of(other) != turns));
}

TEST_CASE("a turn is over when handlers have had the strand for a slice, and begins anew three rounds later") {
  Hall hall;
  const auto quick = hall.guest('q', 1ms);
  quick->left = 4;
  for (int i = 0; i < 4; ++i) quick->run();
  CHECK_FALSE(hall.turns->over());
  const auto slow = hall.guest('s', 100ms);
  slow->left = 1;
  slow->run();
  CHECK(hall.turns->over());
  hall.executor.run_round();
  hall.executor.run_round();
  CHECK(hall.turns->over());
  hall.executor.run_round();
  CHECK_FALSE(hall.turns->over());
  CHECK(hall.executor.tasks() == 0);
  CHECK(hall.turns->total() == 104ms);
}

TEST_CASE("many quick handlers in a row make a slice, too; with pauses between them they don't") {
  Hall hall;
  const auto guest = hall.guest('a', 2ms);
  guest->left = 100;
  for (int i = 0; i < 3; ++i) guest->run();
  CHECK(hall.turns->over());
  hall.next_turn();
  for (int i = 0; i < 20; ++i) {
    hall.executor.pass(1ms);
    guest->run();
  }
  CHECK_FALSE(hall.turns->over());
}

TEST_CASE("one slow handler a turn, and whoever has used the strand least is first") {
  Hall hall;
  const auto a = hall.guest('a', 100ms);
  const auto b = hall.guest('b', 100ms);
  const auto quick = hall.guest('q', 1ms);
  for (const auto& guest : {a, b}) {
    guest->run();
    hall.next_turn();
    guest->left = 2;
  }
  hall.served.clear();
  quick->left = 2;
  for (const auto& guest : {a, b, quick}) hall.turns->join(guest);
  hall.next_turn();
  CHECK(hall.served == "qqa");
  quick->left = 1;
  hall.turns->join(quick);
  hall.next_turn();
  CHECK(hall.served == "qqaqb");
  hall.next_turn();
  hall.next_turn();
  CHECK(hall.served == "qqaqbab");
  hall.next_turn();
  CHECK(hall.executor.tasks() == 0);
}

TEST_CASE("in a flood of quick handlers the clock is hardly looked at") {
  Hall hall;
  const auto guest = hall.guest('q', 0ms);
  guest->left = 10'000;
  for (int i = 0; i < 10'000; ++i) guest->run();
  CHECK(hall.executor.looks < 400);
  hall.executor.run_round();
  hall.executor.pass(1s);  // nothing came for a while
  guest->left = 1;
  guest->run();
  CHECK_FALSE(hall.turns->over());
}

TEST_CASE("who has gone is passed over") {
  Hall hall;
  auto gone = hall.guest('g', 1ms);
  const auto stays = hall.guest('s', 1ms);
  gone->left = stays->left = 1;
  hall.turns->join(gone);
  hall.turns->join(stays);
  gone.reset();
  hall.next_turn();
  CHECK(hall.served == "s");
}

TEST_CASE("no turn begins while something is judged") {
  Hall hall;
  const auto guest = hall.guest('g', 1ms);
  guest->left = 1;
  hall.turns->join(guest);
  hall.turns->hold();
  hall.next_turn();
  hall.next_turn();
  CHECK(hall.served.empty());
  hall.turns->release();
  hall.executor.run_round();
  CHECK(hall.served == "g");
}

TEST_CASE("whose turn it is may let go of the executor, which stays until the turn is over") {
  struct Last final : Turns::Member {
    explicit Last(Hall& its_hall) : hall(its_hall) {}
    void take_turn() override {
      const std::weak_ptr<Manual> executor = std::exchange(hall.owned, nullptr);
      stayed = !executor.expired();
    }
    Hall& hall;
    bool stayed = false;
  };
  Hall hall;
  const auto last = std::make_shared<Last>(hall);
  hall.turns->join(last);
  hall.next_turn();
  CHECK(last->stayed);
}

TEST_CASE("no turn begins when the executor has gone") {
  Hall hall;
  const auto guest = hall.guest('g', 1ms);
  hall.turns->join(guest);
  hall.owned.reset();
  hall.executor.run_round();
  CHECK(hall.executor.tasks() == 0);
}
