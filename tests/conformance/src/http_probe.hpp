// A caller of one HTTP request that notes everything and forgives nothing.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <signalr/http_client.hpp>

#include "bench.hpp"
#include "callback_guard.hpp"

namespace signalr::conformance {

/// Everything in it is for the strand. It is never destroyed, and knows nothing that is: see bench.hpp.
class HttpProbe final : public HttpSink {
 public:
  HttpProbe(std::shared_ptr<Verdict> verdict, std::weak_ptr<Executor> executor, std::weak_ptr<HttpClient> client);

  void send(HttpRequest request);
  void resume();        ///< nothing once it is destroyed
  void resume_later();  ///< on a later turn of the strand, as a slow consumer would
  void destroy();
  void retire();  ///< at the end of the check: everything but the tripwires

  // What to do inside a callback, after it was noted. Bound by the rule of bench.hpp, hence the argument: no references
  // to the check's stack. Without a hook on_data answers Flow::more.
  std::function<void(HttpProbe&)> on_headers_hook;
  std::function<Flow(HttpProbe&)> on_data_hook;
  std::function<void(HttpProbe&)> on_done_hook;

  // What came.
  std::optional<int> status;
  Headers headers;
  std::string body;
  std::size_t chunks = 0;
  bool done = false;
  std::optional<TransportError> error;

 private:
  void on_headers(int status, const Headers& headers) override;
  Flow on_data(std::string_view data) override;
  void on_done(const TransportError* error) override;

  const std::shared_ptr<Verdict> verdict_;
  const std::weak_ptr<Executor> executor_;
  const std::weak_ptr<HttpClient> client_;
  CallbackGuard guard_;
  std::unique_ptr<HttpOperation> operation_;
  bool paused_ = false;
};

HttpRequest get_request(std::string url);
HttpRequest post_request(std::string url, std::string body);

/// A request that has arrived, from both sides.
struct SentRequest {
  HttpProbe& http;
  std::shared_ptr<PeerExchange> peer;
};
SentRequest send_request(Bench& bench, HttpRequest request);
/// A GET of `target` that has arrived.
SentRequest send_get(Bench& bench, std::string_view target = "/");

/// Waits for on_done.
void await_done(Bench& bench, HttpProbe& http);
/// Waits for on_done, which must tell success.
void require_success(Bench& bench, HttpProbe& http);
/// Waits for on_done, which must tell a failure.
void require_failure(Bench& bench, HttpProbe& http);

}  // namespace signalr::conformance
