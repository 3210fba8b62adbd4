#include <doctest/doctest.h>
#include <signalr/cancel.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

using namespace signalr;

TEST_CASE("a default token is never canceled and runs no callback") {
  const CancelToken token;
  CHECK_FALSE(token.canceled());
  CHECK_FALSE(token.can_be_canceled());
  bool ran = false;
  {
    const CancelRegistration registration(token, [&] { ran = true; });
  }
  CHECK_FALSE(ran);
}

TEST_CASE("canceling runs the callbacks once each, in the order of their registration") {
  CancelSource source;
  std::vector<int> ran;
  const CancelRegistration first(source.token(), [&] { ran.push_back(1); });
  const CancelRegistration second(source.token(), [&] { ran.push_back(2); });
  CHECK_FALSE(source.canceled());
  source.cancel();
  source.cancel();
  CHECK(source.canceled());
  CHECK(source.token().canceled());
  CHECK(ran == std::vector<int>{1, 2});
}

TEST_CASE("a source that was moved from still has its state") {
  CancelSource source;
  CancelSource other = std::move(source);
  const CancelToken token = source.token();
  CHECK_FALSE(source.canceled());
  source.cancel();
  CHECK(other.canceled());
  CHECK(token.canceled());
}

TEST_CASE("a callback for a token that is canceled already runs at once") {
  CancelSource source;
  source.cancel();
  bool ran = false;
  const CancelRegistration registration(source.token(), [&] { ran = true; });
  CHECK(ran);
}

TEST_CASE("a registration that is gone, reset or replaced isn't called") {
  CancelSource source;
  int ran = 0;
  {
    const CancelRegistration gone(source.token(), [&] { ++ran; });
  }
  CancelRegistration reset(source.token(), [&] { ++ran; });
  reset.reset();
  CancelRegistration replaced(source.token(), [&] { ++ran; });
  replaced = CancelRegistration(source.token(), [&] { ran += 100; });
  source.cancel();
  CHECK(ran == 100);
}

TEST_CASE("a moved registration lives on") {
  CancelSource source;
  int ran = 0;
  CancelRegistration registration(source.token(), [&] { ++ran; });
  const CancelRegistration moved = std::move(registration);
  registration.reset();
  source.cancel();
  CHECK(ran == 1);
}

TEST_CASE("tokens outlive their source; copies of a source share their state") {
  std::optional<CancelSource> source{std::in_place};
  const CancelSource copy = *source;
  const CancelToken token = source->token();
  source.reset();
  CHECK_FALSE(token.canceled());
  CancelSource(copy).cancel();
  CHECK(token.canceled());
}

TEST_CASE("a callback may destroy its own registration, others' and the source, and register again") {
  auto source = std::make_unique<CancelSource>();
  const CancelToken token = source->token();
  std::optional<CancelRegistration> own, other, late;
  bool other_ran = false, late_ran = false, canceled_inside = false;
  own.emplace(token, [&, payload = std::make_unique<int>(7)] {
    own.reset();
    other.reset();
    canceled_inside = token.canceled();
    source.reset();
    late.emplace(token, [&] { late_ran = true; });
    CHECK(*payload == 7);  // the callback itself is still there
  });
  other.emplace(token, [&] { other_ran = true; });
  source->cancel();
  CHECK(canceled_inside);
  CHECK(late_ran);
  CHECK_FALSE(other_ran);
}

TEST_CASE("what a callback holds is released once it has run, or when the registration ends") {
  CancelSource source;
  const auto held = std::make_shared<int>(1);
  CancelRegistration run(source.token(), [held] {});
  CancelRegistration removed(source.token(), [held] {});
  CHECK(held.use_count() == 3);
  removed.reset();
  CHECK(held.use_count() == 2);
  source.cancel();
  CHECK(held.use_count() == 1);
}

TEST_CASE("a callback may hold its own registration") {
  CancelSource source;
  auto registration = std::make_shared<CancelRegistration>();
  const std::weak_ptr<CancelRegistration> watch = registration;
  *registration = CancelRegistration(source.token(), [registration] {});
  registration.reset();
  CHECK_FALSE(watch.expired());
  source.cancel();
  CHECK(watch.expired());
}

TEST_CASE("destroying a registration waits for its callback on another thread") {
  CancelSource source;
  std::promise<void> entered, leave;
  std::atomic<bool> left{false};
  std::optional<CancelRegistration> registration;
  registration.emplace(source.token(), [&] {
    entered.set_value();
    leave.get_future().wait();
    left = true;
  });
  std::thread canceler([&] { source.cancel(); });
  entered.get_future().wait();
  std::thread releaser([&] { leave.set_value(); });
  registration.reset();
  CHECK(left);
  releaser.join();
  canceler.join();
}

TEST_CASE("callbacks run under no lock: another thread can register and unregister meanwhile") {
  CancelSource source;
  std::atomic<int> ran{0};
  std::optional<CancelRegistration> waiting;
  const CancelRegistration first(source.token(), [&] {
    std::thread([&] {
      waiting.reset();
      const CancelRegistration late(source.token(), [&] { ++ran; });
    }).join();
  });
  waiting.emplace(source.token(), [&] { ran += 100; });
  source.cancel();
  CHECK(ran == 1);
}

TEST_CASE("canceling races with registering and unregistering") {
  for (int round = 0; round < 200; ++round) {
    CancelSource source;
    std::atomic<bool> go{false};
    std::atomic<int> ran{0};
    std::thread canceler([&] {
      while (!go) std::this_thread::yield();
      source.cancel();
    });
    go = true;
    bool alive = true;  // plain: TSan sees a callback that runs after its registration's end
    {
      const CancelRegistration registration(source.token(), [&] {
        if (alive) ++ran;
      });
      if (round % 2 == 0) std::this_thread::yield();
    }
    alive = false;
    canceler.join();
    CHECK(ran <= 1);
  }
}
