// A getaddrinfo in front of the system's: hangs.test hangs while a test wants it to, and is 127.0.0.1 otherwise.
#pragma once

#include <chrono>

namespace signalr::test {

/// From construction to destruction look-ups of hangs.test wait; they end with it, and have ended when it has.
class HungNames {
 public:
  HungNames();
  ~HungNames();
  HungNames(const HungNames&) = delete;
  HungNames& operator=(const HungNames&) = delete;
  /// Whether somebody waits for the name, by then.
  bool wait_until_asked(std::chrono::seconds patience);
};

}  // namespace signalr::test
