// Connections that wait for their next request: how many, and what becomes of a request that finds one dead.
#include <algorithm>
#include <condition_variable>

#include "fixture.hpp"

namespace signalr::test {
namespace {

/// Its first connections are all there before any is answered. Later they end as the test wants it.
class IdleServer {
 public:
  enum class End { by_client, by_reset };

  IdleServer(int first, End end)
      : first_(first), end_(end), server_([this](Peer& peer, int number) { serve(peer, number); }) {}

  std::string url(const std::string& path = "/") const { return server_.url(path); }
  int connections() const { return server_.connections(); }
  /// How many requests came for that path.
  std::ptrdiff_t asked(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return std::count(paths_.begin(), paths_.end(), path);
  }
  /// Until that many connections have ended.
  void wait_ended(int count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return ended_ == count; }));
  }
  void reset_the_first() {
    idle_.open();
    wait_ended(first_);
  }

 private:
  void serve(Peer& peer, int number) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      {
        std::unique_lock lock(mutex_);
        const auto begin = request.find(' ') + 1;
        paths_.push_back(request.substr(begin, request.find(' ', begin) - begin));
        changed_.notify_all();
        changed_.wait_for(lock, kPatience, [this] { return static_cast<int>(paths_.size()) >= first_; });
      }
      peer.send(kOk);
      if (end_ == End::by_client || number >= first_) continue;
      idle_.wait();
      peer.reset();
      break;
    }
    const std::lock_guard lock(mutex_);
    ++ended_;
    changed_.notify_all();
  }

  const int first_;
  const End end_;
  Gate idle_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> paths_;
  int ended_ = 0;
  ScriptServer server_;
};

void fetch_side_by_side(Fixture& fixture, const std::string& url, int times) {
  std::vector<std::unique_ptr<Exchange>> exchanges;
  for (int i = 0; i < times; ++i) {
    exchanges.push_back(std::make_unique<Exchange>(fixture.loop, fixture.client, get(url)));
  }
  for (const auto& exchange : exchanges) CHECK_FALSE(exchange->wait().error);
}

TEST_CASE_FIXTURE(Fixture, "P#42 a request that finds its idle connections reset goes out once, over a new one") {
  for (const bool is_post : {true, false}) {
    for (const int idle : {1, 4}) {
      CAPTURE(is_post);
      CAPTURE(idle);
      IdleServer server(idle, IdleServer::End::by_reset);
      fetch_side_by_side(*this, server.url(), idle);
      server.reset_the_first();
      const Answer answer = fetch(is_post ? post(server.url("/start"), "once") : get(server.url("/start")));
      CHECK_FALSE(answer.error);
      CHECK(answer.body == "ok");
      CHECK(server.asked("/start") == 1);
      CHECK(server.connections() == idle + 1);
    }
  }
}

TEST_CASE_FIXTURE(Fixture, "P#42 a request that finds its idle connection reset and no new one provably sent nothing") {
  std::string url;
  {
    IdleServer server(1, IdleServer::End::by_reset);
    url = server.url("/start");
    fetch_side_by_side(*this, server.url(), 1);
    server.reset_the_first();
  }
  check_failure(fetch(post(url, "once")), TransportFailure::connect, Sent::no, "cannot connect to 127.0.0.1");
}

TEST_CASE_FIXTURE(Fixture, "at most four idle connections are kept to a server") {
  IdleServer server(20, IdleServer::End::by_client);
  fetch_side_by_side(*this, server.url(), 20);
  server.wait_ended(16);
  for (int i = 0; i < 4; ++i) CHECK_FALSE(fetch(get(server.url("/again"))).error);
  CHECK(server.asked("/again") == 4);
  CHECK(server.connections() == 20);
}

}  // namespace
}  // namespace signalr::test
