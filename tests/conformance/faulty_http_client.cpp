#include "faulty_http_client.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <signalr/executor.hpp>

namespace signalr::conformance {
namespace {

using Fault = HttpFault;

/// A call that blocks, as a resolver would. (The suite must see it; nothing waits for it.)
void block() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
}

template <class F>
void on_another_thread(F&& call) {
  std::thread(std::forward<F>(call)).join();
}

struct Transfer;

/// What the client and its operations share. Everything on the strand.
struct Shared {
  Shared(Fault what, std::shared_ptr<HttpClient> over) : fault(what), good(std::move(over)) {}
  const Fault fault;
  const std::shared_ptr<HttpClient> good;
  std::string cookie;
  int requests = 0;
  bool client_gone = false;
  std::shared_ptr<Transfer> busy;
  std::deque<std::weak_ptr<Transfer>> waiting;
  std::vector<std::shared_ptr<Transfer>> leaked;
};

/// A request; stands between the good client and the caller's sink.
struct Transfer final : HttpSink, std::enable_shared_from_this<Transfer> {
  Transfer(std::shared_ptr<Shared> with, std::shared_ptr<Executor> on, HttpRequest what, HttpSink& to)
      : shared(std::move(with)), executor(std::move(on)), request(std::move(what)), sink(to) {}

  bool is(Fault fault) const { return shared->fault == fault; }
  void send() {
    if (is(Fault::dead_connections_claim_sent) && shared->requests++ > 0) {  // as if it had written to the one it kept
      const TransportError dead(TransportFailure::closed, "a dead connection", Sent::maybe);
      return later([dead](Transfer& self) { self.finish(&dead); });
    }
    good = shared->good->send(executor, request, *this);
  }

  /// Later, unless the operation is gone.
  template <class F>
  void later(F function) {
    executor->post([self = shared_from_this(), function] {
      if (!self->muted) function(*self);
    });
  }

  void on_headers(int status, const Headers& headers) override {
    if (muted) return;
    if (const std::string* set = headers.find("Set-Cookie")) shared->cookie = *set;
    const std::string* location = headers.find("Location");
    if (is(Fault::follows_redirects) && location != nullptr) {
      request.url = *location;
      return later([](Transfer& self) { self.send(); });
    }
    if (is(Fault::status_is_failure) && status >= 400) {
      const TransportError error(TransportFailure::protocol, "a bad status", Sent::maybe);
      finish(&error);
      return;
    }
    if (is(Fault::off_strand)) return on_another_thread([&] { sink.on_headers(status, headers); });
    if (is(Fault::headers_twice)) sink.on_headers(status, headers);
    sink.on_headers(status, is(Fault::drops_answer_headers) ? Headers() : headers);
    if (is(Fault::empty_data)) static_cast<void>(sink.on_data({}));
  }

  Flow on_data(std::string_view data) override {
    if (muted) return Flow::more;
    switch (shared->fault) {
      case Fault::whole_body_at_once:
        held += data;
        return Flow::more;
      case Fault::ignores_pause:
        static_cast<void>(sink.on_data(data));
        return Flow::more;
      case Fault::holds_everything:
      case Fault::resume_inline:
        held += data;
        if (!paused) deliver_held();
        return Flow::more;
      case Fault::paused_chunk_comes_again:
        if (sink.on_data(data) == Flow::more) return Flow::more;
        again = std::string(data);
        return Flow::pause;
      case Fault::ends_during_pause:
      case Fault::resume_without_pause:
        paused = sink.on_data(data) == Flow::pause;
        return is(Fault::ends_during_pause) ? Flow::more : paused ? Flow::pause : Flow::more;
      case Fault::data_dies_with_operation: {
        const auto copy = shared_data = std::make_shared<std::string>(data);
        return sink.on_data(*copy);
      }
      default:
        return sink.on_data(data);
    }
  }

  void on_done(const TransportError* error) override {
    if (shared->busy.get() == this) start_next();
    if (muted) return;
    if (error != nullptr && is(Fault::retries_failures) && !std::exchange(retried, true)) {
      return later([](Transfer& self) { self.send(); });
    }
    if (error != nullptr && (is(Fault::errors_claim_nothing_sent) || is(Fault::errors_claim_sent))) {
      const TransportError lie(error->failure(), "a lie", is(Fault::errors_claim_sent) ? Sent::maybe : Sent::no);
      return sink.on_done(&lie);
    }
    if (error != nullptr && is(Fault::short_body_is_a_breach)) {
      const TransportError breach(TransportFailure::protocol, "the body is shorter than announced", Sent::maybe);
      return sink.on_done(&breach);
    }
    if (is(Fault::done_swallowed)) return;
    if (is(Fault::short_body_is_success)) return sink.on_done(nullptr);
    if (is(Fault::holds_everything) || is(Fault::resume_inline)) {
      ended = true;
      if (!paused) sink.on_done(error);
      return;
    }
    if (!held.empty()) static_cast<void>(sink.on_data(held));
    sink.on_done(error);
    if (is(Fault::done_twice)) sink.on_done(error);
  }

  void resume() {
    if (!again.empty()) {
      later([](Transfer& self) { static_cast<void>(self.sink.on_data(std::exchange(self.again, {}))); });
    }
    if (is(Fault::resume_without_pause) && !paused)
      return later([](Transfer& self) { static_cast<void>(self.sink.on_data("?")); });
    paused = false;
    if (is(Fault::resume_inline)) return deliver_held();
    if (is(Fault::holds_everything)) return later([](Transfer& self) { self.deliver_held(); });
    if (good != nullptr) good->resume();
  }

  void deliver_held() {
    if (!held.empty()) paused = sink.on_data(std::exchange(held, {})) == Flow::pause;
    if (ended && !paused && !std::exchange(muted, true)) sink.on_done(nullptr);
  }

  void finish(const TransportError* error) {
    muted = true;
    sink.on_done(error);
  }

  void start_next() {
    const auto last = std::exchange(shared->busy, nullptr);
    while (!shared->waiting.empty() && shared->busy == nullptr) {
      shared->busy = shared->waiting.front().lock();
      shared->waiting.pop_front();
      if (shared->busy != nullptr) shared->busy->send();
    }
  }

  const std::shared_ptr<Shared> shared;
  const std::shared_ptr<Executor> executor;
  HttpRequest request;
  HttpSink& sink;
  std::unique_ptr<HttpOperation> good;
  std::string held;
  std::string again;
  std::shared_ptr<std::string> shared_data;
  bool paused = false;
  bool ended = false;
  bool retried = false;
  bool muted = false;
};

class FaultyHttpOperation final : public HttpOperation {
 public:
  explicit FaultyHttpOperation(std::shared_ptr<Transfer> transfer) : transfer_(std::move(transfer)) {}
  ~FaultyHttpOperation() override {
    Transfer& transfer = *transfer_;
    if (transfer.is(Fault::destructor_blocks)) block();
    if (transfer.shared_data) transfer.shared_data->assign(transfer.shared_data->size(), '#');
    transfer.muted = !transfer.is(Fault::calls_after_destruction);
    if (transfer.is(Fault::calls_after_destruction) || transfer.is(Fault::destructor_leaks)) {
      transfer.shared->leaked.push_back(transfer_);
    } else {
      transfer.good = nullptr;
    }
  }
  void resume() override { transfer_->resume(); }

 private:
  const std::shared_ptr<Transfer> transfer_;
};

class FaultyHttpClient final : public HttpClient {
 public:
  FaultyHttpClient(std::shared_ptr<HttpClient> good, Fault fault)
      : shared_(std::make_shared<Shared>(fault, std::move(good))) {}
  ~FaultyHttpClient() override {
    shared_->leaked.clear();
    shared_->busy = nullptr;
    if (shared_->fault != Fault::client_owns_requests) return;
    for (const auto& weak : shared_->waiting) {
      const auto transfer = weak.lock();
      if (transfer == nullptr || transfer->muted) continue;
      transfer->good = nullptr;
      const TransportError error(TransportFailure::io, "the client is gone", Sent::maybe);
      transfer->later([error](Transfer& self) { self.finish(&error); });
    }
  }

  std::unique_ptr<HttpOperation> send(const std::shared_ptr<Executor>& executor, HttpRequest request,
                                      HttpSink& sink) override {
    spoil(request);
    const auto transfer = std::make_shared<Transfer>(shared_, executor, std::move(request), sink);
    auto operation = std::make_unique<FaultyHttpOperation>(transfer);
    switch (shared_->fault) {
      case Fault::send_blocks:
        block();
        break;
      case Fault::done_inline: {
        const TransportError error(TransportFailure::unsupported, "told inside send", Sent::no);
        transfer->finish(&error);
        return operation;
      }
      case Fault::client_owns_requests:
        shared_->waiting.push_back(transfer);
        break;
      case Fault::one_at_a_time:
        if (shared_->busy != nullptr) {
          shared_->waiting.push_back(transfer);
          return operation;
        }
        shared_->busy = transfer;
        break;
      default:
        break;
    }
    transfer->send();
    return operation;
  }

 private:
  void spoil(HttpRequest& request) const {
    switch (shared_->fault) {
      case Fault::adds_header:
        request.headers.add("User-Agent", "faulty/1.0");
        break;
      case Fault::drops_header:
        request.headers.remove("Cookie");
        break;
      case Fault::drops_body:
        request.body.clear();
        break;
      case Fault::posts_are_gets:
        request.method = "GET";
        break;
      case Fault::keeps_cookies:
        if (!shared_->cookie.empty()) request.headers.add("Cookie", shared_->cookie);
        break;
      case Fault::encodes_the_url:
        for (std::size_t at = 0; (at = request.url.find('+', at)) != std::string::npos;)
          request.url.replace(at, 1, "%20");
        break;
      case Fault::throws:
        if (request.url.rfind("http", 0) != 0)
          throw TransportError(TransportFailure::unsupported, "no such scheme", Sent::no);
        break;
      case Fault::no_header_limit:
        request.max_header_bytes = 1024 * 1024;
        break;
      default:
        break;
    }
  }

  const std::shared_ptr<Shared> shared_;
};

}  // namespace

std::shared_ptr<HttpClient> make_faulty_http_client(std::shared_ptr<HttpClient> good, HttpFault fault) {
  return std::make_shared<FaultyHttpClient>(std::move(good), fault);
}

}  // namespace signalr::conformance
