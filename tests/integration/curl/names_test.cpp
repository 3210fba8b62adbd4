// Names that hang, with a getaddrinfo of our own in front of the system's: they delay nobody and nothing.
#include <dirent.h>
#include <dlfcn.h>
#include <netdb.h>
#include <signalr/curl/http_client.hpp>

#include <cstring>

#include "exchange.hpp"
#include "script_server.hpp"

namespace {

/// Look-ups of hangs.test wait here.
struct Hanging {
  std::mutex mutex;
  std::condition_variable changed;
  int asked = 0;
  int waiting = 0;
  bool released = false;

  void hang() {
    std::unique_lock lock(mutex);
    ++asked;
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [this] { return released; });
    --waiting;
    changed.notify_all();
  }
  void wait_asked(int times) {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, signalr::test::kPatience, [&] { return asked >= times; }));
  }
  /// Lets all go, and waits until they have: threads that libcurl left behind are in there.
  void release() {
    std::unique_lock lock(mutex);
    released = true;
    changed.notify_all();
    REQUIRE(changed.wait_for(lock, signalr::test::kPatience, [&] { return waiting == 0; }));
    released = false;
    asked = 0;
  }
};
Hanging& hanging() {
  static Hanging& one = *new Hanging;  // for left-behind threads, also at the process's end
  return one;
}

}  // namespace

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  using Original = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto original = reinterpret_cast<Original>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name != nullptr && std::strcmp(name, "hangs.test") == 0) {
    hanging().hang();
    return EAI_AGAIN;
  }
  if (name != nullptr && std::strcmp(name, "missing.test") == 0) return EAI_NONAME;
  if (name != nullptr && std::strcmp(name, "here.test") == 0) name = "127.0.0.1";
  return original(name, service, hints, found);
}

namespace signalr::test {
namespace {

ScriptServer::Script ok() {
  return [](Peer& peer, int) {
    while (!peer.read_request().empty()) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  };
}

TEST_CASE("a name that hangs delays no other request of the client") {
  ScriptServer server(ok());
  const auto loop = make_event_loop();
  const auto client = make_curl_http_client();
  Exchange stuck(loop, client, get("http://hangs.test/"));
  hanging().wait_asked(1);
  CHECK(Exchange(loop, client, get(server.url("/", "http", "here.test"))).wait().body == "ok");
  CHECK(Exchange(loop, client, get(server.url())).wait().body == "ok");
  CHECK(stuck.so_far().ends == 0);
  hanging().release();
  check_failure(stuck.wait(), TransportFailure::resolve, Sent::no, "hangs.test");
}

TEST_CASE("a request whose name hangs is canceled at once, and its client destroyed, while the name hangs on") {
  ScriptServer server(ok());
  const auto loop = make_event_loop();
  auto client = make_curl_http_client();
  for (int i = 1; i <= 3; ++i) {
    Exchange stuck(loop, client, get("http://hangs.test/"));
    hanging().wait_asked(i);
    stuck.cancel();
    // The next answer comes from the thread that had to give the name up before: it didn't wait for it.
    CHECK(Exchange(loop, client, get(server.url())).wait().body == "ok");
  }
  {
    Exchange stuck(loop, client, get("http://hangs.test/"));
    hanging().wait_asked(4);
    client.reset();
  }  // here curl's thread is joined; the test would hang if that waited for the name
  {
    const std::lock_guard lock(hanging().mutex);
    CHECK(hanging().waiting == 4);
  }
  hanging().release();
}

int entries_of(const char* folder) {
  DIR* list = opendir(folder);
  int count = 0;
  while (readdir(list) != nullptr) ++count;
  closedir(list);
  return count;
}

TEST_CASE("a name that hangs, asked for and given up again and again, takes four threads and no descriptor") {
  ScriptServer server(ok());
  const auto loop = make_event_loop();
  const auto client = make_curl_http_client();
  CHECK(Exchange(loop, client, get(server.url("/", "http", "here.test"))).wait().body == "ok");  // its thread is there
  const int threads = entries_of("/proc/self/task");
  const int descriptors = entries_of("/proc/self/fd");
  for (int i = 0; i < 400; ++i) {
    Exchange stuck(loop, client, get("http://hangs.test/"));
    if (i < 4) hanging().wait_asked(i + 1);
    stuck.cancel();
  }
  CHECK(Exchange(loop, client, get(server.url("/", "http", "here.test"))).wait().body == "ok");
  CHECK(entries_of("/proc/self/task") <= threads + 4);
  CHECK(entries_of("/proc/self/fd") <= descriptors);
  hanging().release();
}

TEST_CASE("P#42 a name without an address provably sent nothing, and is named in the error") {
  const auto loop = make_event_loop();
  check_failure(Exchange(loop, make_curl_http_client(), post("http://missing.test/x?token=secret", "x")).wait(),
                TransportFailure::resolve, Sent::no, "no address was found for the host missing.test:");
  ProxyOptions proxy;
  proxy.url = "http://missing.test:3128";
  check_failure(Exchange(loop, make_curl_http_client({}, proxy), get("http://example.test/")).wait(),
                TransportFailure::resolve, Sent::no, "no address was found for the proxy missing.test:3128");
}

}  // namespace
}  // namespace signalr::test
