// The public face: makes operations out of requests, and hands them to the worker.
#include <signalr/curl/http_client.hpp>

#include <curl/curl.h>

#include <exception>
#include <utility>

#include "answer.hpp"
#include "request.hpp"
#include "route.hpp"
#include "worker.hpp"

namespace signalr {
namespace curl {
namespace {

class CurlOperation final : public HttpOperation {
 public:
  CurlOperation(std::shared_ptr<Executor> executor, HttpSink& sink)
      : executor_(std::move(executor)), answer_(std::make_shared<Answer>(*executor_, sink, [this] { make_room(); })) {}

  ~CurlOperation() override {
    if (worker_ != nullptr && !worker_->of_this_process()) return;  // nothing can come, and locks may be held for ever
    answer_->close();
    if (transfer_ != nullptr) worker_->cancel(std::move(transfer_));
  }

  void start(std::shared_ptr<Worker> worker, Request request, std::shared_ptr<const TlsOptions> tls) {
    auto transfer = std::make_shared<Transfer>(std::move(request), std::move(tls), answer_);
    worker->start(transfer);
    worker_ = std::move(worker);
    transfer_ = std::move(transfer);
  }

  void fail(TransportError error) { answer_->end(std::move(error)); }

  void resume() override { answer_->resume(); }

 private:
  void make_room() { worker_->unpause(transfer_); }

  const std::shared_ptr<Executor> executor_;
  const std::shared_ptr<Answer> answer_;
  std::shared_ptr<Worker> worker_;
  std::shared_ptr<Transfer> transfer_;
};

class CurlHttpClient final : public HttpClient {
 public:
  CurlHttpClient(TlsOptions tls, const ProxyOptions& proxy)
      : tls_(std::make_shared<const TlsOptions>(std::move(tls))), proxies_(proxy) {}

  std::unique_ptr<HttpOperation> send(const std::shared_ptr<Executor>& executor, HttpRequest http,
                                      HttpSink& sink) override {
    auto operation = std::make_unique<CurlOperation>(executor, sink);
    Request request;
    if (!worker_->of_this_process()) {
      operation->fail(TransportError(TransportFailure::unsupported,
                                     "this HTTP client was made before fork(), for the parent; make one in the child",
                                     Sent::no));
      return operation;
    }
    if (auto wrong = check(std::move(http), proxies_, request)) {
      operation->fail(*std::move(wrong));
      return operation;
    }
    try {
      operation->start(worker_, std::move(request), tls_);
    } catch (const std::exception& error) {
      operation->fail(TransportError(TransportFailure::io,
                                     std::string("the thread for HTTP requests can't be started: ") + error.what(),
                                     Sent::no));
    }
    return operation;
  }

  std::vector<std::string> secrets() const override { return proxies_.secrets(); }

 private:
  const std::shared_ptr<const TlsOptions> tls_;
  const ProxyRules proxies_;
  const std::shared_ptr<Worker> worker_ = std::make_shared<Worker>();
};

}  // namespace
}  // namespace curl

std::shared_ptr<HttpClient> make_curl_http_client(TlsOptions tls, ProxyOptions proxy) {
  // For good, unless it throws; std::call_once isn't up to that everywhere.
  [[maybe_unused]] static const bool kInitialised = [] {
    if (const CURLcode failed = curl_global_init(CURL_GLOBAL_DEFAULT); failed != CURLE_OK) {
      throw TransportError(TransportFailure::tls,
                           std::string("libcurl can't be initialised: ") + curl_easy_strerror(failed), Sent::no);
    }
    return true;
  }();
  return std::make_shared<curl::CurlHttpClient>(std::move(tls), proxy);
}

}  // namespace signalr
