// Watches the callbacks of one object for what every seam promises: on the strand, never inside a call, never nested,
// never after the end, never after destruction.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "bench.hpp"

namespace signalr::conformance {

class CallbackGuard {
 public:
  CallbackGuard(std::shared_ptr<Verdict> verdict, std::weak_ptr<Executor> executor)
      : verdict_(std::move(verdict)), executor_(std::move(executor)) {}

  /// Around a call to the adapter.
  template <class F>
  void call(const char* name, F&& function) {
    struct Inside {
      std::atomic<const char*>& where;
      const char* before;
      ~Inside() { where = before; }
    };
    const Inside inside{inside_call_, inside_call_.exchange(name)};
    function();
  }

  /// Around a callback's body. One that breaks a rule is reported, and is otherwise as if it had not come.
  template <class F>
  void callback(const char* name, F&& body) {
    if (destroyed_) return broken(name, "after the object was destroyed");
    if (ended_) return broken(name, "after the last callback");
    const auto executor = executor_.lock();
    if (executor == nullptr || !executor->running_here()) return broken(name, "off the strand");
    if (const char* call = inside_call_) return broken(name, std::string("inside ") + call);
    if (inside_callback_.exchange(true)) return broken(name, "inside another callback of the same object");
    body();
    inside_callback_ = false;
    verdict_->ring();
  }

  void set_ended() { ended_ = true; }
  void set_destroyed() { destroyed_ = true; }

 private:
  void broken(const char* name, const std::string& how) { verdict_->report(std::string(name) + " came " + how); }

  const std::shared_ptr<Verdict> verdict_;
  const std::weak_ptr<Executor> executor_;
  // Atomic, since a broken adapter comes from anywhere.
  std::atomic<const char*> inside_call_{nullptr};
  std::atomic<bool> inside_callback_{false};
  std::atomic<bool> ended_{false};
  std::atomic<bool> destroyed_{false};
};

}  // namespace signalr::conformance
