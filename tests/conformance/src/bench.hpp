// Where one check runs: an executor, a peer and an adapter of the fixture, and the ways to wait for them.
//
// What is tried may be broken: it may keep what it was given, and call it late, twice, or on any thread. So whatever an
// adapter or executor can call (tasks, handlers, sinks, and the hooks that those run) reaches the verdict, what it owns
// (through a shared_ptr), and probes, which are never destroyed; never the check's stack, and never the bench. The one
// exception is `strand`, which lends the stack: see Loan.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <signalr/conformance/check.hpp>
#include <signalr/conformance/fixture.hpp>

#include "verdict.hpp"

namespace signalr::conformance {

/// Ends a check; the text says how the rule was broken.
struct Failure {
  std::string text;
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
  /// For a hook that is to release it.
  std::shared_ptr<HttpClient> take_client() { return std::exchange(client_, nullptr); }
  /// An executor that was stopped is gone for the bench: probes are destroyed where it stands.
  void stop_executor();

  /// A new probe. It stays when the bench goes, as a tripwire for late callbacks.
  WebsocketProbe& websocket();
  HttpProbe& http();

  void require(bool kept, std::string text) {
    if (!kept) throw Failure{std::move(text)};
  }
  /// A rule was broken, and the check goes on.
  void report(std::string text) { verdict_->report(std::move(text)); }
  /// For what an adapter calls, on any thread.
  const std::shared_ptr<Verdict>& verdict() { return verdict_; }

  /// Runs a function on the strand and waits for it; its result and its exception come back. A function that never
  /// returns is waited for without end, since it uses the caller's stack.
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
  void wait_for(const std::function<bool()>& predicate, const std::string& what);
  /// Waits for the n-th request at the peer.
  std::shared_ptr<PeerExchange> arrival(std::size_t index = 0);

  /// Lets everything happen that is under way: waits until nothing has rung for a moment. For proving that
  /// something doesn't happen.
  void settle();

  /// Destroys what is left, on the strand, and says what was reported, if anything.
  std::optional<std::string> finish();

 private:
  bool run_one();
  std::string in_vain(const std::string& what) const;
  void await(Loan& loan);
  void retire_probes();

  Fixture& fixture_;
  const std::shared_ptr<Verdict> verdict_ = std::make_shared<Verdict>();
  std::shared_ptr<Executor> executor_;
  std::vector<std::shared_ptr<Executor>> others_;
  bool stopped_ = false;
  std::unique_ptr<Peer> peer_;
  std::shared_ptr<WebsocketDialer> dialer_;
  std::shared_ptr<HttpClient> client_;
  std::vector<WebsocketProbe*> websockets_;
  std::vector<HttpProbe*> requests_;
};

/// Keeps an operation that no probe has, and destroys it where that has to be done also when the check fails.
class OnStrand {
 public:
  explicit OnStrand(const std::shared_ptr<Executor>& executor) : executor_(executor) {}
  OnStrand(const OnStrand&) = delete;
  OnStrand& operator=(const OnStrand&) = delete;
  ~OnStrand() {
    const auto executor = executor_.lock();
    if (executor != nullptr && operation != nullptr) {
      executor->post([last = std::move(operation)]() mutable { last = nullptr; });
    }
  }
  std::unique_ptr<Operation> operation;

 private:
  const std::weak_ptr<Executor> executor_;
};

/// Makes a check of a function that throws Failure.
Check make_check(std::string name, unsigned needs, void (*body)(Bench&));

/// Whether the executor has no thread of its own: it runs only inside `run_one`, on whoever's thread calls that.
bool has_no_thread(Executor& executor);

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
    Loan loan;
    std::conditional_t<std::is_void_v<Result>, bool, std::optional<Result>> result{};
    std::exception_ptr error;
  };
  const auto call = std::make_shared<Call>();
  executor->post([call, &function, verdict = verdict_] {
    const Loan::Answer answer = call->loan.begin();
    if (answer == Loan::Answer::ran_before) verdict->report("a task ran twice");
    if (answer != Loan::Answer::run) return;
    try {
      if constexpr (std::is_void_v<Result>) {
        function();
      } else {
        call->result.emplace(function());
      }
    } catch (...) {
      call->error = std::current_exception();
    }
    call->loan.end();
    verdict->ring();
  });
  if (executor != executor_) others_.push_back(executor);
  await(call->loan);
  if (executor != executor_) others_.pop_back();
  if (call->error) std::rethrow_exception(call->error);
  if constexpr (!std::is_void_v<Result>) return std::move(*call->result);
}

}  // namespace signalr::conformance
