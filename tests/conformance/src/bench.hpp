// Where one check runs: an executor, a peer and an adapter of the fixture, and the ways to wait for them.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <signalr/conformance/check.hpp>
#include <signalr/conformance/fixture.hpp>

namespace signalr::conformance {

/// Ends a check; the text says how the rule was broken.
struct Failure {
  std::string text;
};

/// Wakes whoever waits for something to change. Any thread.
class Bell {
 public:
  void ring();
  /// Waits for a ring since `seen` (then the number of the last one), but not long: rings may be lost.
  void wait(std::size_t& seen);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t rings_ = 0;
};

class WebsocketProbe;
class HttpProbe;

/// Its functions are for the thread that runs the check, unless they say otherwise.
class Bench {
 public:
  explicit Bench(Fixture& fixture);
  ~Bench();
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Fixture& fixture() { return fixture_; }
  const std::shared_ptr<Executor>& executor();
  Peer& peer();
  WebsocketDialer& dialer();
  HttpClient& client();
  void release_dialer() { dialer_ = nullptr; }
  void release_client() { client_ = nullptr; }
  /// An executor that was stopped is gone for the bench: probes are destroyed where it stands.
  void stop_executor();

  /// A new probe; the bench owns it, and keeps it as a tripwire for late callbacks until the check ends.
  WebsocketProbe& websocket();
  HttpProbe& http();

  void require(bool kept, std::string text) {
    if (!kept) throw Failure{std::move(text)};
  }
  /// For callbacks, on any thread: a rule was broken. The first one counts.
  void report(std::string text);

  /// Runs a function on the strand and waits for it; its result and its exception come back.
  template <class F>
  auto strand(F&& function) {
    return strand_of(executor(), std::forward<F>(function));
  }
  template <class F>
  auto strand_of(const std::shared_ptr<Executor>& executor, F&& function);

  /// Waits until a predicate is true, evaluated on the strand between its tasks; fails when that takes too long.
  template <class Predicate>
  void until(Predicate predicate, const std::string& what) {
    wait_for([&] { return strand(predicate); }, what);
  }
  /// The same, evaluated on this thread.
  void wait_for(const std::function<bool()>& predicate, const std::string& what) { wait(predicate, what, true); }
  /// Waits for the n-th request at the peer.
  std::shared_ptr<PeerExchange> arrival(std::size_t index = 0);

  /// Lets everything happen that is under way: waits until nothing has rung for a moment. For proving that
  /// something doesn't happen.
  void settle();

  /// Shared, since a task of a broken executor may outlive the bench.
  const std::shared_ptr<Bell>& bell() { return bell_; }

  /// Destroys what is left, on the strand, and says what was reported, if anything.
  std::optional<std::string> finish();

 private:
  bool help();
  void wait(const std::function<bool()>& predicate, const std::string& what, bool only_while_unbroken);
  void destroy_probes();

  Fixture& fixture_;
  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  std::shared_ptr<Executor> executor_;
  std::vector<std::shared_ptr<Executor>> others_;
  bool stopped_ = false;
  std::unique_ptr<Peer> peer_;
  std::shared_ptr<WebsocketDialer> dialer_;
  std::shared_ptr<HttpClient> client_;
  std::vector<std::unique_ptr<WebsocketProbe>> websockets_;
  std::vector<std::unique_ptr<HttpProbe>> requests_;
  std::mutex mutex_;
  std::optional<std::string> broken_;
};

/// Makes a check of a function that throws Failure.
Check make_check(std::string name, unsigned needs, void (*body)(Bench&));

/// Whether the executor has no thread of its own: it runs only inside `help`, on whoever's thread calls that.
bool runs_by_help(Executor& executor);

/// Keeps the strand busy while the rest of the adapter goes on, so that callbacks queue up behind this task.
void let_callbacks_queue_up();

/// Waits until the peer sees that the client has dropped a connection; `what` says whose.
void await_gone(Bench& bench, const PeerExchange& peer, const std::string& what);

/// How long a call takes, at its fastest: a loaded machine makes calls slow now and then, a blocking call is always.
Duration fastest_of(int tries, const std::function<Duration()>& measure);
template <class F>
Duration time_of(F&& call) {
  const TimePoint begin = Clock::now();
  call();
  return Clock::now() - begin;
}

template <class F>
auto Bench::strand_of(const std::shared_ptr<Executor>& executor, F&& function) {
  using Result = std::invoke_result_t<F&>;
  struct Call {
    std::conditional_t<std::is_void_v<Result>, bool, std::optional<Result>> result{};
    std::exception_ptr error;
    std::mutex mutex;
    bool done = false;
  };
  const auto call = std::make_shared<Call>();
  executor->post([call, &function, bell = bell_] {
    try {
      if constexpr (std::is_void_v<Result>) {
        function();
      } else {
        call->result.emplace(function());
      }
    } catch (...) {
      call->error = std::current_exception();
    }
    {
      const std::lock_guard lock(call->mutex);
      call->done = true;
    }
    bell->ring();
  });
  if (executor != executor_) others_.push_back(executor);
  // Waits to the end also when a rule was broken meanwhile, since the task refers to the caller's stack.
  wait(
      [&] {
        const std::lock_guard lock(call->mutex);
        return call->done;
      },
      "a task that was posted to run", false);
  if (executor != executor_) others_.pop_back();
  if (call->error) std::rethrow_exception(call->error);
  if constexpr (!std::is_void_v<Result>) return std::move(*call->result);
}

}  // namespace signalr::conformance
