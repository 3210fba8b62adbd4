// Being canceled, destroyed and stopped at every moment.
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "fixture.hpp"

namespace signalr::test {
namespace {

const std::string kHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kEndless = "HTTP/1.1 200 OK\r\n\r\n";  // its body ends with the connection

int threads_of_this_process() {
  DIR* tasks = opendir("/proc/self/task");
  int count = 0;
  while (readdir(tasks) != nullptr) ++count;
  closedir(tasks);
  return count;
}

TEST_CASE_FIXTURE(
    Fixture,
    "destroying inside a callback: nothing comes after it, its view stays valid, and the server sees the end") {
  for (const char* const where : {"head", "data", "end"}) {
    CAPTURE(where);
    Gate closed;
    ScriptServer server([&](Peer& peer, int) {
      peer.read_request();
      peer.send(kHead + "4\r\nbody\r\n");
      if (where == std::string("end")) peer.send("0\r\n\r\n");
      peer.wait_closed();
      closed.open();
    });
    std::string view;
    Exchange::Hooks hooks;
    if (where == std::string("head")) hooks.head = [](Exchange& exchange) { exchange.drop(); };
    if (where == std::string("end")) hooks.end = [](Exchange& exchange) { exchange.drop(); };
    hooks.data = [&](Exchange& exchange, std::string_view data) {
      if (where == std::string("data")) exchange.drop();
      view = data;
      return Flow::more;
    };
    Exchange exchange(loop, client, get(server.url()), hooks);
    if (where == std::string("end")) {
      exchange.wait();
      client.reset();  // else the connection is kept for the next request
    }
    CHECK(closed.wait());
    exchange.cancel();  // and everything that was posted has run
    const Answer answer = exchange.so_far();
    CHECK(answer.heads == 1);
    CHECK(view == (where == std::string("head") ? "" : "body"));
    CHECK(answer.ends == (where == std::string("end") ? 1 : 0));
    client = make_curl_http_client();
  }
}

TEST_CASE_FIXTURE(Fixture, "destroying inside the very task that sent it: no callback, and nothing is left behind") {
  ScriptServer server([](Peer& peer, int) { peer.wait_closed(); });
  for (int i = 0; i < 50; ++i) {
    std::unique_ptr<Exchange> exchange;
    run_on(*loop, [&] {
      struct Silent : HttpSink {
        void on_headers(int, const Headers&) override { FAIL("after its end"); }
        Flow on_data(std::string_view) override { return Flow::more; }
        void on_done(const TransportError*) override { FAIL("after its end"); }
      } sink;
      client->send(loop, get(server.url()), sink).reset();
      client->send(loop, get("no url"), sink).reset();
    });
  }
  run_on(*loop, [] {});
}

TEST_CASE_FIXTURE(Fixture, "P#133 a server that drips its answer is given up at once, headers and body alike") {
  for (const bool in_body : {false, true}) {
    CAPTURE(in_body);
    Gate closed;
    Gate dripping;
    ScriptServer server([&](Peer& peer, int) {
      peer.read_request();
      peer.send(in_body ? kEndless : "HTTP/1.1 200 OK\r\nX: ");
      dripping.open();
      for (int i = 0; i < 1000; ++i) peer.send("x");
      peer.wait_closed();
      closed.open();
    });
    Exchange exchange(loop, client, get(server.url()));
    REQUIRE(dripping.wait());
    exchange.cancel();
    CHECK(closed.wait());
    CHECK(exchange.so_far().ends == 0);
  }
}

TEST_CASE("canceling on the strand while data is in flight, hundreds of times, on several loops") {
  ScriptServer server([](Peer& peer, int) {
    while (!peer.read_request().empty()) {
      if (!peer.send(kEndless)) return;
      const std::string block(64 * 1024, 'x');
      for (int i = 0; i < 64; ++i) {
        if (!peer.send(block)) return;
      }
      return;
    }
  });
  const auto client = make_curl_http_client();
  std::vector<std::thread> users;
  std::atomic<int> wrong{0};
  for (int user = 0; user < 3; ++user) {
    users.emplace_back([&, user] {
      const auto loop = make_event_loop();
      for (int round = 0; round < 60; ++round) {
        int chunks_left = (round * 7 + user) % 5;
        Exchange::Hooks hooks;
        hooks.data = [&chunks_left](Exchange& exchange, std::string_view) {
          if (chunks_left-- == 0) exchange.drop();
          return chunks_left % 2 == 0 ? Flow::pause : Flow::more;
        };
        Exchange exchange(loop, client, get(server.url()), hooks);
        if (round % 3 == 0) exchange.wait_until([](const Answer& answer) { return answer.heads == 1; });
        exchange.resume();
        exchange.cancel();
        const auto before = exchange.so_far();
        run_on(*loop, [] {});
        const auto after = exchange.so_far();
        if (after.body.size() != before.body.size() || after.ends != before.ends) ++wrong;
      }
    });
  }
  for (std::thread& user : users) user.join();
  CHECK(wrong == 0);
}

TEST_CASE(
    "the client may go before its operations; the thread ends with the last of them, on whatever thread that is") {
  Gate go;
  ScriptServer server([&](Peer& peer, int) {
    peer.read_request();
    go.wait();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  const int at_first = threads_of_this_process();  // the server's acceptor included
  {
    const auto loop = make_event_loop();
    Exchange::Hooks hooks;
    hooks.end = [](Exchange& exchange) { exchange.drop(); };  // the last owner goes on the strand
    auto exchange = std::make_unique<Exchange>(loop, make_curl_http_client(), get(server.url()), hooks);
    go.open();
    CHECK(exchange->wait().body == "ok");
  }
  // The loop's and curl's are joined; the script's thread ends by itself.
  const auto deadline = Clock::now() + kPatience;
  while (threads_of_this_process() > at_first && Clock::now() < deadline) std::this_thread::yield();
  CHECK(threads_of_this_process() <= at_first);
}

/// A loop that a user may stop while others still hold it.
class StoppableLoop final : public Executor {
 public:
  void post(Task task) override {
    const std::lock_guard lock(mutex_);
    if (inner_ != nullptr) inner_->post(std::move(task));
  }
  bool running_here() const noexcept override { return inner_ != nullptr && inner_->running_here(); }
  TimePoint now() const noexcept override { return Clock::now(); }
  TimerId schedule(TimePoint when, Task task) override { return inner_->schedule(when, std::move(task)); }
  void cancel(TimerId id) noexcept override { inner_->cancel(id); }
  void stop() {
    std::shared_ptr<Executor> inner;
    {
      const std::lock_guard lock(mutex_);
      inner.swap(inner_);
    }
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<Executor> inner_ = make_event_loop();
};

TEST_CASE("an executor that stops while requests are under way: nothing hangs, nothing is called any more") {
  Gate flowing;
  ScriptServer server([&](Peer& peer, int number) {
    peer.read_request();
    peer.send(kEndless);
    if (number == 0) flowing.open();
    while (peer.send(std::string(64 * 1024, 'x'))) {
    }
  });
  const auto loop = std::make_shared<StoppableLoop>();
  struct Counting : HttpSink {
    std::atomic<int> calls{0};
    void on_headers(int, const Headers&) override { ++calls; }
    Flow on_data(std::string_view) override { return ++calls, Flow::more; }
    void on_done(const TransportError*) override { ++calls; }
  } sink;
  const auto client = make_curl_http_client();
  std::vector<std::unique_ptr<HttpOperation>> operations;
  run_on(*loop, [&] {
    for (int i = 0; i < 5; ++i) operations.push_back(client->send(loop, get(server.url()), sink));
  });
  REQUIRE(flowing.wait());
  loop->stop();
  const int calls = sink.calls;
  // Another loop's request, on the same client, shows that time goes on and curl's thread with it.
  {
    ScriptServer quick([](Peer& peer, int) {
      peer.read_request();
      peer.send("HTTP/1.1 204 No Content\r\n\r\n");
    });
    CHECK(Exchange(make_event_loop(), client, get(quick.url())).wait().status == 204);
  }
  operations.clear();  // anywhere, now
  CHECK(sink.calls == calls);
}

TEST_CASE_FIXTURE(Fixture, "a hundred requests at a time, of several loops on one client") {
  ScriptServer server([](Peer& peer, int) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      const std::string target = request.substr(4, request.find(' ', 4) - 4);
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(target.size()) + "\r\n\r\n" + target);
    }
  });
  const auto second_loop = make_event_loop();
  std::vector<std::unique_ptr<Exchange>> exchanges;
  for (int i = 0; i < 100; ++i) {
    exchanges.push_back(
        std::make_unique<Exchange>(i % 2 == 0 ? loop : second_loop, client, get(server.url("/" + std::to_string(i)))));
  }
  for (int i = 0; i < 100; ++i) CHECK(exchanges[static_cast<std::size_t>(i)]->wait().body == "/" + std::to_string(i));
}

// Sanitizers don't support threads in the child of a process that has some.
#if !defined(__SANITIZE_THREAD__)
TEST_CASE_FIXTURE(Fixture, "a child after fork lets go of what it inherited, and makes its own; the parent goes on") {
  Gate rest;
  ScriptServer server([&](Peer& peer, int number) {
    peer.read_request();
    if (number > 0) return static_cast<void>(peer.send(kOk));
    peer.send(kHead + "4\r\nbody\r\n");
    rest.wait();
    peer.send("0\r\n\r\n");
  });
  Exchange exchange(loop, client, get(server.url()));
  exchange.wait_until([](const Answer& answer) { return answer.body == "body"; });
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);  // would be ended by it
    exchange.drop();
    loop = make_event_loop();
    bool refused = false;
    {
      Exchange parents(loop, client, get(server.url()));
      const auto& error = parents.wait().error;
      refused = error && error->failure() == TransportFailure::unsupported && error->sent() == Sent::no;
    }
    client.reset();
    Exchange own(loop, make_curl_http_client(), get(server.url()));
    ::_exit(refused && own.wait().body == "ok" ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  rest.open();
  CHECK_FALSE(exchange.wait().error);
}
#endif

}  // namespace
}  // namespace signalr::test
