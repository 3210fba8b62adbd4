// The client as a user has it, from dial to close, over real sockets with and without TLS.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include <signalr/client.hpp>

#include "world.hpp"

using namespace signalr;
using namespace signalr::test;

TEST_CASE("a connection reads ticks, calls Echo and tells the server when it closes") {
  bool secure = false;
  SUBCASE("over http and ws") { secure = false; }
  SUBCASE("over https and wss") { secure = true; }
  Local local(secure, demo(std::chrono::milliseconds(5)));
  Conn conn = local.dial();
  CHECK(conn.connection_state() == ConnectionState::connected);
  CHECK(conn.state().protocol == "2.0");

  Message message;
  do {
    conn.read_message(message, patiently());
  } while (message.messages().empty());
  CHECK(message.messages()[0].method == "tick");
  CHECK(message.messages()[0].arg(0).text().substr(0, 5) == "{\"n\":");
  CHECK(call(conn, "Echo", "0.10000000000000000001").result().text() == "0.10000000000000000001");

  conn.close(patiently());
  CHECK(conn.connection_state() == ConnectionState::disconnected);
  CHECK(local.connection_events() == "connected webSockets; disconnected stop; ");
}

TEST_CASE("the sockets of a connection don't stay open in programs that its process executes") {
  const Local local;
  const Conn web_socket = local.dial();
  DialOptions options;
  options.transports = {TransportKind::server_sent_events};
  const Conn event_stream = local.dial("TestHub", options);
  int sockets = 0;
  rlimit most{};
  ::getrlimit(RLIMIT_NOFILE, &most);
  for (int descriptor = 0; descriptor < static_cast<int>(std::min<rlim_t>(most.rlim_cur, 4096)); ++descriptor) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != local.server.port()) continue;  // the server's end
    ++sockets;
    CHECK((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK(sockets >= 2);
}

// Sanitizers don't support threads in the child of a process that has some.
#if !defined(__SANITIZE_THREAD__)
TEST_CASE("a child after fork lets go of its parent's connection and dials its own; the parent's goes on") {
  bool secure = false;
  SUBCASE("over http and ws") { secure = false; }
  SUBCASE("over https and wss") { secure = true; }
  Local local(secure);
  std::optional<Conn> conn(local.dial());
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);  // would be ended by it
    try {
      conn.reset();
      Conn own = local.dial();
      ::_exit(call(own, "Echo", "1").result().text() == "1" ? 0 : 1);
    } catch (...) {
      ::_exit(2);
    }
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(call(*conn, "Echo", "2").result().text() == "2");
  conn->close(patiently());
}

namespace {

/// Whether a call says that it can't be made in the child of a fork.
template <class Call>
bool refused(Call call) {
  try {
    call();
  } catch (const UsageError& error) {
    return std::string(error.what()).find("this process is a fork's child") != std::string::npos;
  }
  return false;
}

}  // namespace

TEST_CASE("a child after fork that waits on its parent's connections is told so by each blocking call") {
  Local local;
  Conn raw = local.dial();
  Conn conn = local.dial();
  Client hub("TestHub", conn);
  CallbackStream ticks = hub.callback("tick");
  Invocation echo = hub.invoke("Echo", 1);
  CHECK(echo.get<int>() == 1);
  Invocation never = hub.invoke("Never");
  DialOptions options = make_default_transport();
  const std::string url = local.server.url();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);  // would be ended by it
    const CallOptions soon{std::chrono::seconds(1)};
    const bool calls[] = {
        refused([&] { signalr::dial(url, Hubs{{"TestHub"}}, options, soon); }),
        refused([&] { static_cast<void>(signalr::async_dial(url, Hubs{{"TestHub"}}, options, [](Result<Conn>) {})); }),
        refused([&] { raw.read_message(soon); }),
        refused([&] { raw.write_message({}, soon); }),
        refused([&] { raw.send("text", soon); }),
        refused([&] { raw.close(soon); }),
        refused([&] { hub.run(soon); }),
        refused([&] { hub.close(soon); }),
        refused([&] { never.exec(); }),
        refused([&] { never.wait(); }),
        refused([&] { ticks.read_raw(soon); }),
        echo.get<int>() == 1,  // has come before
    };
    const auto wrong = std::find(std::begin(calls), std::end(calls), false);
    ::_exit(wrong == std::end(calls) ? 0 : 1 + static_cast<int>(wrong - std::begin(calls)));
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);  // else the number of the call that was not refused
}
#endif

TEST_CASE("P#64 a message of many fragments' size arrives whole") {
  Local local;
  Conn conn = local.dial();
  const std::string large = '"' + std::string(3'000'000, 'x') + '"';
  local.hubs([&](server::HubServer& hubs) { hubs.broadcast("TestHub", "large", '[' + large + ']'); });
  Message message;
  do {
    conn.read_message(message, patiently());
  } while (message.messages().empty());
  CHECK(message.messages()[0].arg(0).text() == large);
}

TEST_CASE("a hub's error comes with its data") {
  Local local;
  Conn conn = local.dial();
  const Message message = call(conn, "Fail", R"("no such price")");
  CHECK(message.failed());
  CHECK(message.hub_error());
  CHECK(message.error() == "no such price");
}

TEST_CASE("calls made by several threads all arrive, each thread's in its order") {
  Local local;
  Conn conn = local.dial();
  constexpr int kThreads = 4;
  constexpr int kCalls = 50;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&conn, thread] {
      for (int n = 0; n < kCalls; ++n) {
        ClientMsg echo;
        echo.invocation_id = std::to_string(thread) + "-" + std::to_string(n);
        echo.hub = "TestHub";
        echo.method = "Echo";
        echo.args.push_back(RawJson::parse(std::to_string(n)));
        conn.write_message(echo, patiently());
      }
    });
  }
  std::vector<int> next(kThreads, 0);
  bool in_order = true;
  Message message;
  for (int result = 0; result < kThreads * kCalls;) {
    conn.read_message(message, patiently());
    if (!message.is_result()) continue;
    ++result;
    const std::string id(message.invocation_id());
    const auto thread = static_cast<std::size_t>(id[0] - '0');
    in_order = in_order && std::to_string(next[thread]++) == id.substr(2) && message.result().text() == id.substr(2);
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(in_order);
  CHECK(next == std::vector<int>(kThreads, kCalls));
}

TEST_CASE("a raw persistent connection echoes text") {
  const Local local;
  Conn conn = dial(local.server.url() + "/echo", ConnectionData{}, make_default_transport(), patiently());
  conn.send("hello", patiently());
  Message message;
  do {
    conn.read_message(message, patiently());
  } while (message.messages().empty());
  CHECK(message.messages()[0].json.text() == "\"hello\"");
}

TEST_CASE("the handler forms do the same") {
  Local local(false, demo(std::chrono::milliseconds(5)));
  std::promise<std::string> first_tick;
  std::promise<void> closed;
  Conn conn;
  const auto read = std::make_shared<std::function<void()>>();
  *read = [&, read] {
    conn.async_read_message([&, read](Result<Message> message) {
      if (message.value().messages().empty()) return (*read)();
      first_tick.set_value(std::string(message.value().messages()[0].method));
    });
  };
  const PendingDial pending =
      async_dial(local.server.url(), Hubs{{"TestHub"}}, make_default_transport(), [&](Result<Conn> result) {
        conn = std::move(result).value();
        (*read)();
      });
  auto tick = first_tick.get_future();
  REQUIRE(tick.wait_for(kPatience) == std::future_status::ready);
  CHECK(tick.get() == "tick");
  conn.async_close([&](Result<void> result) {
    result.value();
    closed.set_value();
  });
  CHECK(closed.get_future().wait_for(kPatience) == std::future_status::ready);
  *read = nullptr;
}

TEST_CASE("an address where nobody listens is a NegotiateError that says so") {
  std::string url;
  {
    const Local local;
    url = local.server.url();
  }
  DialOptions options = make_default_transport();
  options.max_negotiate_retries = 0;
  try {
    dial(url, Hubs{{"TestHub"}}, options, patiently());
    FAIL("dialed where nobody listens");
  } catch (const NegotiateError& error) {
    const auto* cause = find_cause<TransportError>(error);
    REQUIRE(cause != nullptr);
    CHECK(cause->failure() == TransportFailure::connect);
    CHECK(cause->sent() == Sent::no);
  }
}

TEST_CASE("a path that is no SignalR is a NegotiateError with its status") {
  const Local local;
  DialOptions options = make_default_transport();
  options.use_default_path = false;
  try {
    dial(local.server.url() + "/signalr", ConnectionData{"[{\"name\":\"NoSuchHub\"}]"}, options, patiently());
    FAIL("dialed a hub that isn't there");
  } catch (const NegotiateError& error) {
    CHECK(error.status() == 500);
  }
}
