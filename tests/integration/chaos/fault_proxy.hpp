// A TCP proxy that breaks what goes through it: cuts, resets inside a frame, silence, delays, bytes one by one, and
// times at which it refuses everybody.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace signalr::test {

/// Listens on 127.0.0.1 from construction on, on a thread of its own.
class FaultProxy {
 public:
  struct Options {
    std::uint16_t target = 0;  ///< the port of the server behind it
    unsigned seed = 0;         ///< of all that happens by chance
    /// Called on the proxy's thread with the number of WebSockets and streams that were broken so far.
    std::function<void(int cuts)> on_cut;
  };
  /// What it has done to long-lived connections; `requests` were broken besides.
  struct Counts {
    int closed = 0, reset = 0, silenced = 0;
    int slow = 0;  ///< were delayed, or got their bytes one by one
    int requests = 0;
    int refusals = 0;  ///< times at which nobody was let in
    int cuts() const noexcept { return closed + reset + silenced; }
  };

  explicit FaultProxy(Options options);
  /// Closes everything and joins the thread.
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  std::string url() const;
  /// From now on nothing is broken; what is silent is closed.
  void make_peace();
  Counts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalr::test
