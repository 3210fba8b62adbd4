#include <doctest/doctest.h>

#include <optional>
#include <vector>

#include "session/completion.hpp"

using namespace signalr;
using namespace signalr::detail::session;
using namespace std::chrono_literals;

namespace {

/// A strand whose clock the test sets, and that notes what is scheduled.
struct NotingExecutor final : Executor {
  void post(Task) override {}
  bool running_here() const noexcept override { return true; }
  TimePoint now() const noexcept override { return clock; }
  TimerId schedule(TimePoint when, Task) override {
    scheduled.push_back(when);
    return scheduled.size();
  }
  void cancel(TimerId) noexcept override {}

  TimePoint clock{1h};
  std::vector<TimePoint> scheduled;
};

struct Call {
  explicit Call(CallOptions options)
      : completion(std::make_shared<Completion<void>>(
            context, [this](Result<void> ended) { result = std::move(ended); }, std::move(options), "the call")) {}

  std::shared_ptr<NotingExecutor> executor = std::make_shared<NotingExecutor>();
  Context context{[this] {
    DialOptions options;
    options.executor = executor;
    return options;
  }()};
  std::optional<Result<void>> result;
  std::shared_ptr<Completion<void>> completion;
};

}  // namespace

TEST_CASE("the time of a call counts from the call on, however late the strand begins to watch it") {
  Call call(CallOptions{5s});
  call.executor->clock += 2s;
  call.completion->watch();
  CHECK(call.executor->scheduled == std::vector<TimePoint>{TimePoint(1h) + 5s});
}

TEST_CASE("a call without a deadline sets no timer") {
  Call call(CallOptions{});
  call.completion->watch();
  CHECK(call.executor->scheduled.empty());
  CHECK_FALSE(static_cast<bool>(call.completion->given_up()));
}

TEST_CASE("a call knows that its time is over, or that its token was canceled") {
  Call late(CallOptions{5s});
  CHECK_FALSE(static_cast<bool>(late.completion->given_up()));
  late.executor->clock += 5s;
  REQUIRE(static_cast<bool>(late.completion->given_up()));
  CHECK(dynamic_cast<const DeadlineError*>(late.completion->given_up().get()) != nullptr);

  CancelSource source;
  Call canceled(CallOptions{5s, source.token()});
  CHECK_FALSE(static_cast<bool>(canceled.completion->given_up()));
  source.cancel();
  REQUIRE(static_cast<bool>(canceled.completion->given_up()));
  CHECK(dynamic_cast<const CanceledError*>(canceled.completion->given_up().get()) != nullptr);
}
