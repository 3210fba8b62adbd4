// One request from a test's point of view: sent on a loop's strand, what came back kept for the test's thread.
#pragma once

#include <doctest/doctest.h>
#include <signalr/event_loop.hpp>
#include <signalr/http_client.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

namespace signalr::test {

constexpr auto kPatience = std::chrono::seconds(60);  // only a failing test waits this long

/// Runs something on the strand and waits for it.
inline void run_on(Executor& loop, Task task) {
  std::promise<void> done;
  auto finished = done.get_future();
  loop.post([task = std::move(task), &done]() mutable {
    task();
    task = nullptr;
    done.set_value();
  });
  if (finished.wait_for(kPatience) != std::future_status::ready) FAIL("the loop is stuck");
}

/// Everything an exchange brought.
struct Answer {
  int heads = 0;
  int status = 0;
  Headers headers;
  std::string body;
  int ends = 0;
  std::optional<TransportError> error;
  int calls_inside = 0;     ///< callbacks inside send() or resume()
  int calls_elsewhere = 0;  ///< callbacks off the strand
  int pauses = 0;
  int data_while_paused = 0;
};

class Exchange : private HttpSink {
 public:
  /// What to do inside the callbacks, on the strand, besides taking notes.
  struct Hooks {
    std::function<void(Exchange&)> head;
    std::function<Flow(Exchange&, std::string_view)> data;
    std::function<void(Exchange&)> end;
  };

  Exchange(std::shared_ptr<Executor> loop, std::shared_ptr<HttpClient> client, HttpRequest request)
      : Exchange(std::move(loop), std::move(client), std::move(request), Hooks()) {}
  Exchange(std::shared_ptr<Executor> loop, std::shared_ptr<HttpClient> client, HttpRequest request, Hooks hooks)
      : loop_(std::move(loop)), hooks_(std::move(hooks)) {
    run_on(*loop_, [&] {
      inside_ = true;
      operation_ = client->send(loop_, std::move(request), *this);
      inside_ = false;
    });
  }
  ~Exchange() override { cancel(); }

  /// From the test's thread.
  void cancel() {
    run_on(*loop_, [this] { drop(); });
  }
  void resume() {
    run_on(*loop_, [this] { resume_here(); });
  }
  /// Until `on_done`; the answer then changes no more.
  const Answer& wait() {
    wait_until([](const Answer& answer) { return answer.ends > 0; });
    return answer_;
  }
  /// Until the answer so far satisfies the condition.
  void wait_until(const std::function<bool(const Answer&)>& condition) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] { return condition(answer_); })) FAIL("the answer didn't come");
  }
  Answer so_far() {
    const std::lock_guard lock(mutex_);
    return answer_;
  }

  // On the strand, for hooks.
  void drop() { operation_.reset(); }
  void resume_here() {
    paused_ = false;
    inside_ = true;
    if (operation_ != nullptr) operation_->resume();
    inside_ = false;
  }

 private:
  template <class Note>
  void note(Note note) {
    const std::lock_guard lock(mutex_);
    if (inside_) ++answer_.calls_inside;
    if (!loop_->running_here()) ++answer_.calls_elsewhere;
    note();
    changed_.notify_all();
  }

  void on_headers(int status, const Headers& headers) override {
    note([&] {
      ++answer_.heads;
      answer_.status = status;
      answer_.headers = headers;
    });
    if (hooks_.head) hooks_.head(*this);
  }
  Flow on_data(std::string_view data) override {
    note([&] {
      if (paused_) ++answer_.data_while_paused;
      answer_.body += data;
    });
    const Flow flow = hooks_.data ? hooks_.data(*this, data) : Flow::more;
    if (flow == Flow::pause) {
      paused_ = true;
      note([&] { ++answer_.pauses; });
    }
    return flow;
  }
  void on_done(const TransportError* error) override {
    note([&] {
      ++answer_.ends;
      if (error != nullptr) answer_.error.emplace(*error);
    });
    if (hooks_.end) hooks_.end(*this);
  }

  const std::shared_ptr<Executor> loop_;
  const Hooks hooks_;
  std::unique_ptr<HttpOperation> operation_;
  bool inside_ = false;
  bool paused_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  Answer answer_;
};

inline HttpRequest get(std::string url, Headers headers = {}) {
  HttpRequest request;
  request.url = std::move(url);
  request.headers = std::move(headers);
  return request;
}

inline HttpRequest post(std::string url, std::string body, Headers headers = {}) {
  HttpRequest request = get(std::move(url), std::move(headers));
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

/// A failure as tests state it.
inline void check_failure(const Answer& answer, TransportFailure failure, Sent sent, const std::string& part) {
  REQUIRE(answer.error);
  const std::string what = answer.error->what();
  CAPTURE(what);
  CHECK(static_cast<int>(answer.error->failure()) == static_cast<int>(failure));
  CHECK(answer.error->sent() == sent);
  CHECK(what.find(part) != std::string::npos);
}

}  // namespace signalr::test
