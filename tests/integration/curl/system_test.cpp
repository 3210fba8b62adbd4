// What the system may refuse, and a clock that jumps: calls of libcurl's that this program answers in its stead.
#include <dlfcn.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <ctime>

#include "fixture.hpp"

namespace {

std::atomic<bool> polls_fail{false};
std::atomic<int> failed_polls{0};
std::atomic<long> seconds_ahead{0};

template <class Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" int poll(pollfd* set, nfds_t count, int timeout) {
  static const auto real = original<int(pollfd*, nfds_t, int)>("poll");
  if (!polls_fail || timeout == 0) return real(set, count, timeout);  // to look is not to wait
  ++failed_polls;
  errno = ENOMEM;
  return -1;
}

extern "C" int clock_gettime(clockid_t clock, timespec* time) {
  static const auto real = original<int(clockid_t, timespec*)>("clock_gettime");
  const int result = real(clock, time);
  time->tv_sec += seconds_ahead;
  return result;
}

namespace signalr::test {
namespace {

/// No descriptor can be had while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = dup(0);
    close(next);
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(next);
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST_CASE("without descriptors no HTTP client is made, and the error says so; later one is") {
  const auto loop = make_event_loop();
  make_curl_http_client();
  {
    const NoDescriptors none;
    try {
      make_curl_http_client();
      FAIL("a client was made that nobody can wake");
    } catch (const TransportError& error) {
      CHECK(error.failure() == TransportFailure::io);
      CHECK(std::string(error.what()).find("short of file descriptors") != std::string::npos);
    }
  }
  Keeper keeper;
  CHECK(Exchange(loop, make_curl_http_client(), get(keeper.server.url())).wait().body == "ok");
}

TEST_CASE_FIXTURE(Fixture, "a request for which the system gives no socket says so") {
  Keeper keeper;
  Keeper other;
  CHECK(fetch(get(keeper.server.url())).body == "ok");  // what the thread itself needs is there
  const NoDescriptors none;
  check_failure(fetch(get(other.server.url())), TransportFailure::connect, Sent::no,
                "it can have no socket: Too many open files");
}

TEST_CASE_FIXTURE(Fixture, "requests that can't be waited for fail, each once, and their thread sleeps") {
  ScriptServer silent([](Peer& peer, int) { peer.wait_closed(); });
  Keeper keeper;
  CHECK(fetch(get(keeper.server.url())).body == "ok");
  polls_fail = true;
  for (int i = 1; i <= 3; ++i) {
    const Answer answer = fetch(post(silent.url(), "x"));
    CHECK(answer.error.has_value());
    if (answer.error) CHECK(std::string(answer.error->what()).find("libcurl can't go on") != std::string::npos);
    for (int turn = 0; turn < 1000; ++turn) run_on(*loop, [] {});
    // One when it began and one when its operation went; and one when that of the request before them did.
    CHECK(failed_polls <= 2 * i + 1);
  }
  polls_fail = false;
  CHECK(fetch(get(keeper.server.url())).body == "ok");
}

TEST_CASE_FIXTURE(Fixture, "an idle connection is closed after 30 s, without another request") {
  Gate closed;
  ScriptServer server([&](Peer& peer, int) {
    peer.read_request();
    peer.send(kOk);
    peer.wait_closed();
    closed.open();
  });
  Exchange done(loop, client, get(server.url()));
  CHECK_FALSE(done.wait().error);
  seconds_ahead += 31;
  done.cancel();  // over already; but curl's thread looks at its clock
  CHECK(closed.wait());
}

}  // namespace
}  // namespace signalr::test
