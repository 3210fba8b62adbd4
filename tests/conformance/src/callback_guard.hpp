// Watches the callbacks of one object for what every seam promises: on the strand, never inside a call, never nested,
// never after the end, never after destruction.
#pragma once

#include <atomic>
#include <string>
#include <utility>

#include "bench.hpp"

namespace signalr::conformance {

class CallbackGuard {
 public:
  CallbackGuard(Bench& bench, const Executor& executor) : bench_(bench), executor_(executor) {}

  /// Around a call to the adapter.
  template <class F>
  void call(const char* name, F&& function) {
    const char* before = inside_call_.exchange(name);
    function();
    inside_call_.store(before);
  }

  /// Around a callback's body. The bell rings after it.
  template <class F>
  void callback(const std::string& name, F&& body) {
    if (!executor_.running_here()) bench_.report(name + " came off the strand");
    if (const char* call = inside_call_.load()) bench_.report(name + " came inside " + call);
    if (inside_callback_.exchange(true)) bench_.report(name + " came inside another callback of the same object");
    if (destroyed_.load()) bench_.report(name + " came after the object was destroyed");
    if (ended_.load()) bench_.report(name + " came after the last callback");
    body();
    inside_callback_.store(false);
    bench_.bell()->ring();
  }

  void set_ended() { ended_.store(true); }
  void set_destroyed() { destroyed_.store(true); }
  bool destroyed() const { return destroyed_.load(); }

 private:
  Bench& bench_;
  const Executor& executor_;
  // Atomic, since a broken adapter comes from anywhere.
  std::atomic<const char*> inside_call_{nullptr};
  std::atomic<bool> inside_callback_{false};
  std::atomic<bool> ended_{false};
  std::atomic<bool> destroyed_{false};
};

}  // namespace signalr::conformance
