#include <signalr/executor.hpp>

#include <ctime>

namespace signalr {

Clock::time_point Clock::now() noexcept {
#if defined(CLOCK_BOOTTIME)
  timespec now{};
  if (clock_gettime(CLOCK_BOOTTIME, &now) == 0) {
    return time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
  }
#endif
  return time_point(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace signalr
