#include "faulty_dialer.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "faulty_conn.hpp"

namespace signalr::conformance {
namespace {

using Fault = DialerFault;

/// A call that blocks, as a resolver would. (The suite must see it; nothing waits for it.)
void block() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
}

template <class F>
void on_another_thread(F&& call) {
  std::thread(std::forward<F>(call)).join();
}

/// The operation of a dial, and what its handler works with.
struct Dial {
  DialHandler handler;
  std::unique_ptr<Operation> good;
  WebsocketConn* conn = nullptr;
  bool canceled = false;
};

class FaultyOperation final : public Operation {
 public:
  FaultyOperation(std::shared_ptr<FaultyDials> shared, std::shared_ptr<Dial> dial)
      : shared_(std::move(shared)), dial_(std::move(dial)) {}
  ~FaultyOperation() override {
    if (shared_->fault == Fault::cancel_blocks) block();
    dial_->canceled = true;
    const bool goes_on = shared_->fault == Fault::handler_after_cancel || shared_->fault == Fault::cancel_leaks;
    if (goes_on) {
      shared_->leaked.push_back(dial_);
      return;
    }
    if (shared_->fault == Fault::operation_owns_connection && dial_->conn != nullptr) {
      dial_->conn->close(close_code::going_away, {});
    }
    dial_->good = nullptr;
  }

 private:
  const std::shared_ptr<FaultyDials> shared_;
  const std::shared_ptr<Dial> dial_;
};

class FaultyDialer final : public WebsocketDialer {
 public:
  FaultyDialer(std::shared_ptr<WebsocketDialer> good, Fault fault)
      : shared_(std::make_shared<FaultyDials>(fault, std::move(good))) {}
  ~FaultyDialer() override {
    shared_->dialer_gone = true;
    shared_->leaked.clear();
  }

  std::unique_ptr<Operation> dial(const std::shared_ptr<Executor>& executor, DialRequest request,
                                  DialHandler handler) override {
    const auto dial = std::make_shared<Dial>();
    dial->handler = std::move(handler);
    auto operation = std::make_unique<FaultyOperation>(shared_, dial);
    const Fault fault = shared_->fault;
    if (fault == Fault::dial_blocks) block();
    if (fault == Fault::handler_inline) {
      DialResult result;
      result.error.emplace(TransportFailure::unsupported, "told inside dial", Sent::no);
      dial->handler(std::move(result));
      return operation;
    }
    spoil(request);
    dial->good = begin(shared_, executor, request, dial);
    return operation;
  }

 private:
  void spoil(DialRequest& request) const {
    switch (shared_->fault) {
      case Fault::drops_headers:
        request.headers = {};
        break;
      case Fault::adds_credentials:
        request.headers.add("Authorization", "Basic Og==");
        break;
      case Fault::keeps_cookies:
        if (!shared_->cookie.empty()) request.headers.add("Cookie", shared_->cookie);
        break;
      case Fault::keeps_whole_body:
        request.max_refusal_bytes = 1024 * 1024;
        break;
      case Fault::no_header_limit:
        request.max_header_bytes = 1024 * 1024;
        break;
      case Fault::no_message_limit:
        request.max_message_bytes = 1024 * 1024;
        break;
      default:
        break;
    }
  }

  static std::unique_ptr<Operation> begin(const std::shared_ptr<FaultyDials>& shared,
                                          const std::shared_ptr<Executor>& executor, const DialRequest& request,
                                          const std::shared_ptr<Dial>& dial) {
    return shared->good->dial(executor, request, [=, watch = std::weak_ptr(dial)](DialResult result) {
      const auto found = watch.lock();
      if (found == nullptr) return;
      if (shared->fault == Fault::retries_refusals && result.conn == nullptr && result.status != 0) {
        shared->leaked.push_back(std::shared_ptr<void>(begin(shared, executor, request, found)));
        return;
      }
      finish(shared, executor, std::move(result), *found);
    });
  }

  static void finish(const std::shared_ptr<FaultyDials>& shared, const std::shared_ptr<Executor>& executor,
                     DialResult result, Dial& dial) {
    if (result.conn != nullptr) {
      result.conn = make_faulty_conn(shared, executor, std::move(result.conn));
      dial.conn = result.conn.get();
    }
    if (const std::string* cookie = result.headers.find("Set-Cookie")) shared->cookie = *cookie;
    switch (shared->fault) {
      case Fault::handler_off_strand:
        return on_another_thread([&] { dial.handler(std::move(result)); });
      case Fault::handler_twice: {
        DialResult again;
        again.status = result.status;
        again.error.emplace(TransportFailure::io, "told twice", Sent::maybe);
        dial.handler(std::move(result));
        return dial.handler(std::move(again));
      }
      case Fault::never_calls:
        shared->leaked.push_back(std::shared_ptr<void>(std::move(result.conn)));
        return;
      case Fault::cancel_leaks:
        if (!dial.canceled) return dial.handler(std::move(result));
        shared->leaked.push_back(std::shared_ptr<void>(std::move(result.conn)));
        return;
      case Fault::drops_answer_headers:
        result.headers = {};
        break;
      case Fault::refusal_is_error:
        if (result.conn == nullptr && !result.error)
          result.error.emplace(TransportFailure::protocol, "refused", Sent::maybe);
        break;
      case Fault::errors_claim_nothing_sent:
      case Fault::errors_claim_sent:
        if (result.error) {
          const TransportFailure failure = result.error->failure();
          result.error.emplace(failure, "a lie", shared->fault == Fault::errors_claim_sent ? Sent::maybe : Sent::no);
        }
        break;
      case Fault::forgives_handshakes:
        result.error.reset();
        break;
      case Fault::dialer_owns_connections:
        if (shared->dialer_gone) {
          result.conn = nullptr;
          result.error.emplace(TransportFailure::io, "the dialer is gone", Sent::maybe);
        }
        break;
      default:
        break;
    }
    dial.handler(std::move(result));
  }

  const std::shared_ptr<FaultyDials> shared_;
};

}  // namespace

std::shared_ptr<WebsocketDialer> make_faulty_dialer(std::shared_ptr<WebsocketDialer> good, DialerFault fault) {
  return std::make_shared<FaultyDialer>(std::move(good), fault);
}

}  // namespace signalr::conformance
