// What the tests of this folder have in common.
#pragma once

#include <signalr/curl/http_client.hpp>

#include <future>
#include <string>
#include <vector>

#include "exchange.hpp"
#include "script_server.hpp"

namespace signalr::test {

inline const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct Fixture {
  std::shared_ptr<Executor> loop = make_event_loop();
  std::shared_ptr<HttpClient> client = make_curl_http_client();

  Answer fetch(HttpRequest request) {
    Exchange exchange(loop, client, std::move(request));
    const Answer answer = exchange.wait();
    CHECK(answer.ends == 1);
    CHECK(answer.calls_inside == 0);
    CHECK(answer.calls_elsewhere == 0);
    return answer;
  }
};

/// Reads one request, says this, and ends the connection.
inline ScriptServer::Script answering(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer, int) {
    if (!peer.read_request().empty()) peer.send(bytes);
  };
}

/// Keeps answering on each connection, and keeps the requests.
struct Keeper {
  std::mutex mutex;
  std::vector<std::string> requests;
  ScriptServer server;

  explicit Keeper(std::string bytes = kOk)
      : server([this, bytes = std::move(bytes)](Peer& peer, int) {
          for (std::string request; !(request = peer.read_request()).empty();) {
            {
              const std::lock_guard lock(mutex);
              requests.push_back(std::move(request));
            }
            peer.send(bytes);
          }
        }) {}
};

/// Tests and scripts wait at it.
class Gate {
 public:
  void open() { promise_.set_value(); }
  bool wait() { return future_.wait_for(kPatience) == std::future_status::ready; }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_ = promise_.get_future().share();
};

}  // namespace signalr::test
