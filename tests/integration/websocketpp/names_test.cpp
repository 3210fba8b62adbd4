// Names: found, not found, with several addresses, and hanging, with a getaddrinfo of our own before the system's.
#include <dlfcn.h>
#include <netdb.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <future>

#include "client.hpp"
#include "peer.hpp"

using namespace signalr;
using namespace std::chrono_literals;
using client::AnyExecutor;
using client::request_for;

namespace {

using GetAddrInfo = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

GetAddrInfo system_getaddrinfo() {
  static const auto function = reinterpret_cast<GetAddrInfo>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return function;
}

/// Where names that begin with "hang" are held up.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  bool open = false;

  void wait() {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [this] { return open; });
    --waiting;
    changed.notify_all();
  }
  void release() {
    std::unique_lock lock(mutex);
    open = true;
    changed.notify_all();
    changed.wait_for(lock, client::kDeadline, [this] { return waiting == 0; });
    open = false;
  }
  bool reached(int count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, client::kDeadline, [&] { return waiting >= count; });
  }
};

Gate& gate() {
  static Gate& the_gate = *new Gate;  // names may hang beyond the end of main
  return the_gate;
}

}  // namespace

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** list) {
  if (name != nullptr && std::strncmp(name, "hang", 4) == 0) {
    gate().wait();
    return EAI_AGAIN;
  }
  if (name != nullptr && std::strcmp(name, "nobody.test") == 0) return EAI_NONAME;
  if (name != nullptr && std::strcmp(name, "two.test") == 0) {
    addrinfo* second = nullptr;
    if (const int code = system_getaddrinfo()("127.0.0.1", service, hints, &second); code != 0) return code;
    const int code = system_getaddrinfo()("127.0.0.2", service, hints, list);
    if (code == 0) (*list)->ai_next = second;
    return code;
  }
  return system_getaddrinfo()(name, service, hints, list);
}

namespace {

/// A dial that is begun and hangs in the resolver.
class HangingDial {
 public:
  HangingDial(const std::shared_ptr<Executor>& executor, const std::shared_ptr<WebsocketDialer>& dialer,
              const std::string& name)
      : executor_(executor) {
    client::on(*executor_, [&] {
      operation_ = dialer->dial(executor_, request_for("ws://" + name + "/"), [](DialResult) { FAIL("called"); });
    });
  }
  ~HangingDial() { cancel(); }
  void cancel() {
    client::on(*executor_, [this] { operation_.reset(); });
  }

 private:
  const std::shared_ptr<Executor> executor_;
  std::unique_ptr<Operation> operation_;
};

}  // namespace

TEST_CASE("P#42 a name without an address tells the name and the system's words; nothing was sent") {
  const AnyExecutor executor;
  const DialResult result = client::dial(executor.get(), request_for("ws://nobody.test/?token=secret"));
  CHECK(result.conn == nullptr);
  REQUIRE(result.error);
  CHECK(result.error->failure() == TransportFailure::resolve);
  CHECK(result.error->sent() == Sent::no);
  CHECK(result.error->what() ==
        "the name nobody.test could not be resolved: " + std::string(::gai_strerror(EAI_NONAME)));
}

TEST_CASE("all addresses of a name are tried in turn") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) { link.upgrade(); });  // on 127.0.0.1, which is the second
  const std::string port = std::to_string(server.port());
  DialResult opened = client::dial(executor.get(), request_for("ws://two.test:" + port + "/"));
  CHECK(opened.conn != nullptr);
  client::on(*executor, [&] { opened.conn.reset(); });
}

TEST_CASE("when no address takes the connection, their number and the last one's words are told") {
  const peer::ClosedPort closed;
  const std::string port = std::to_string(closed.port());
  const DialResult result = client::dial(make_asio_event_loop(), request_for("ws://two.test:" + port + "/"));
  REQUIRE(result.error);
  CHECK(result.error->failure() == TransportFailure::connect);
  CHECK(result.error->what() == "could not connect to two.test:" + port +
                                    ": none of its 2 addresses took the connection; the last one, 127.0.0.1:" + port +
                                    ", said: Connection refused");
}

TEST_CASE("a dial may be canceled while its name hangs, at once and without a call") {
  const AnyExecutor executor;
  HangingDial dial(executor.get(), make_websocketpp_dialer(), "hang.test");
  REQUIRE(gate().reached(1));
  dial.cancel();  // would not return while the name hangs
  gate().release();
  client::on(*executor, [] {});
}

TEST_CASE("names that hang, dialed again and again, delay no other name") {
  const AnyExecutor executor;
  const auto dialer = make_websocketpp_dialer();
  std::vector<std::unique_ptr<HangingDial>> hanging;
  for (int i = 0; i < 20; ++i) hanging.push_back(std::make_unique<HangingDial>(executor.get(), dialer, "hang.test"));
  for (int i = 0; i < 5; ++i) {
    hanging.push_back(std::make_unique<HangingDial>(executor.get(), dialer, "hang" + std::to_string(i) + ".test"));
  }
  REQUIRE(gate().reached(4 + 5));  // four at most of one name
  peer::Server server([](peer::Link& link) { link.upgrade(); }, 3);
  for (int i = 0; i < 3; ++i) {
    DialResult opened =
        client::dial(executor.get(), request_for("ws://localhost:" + std::to_string(server.port()) + "/"), dialer);
    CHECK(opened.conn != nullptr);
    client::on(*executor, [&] { opened.conn.reset(); });
  }
  hanging.clear();
  gate().release();
}

TEST_CASE("names that hang and were given up delay no other name, however many they are") {
  const AnyExecutor executor;
  const auto dialer = make_websocketpp_dialer();
  constexpr int kNames = 40;  // the pool has 32 threads
  for (int i = 0; i < kNames; ++i) {
    const HangingDial given_up(executor.get(), dialer, "hang" + std::to_string(i) + ".test");
    REQUIRE(gate().reached(i + 1));
  }
  peer::Server server([](peer::Link& link) { link.upgrade(); });
  const std::string url = "ws://localhost:" + std::to_string(server.port()) + "/";
  DialResult opened = client::dial(executor.get(), request_for(url), dialer);
  CHECK(opened.conn != nullptr);
  client::on(*executor, [&] { opened.conn.reset(); });
  gate().release();
}

TEST_CASE("when more names hang than there are threads, a dial waits no longer than until one is given up") {
  const AnyExecutor executor;
  const auto dialer = make_websocketpp_dialer();
  constexpr int kThreads = 32;
  std::vector<std::unique_ptr<HangingDial>> hanging;
  for (int i = 0; i < kThreads; ++i) {
    hanging.push_back(std::make_unique<HangingDial>(executor.get(), dialer, "hang" + std::to_string(i) + ".test"));
  }
  REQUIRE(gate().reached(kThreads));
  peer::Server server([](peer::Link& link) { link.upgrade(); });
  std::promise<bool> opened;
  std::unique_ptr<Operation> dial;
  client::on(*executor, [&] {
    const std::string url = "ws://localhost:" + std::to_string(server.port()) + "/";
    dial = dialer->dial(executor.get(), request_for(url),
                        [&](DialResult result) { opened.set_value(result.conn != nullptr); });
  });
  hanging.pop_back();
  auto result = opened.get_future();
  REQUIRE(result.wait_for(client::kDeadline) == std::future_status::ready);
  CHECK(result.get());
  client::on(*executor, [&] { dial.reset(); });
  hanging.clear();
  gate().release();
}

TEST_CASE("a loop ends while a name hangs") {
  for (int i = 0; i < 3; ++i) {
    const auto executor = make_asio_event_loop();
    HangingDial dial(executor, make_websocketpp_dialer(), "hang.test");
    REQUIRE(gate().reached(1));
  }
  gate().release();
}

#if !defined(__SANITIZE_THREAD__)
TEST_CASE("a process ends while a name hangs") {
  const pid_t child = ::fork();
  if (child == 0) {
    auto executor = make_asio_event_loop();
    const auto dialer = make_websocketpp_dialer();
    auto dial = std::make_unique<HangingDial>(executor, dialer, "hang.test");
    if (!gate().reached(1)) ::_exit(1);
    dial.reset();
    executor.reset();
    ::alarm(30);  // would be ended by it
    std::exit(0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif
