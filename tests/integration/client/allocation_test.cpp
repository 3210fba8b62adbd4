// From a frame on the socket to a handler that takes views, nothing is allocated in steady state.
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <signalr/client.hpp>

#include "world.hpp"

// glibc's own allocator, behind all that a program may put in front of it.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

std::atomic<bool> counting{false};
std::atomic<std::size_t> allocations{0};
thread_local bool is_client = false;  // set by the handlers: the thread of the connection's executor

void note() noexcept {
  if (is_client && counting.load(std::memory_order_relaxed)) allocations.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

// In front of glibc's: what `new`, Asio (which asks for aligned memory) and C libraries take all comes through here.
extern "C" {
void* malloc(std::size_t size) {
  note();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  note();
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  note();
  return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  note();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  note();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  note();
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
}

using namespace signalr;
using namespace signalr::test;

namespace {

constexpr int kWarm = 20'000;
constexpr int kTotal = 60'000;
constexpr int kBurst = 500;  // a server forgets what a client is too slow for (P§5.6)

/// Allocations between the calls kWarm and kTotal of "price", which `register_on` has a handler for. The handler is to
/// tell each call to the counter that it is given.
template <class Register>
std::size_t count(Register register_on) {
  server::ServerSettings settings;
  settings.keep_alive = std::nullopt;  // watching for silence sets a timer every few seconds, whatever arrives
  Local local(false, demo({}, settings));
  Conn conn = local.dial();
  Client client("TestHub", conn);
  std::mutex mutex;
  std::condition_variable changed;
  int seen = 0;
  const auto counter = [&] {
    is_client = true;
    const std::lock_guard<std::mutex> lock(mutex);
    // A slow handler, so that a burst waits for its turn once: a loaded machine may make any handler one.
    if (seen == kBurst) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (++seen == kWarm) {
      allocations = 0;
      counting = true;
    }
    if (seen == kTotal) counting = false;
    if (seen % kBurst == 0) changed.notify_one();
  };
  const Subscription subscription = register_on(client, counter);
  for (int sent = 0; sent < kTotal;) {
    local.hubs([](server::HubServer& hubs) {
      for (int i = 0; i < kBurst; ++i)
        hubs.broadcast("testhub", "Price", R"(["EURUSD",1.0842,{"bid":[1,2,3]},70000000001])");
    });
    sent += kBurst;
    std::unique_lock<std::mutex> lock(mutex);
    REQUIRE(changed.wait_for(lock, kPatience, [&] { return seen == sent; }));
  }
  conn.close(patiently());
  return allocations;
}

}  // namespace

TEST_CASE("a call that is taken as views and numbers costs no allocation, socket included") {
  double sum = 0;
  CHECK(count([&](Client& client, auto counter) {
          return client.on("price", [&sum, counter](std::string_view symbol, double price, RawJsonView book,
                                                    std::int64_t id) mutable {
            if (symbol == "EURUSD" && book.text().front() == '{' && id == 70000000001) sum += price;
            counter();
          });
        }) == 0);
  CHECK(sum == doctest::Approx(1.0842 * kTotal));
}

TEST_CASE("a call that is taken as it came costs no allocation either") {
  CHECK(count([](Client& client, auto counter) {
          return client.on("PRICE", [counter](const HubCallView& call) mutable {
            if (call.arg_count == 4) counter();
          });
        }) == 0);
}

TEST_CASE("the counter can see: a handler that allocates is noticed") {
  const auto allocating = [](auto allocate) {
    return count([allocate](Client& client, auto counter) {
      return client.on("price", [allocate, counter](const HubCallView& call) mutable {
        if (allocate(call.json.text())) counter();
      });
    });
  };
  const auto each = static_cast<std::size_t>(kTotal - kWarm - 1);
  CHECK(allocating([](std::string_view text) { return !std::string(text).empty(); }) >= each);
  CHECK(allocating([](std::string_view) {
          const std::unique_ptr<void, void (*)(void*)> memory(std::aligned_alloc(64, 64), std::free);
          return memory != nullptr;
        }) >= each);
}
