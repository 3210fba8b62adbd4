// Interposes getaddrinfo: libcurl and our resolver both find this one first.
#include "hung_names.hpp"

#include <dlfcn.h>
#include <netdb.h>
#include <condition_variable>
#include <cstring>
#include <mutex>

namespace signalr::test {
namespace {

struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool closed = false;
  int waiting = 0;

  void pass() {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [this] { return !closed; });
    --waiting;
    changed.notify_all();
  }
};
Gate& gate() {
  static Gate& one = *new Gate;  // threads that nobody joins may be in it when the process ends
  return one;
}

}  // namespace

HungNames::HungNames() {
  const std::lock_guard lock(gate().mutex);
  gate().closed = true;
}

HungNames::~HungNames() {
  std::unique_lock lock(gate().mutex);
  gate().closed = false;
  gate().changed.notify_all();
  gate().changed.wait(lock, [] { return gate().waiting == 0; });
}

bool HungNames::wait_until_asked(std::chrono::seconds patience) {
  std::unique_lock lock(gate().mutex);
  return gate().changed.wait_for(lock, patience, [] { return gate().waiting > 0; });
}

}  // namespace signalr::test

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto original = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name != nullptr && std::strcmp(name, "hangs.test") == 0) {
    signalr::test::gate().pass();
    name = "127.0.0.1";
  }
  return original(name, service, hints, found);
}
