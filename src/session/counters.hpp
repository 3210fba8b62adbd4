// The numbers of ConnStats that grow, where they grow.
#pragma once

#include <atomic>
#include <cstdint>

namespace signalr::detail::session {

/// Read by any thread. Written by one at a time (the strand, or under a lock), which spares the hot path a locked
/// instruction.
class Counter {
 public:
  void add(std::uint64_t count = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// On a cache line of their own: who reads them delays nothing else.
struct alignas(64) Counters {
  Counter frames_received;
  Counter bytes_received;
  Counter messages_received;
  Counter frames_dropped;
  Counter calls_dropped;
  Counter messages_sent;
  Counter bytes_sent;
  Counter invocations_started;  // under the router's lock
  Counter invocations_succeeded;
  Counter invocations_failed;
  Counter reconnects;
  Counter restarts;
};

}  // namespace signalr::detail::session
