// Waiting on an executor, after which the executor may go.
#include <doctest/doctest.h>

#include <signalr/event_loop.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "session/blocking_call.hpp"

using namespace signalr;
using namespace std::chrono_literals;

namespace {

/// Puts a name on somebody else's loop, which may run its tasks after this has gone: as an io_context of the user's.
class Borrowed final : public Executor {
 public:
  Borrowed(std::shared_ptr<Executor> loop, std::promise<void>& gone) : loop_(std::move(loop)), gone_(gone) {}
  ~Borrowed() override { gone_.set_value(); }
  void post(Task task) override { loop_->post(std::move(task)); }
  bool running_here() const noexcept override { return loop_->running_here(); }
  TimePoint now() const noexcept override { return loop_->now(); }
  TimerId schedule(TimePoint when, Task task) override {
    loop_->post(std::move(on_schedule));
    return loop_->schedule(when, std::move(task));
  }
  void cancel(TimerId id) noexcept override { loop_->cancel(id); }

  Task on_schedule;  ///< posted when the first timer is set

 private:
  const std::shared_ptr<Executor> loop_;
  std::promise<void>& gone_;
};

}  // namespace

TEST_CASE("an executor stays until the timer of a wait that has ended is canceled") {
  const auto loop = make_event_loop();
  std::promise<void> gone;
  std::promise<void> go_on;
  const auto gone_by = [went = gone.get_future()](Duration time) {
    return went.wait_for(time) == std::future_status::ready;
  };
  {
    const auto executor = std::make_shared<Borrowed>(loop, gone);
    DialOptions options;
    options.executor = executor;
    detail::session::Context context(options);
    detail::session::BlockingCall<void> call(context, "wait");
    executor->on_schedule = [handler = call.handler(), may_go_on = go_on.get_future()]() mutable {
      handler(Result<void>());
      may_go_on.wait();
    };
    CHECK(call.wait().ok());
  }
  CHECK_FALSE(gone_by(0s));
  go_on.set_value();
  CHECK(gone_by(1min));
}
