#include "http_probe.hpp"

#include <utility>

#include <signalr/headers.hpp>

namespace signalr::conformance {

HttpProbe::HttpProbe(std::shared_ptr<Verdict> verdict, std::weak_ptr<Executor> executor,
                     std::weak_ptr<HttpClient> client)
    : verdict_(std::move(verdict)),
      executor_(std::move(executor)),
      client_(std::move(client)),
      guard_(verdict_, executor_) {}

void HttpProbe::send(HttpRequest request) {
  const auto executor = executor_.lock();
  const auto client = client_.lock();
  if (executor == nullptr || client == nullptr) return verdict_->report("the client was gone before the request");
  guard_.call("send", [&] { operation_ = client->send(executor, std::move(request), *this); });
  if (operation_ == nullptr) verdict_->report("send returned no operation");
}

void HttpProbe::resume() {
  if (operation_ == nullptr) return;
  paused_ = false;
  guard_.call("resume", [&] { operation_->resume(); });
}

void HttpProbe::resume_later() {
  if (const auto executor = executor_.lock()) executor->post([this] { resume(); });
}

void HttpProbe::destroy() {
  if (operation_ == nullptr) return;
  guard_.set_destroyed();
  guard_.call("the operation's destructor", [&] { operation_ = nullptr; });
}

void HttpProbe::retire() {
  guard_.set_destroyed();
  destroy();
  on_headers_hook = nullptr;
  on_data_hook = nullptr;
  on_done_hook = nullptr;
  body = {};
}

void HttpProbe::on_headers(int given_status, const Headers& given) {
  guard_.callback("on_headers", [&] {
    if (status) verdict_->report("on_headers came twice");
    if (given_status < 200) verdict_->report("on_headers came with the status " + std::to_string(given_status));
    status = given_status;
    headers = given;
    if (on_headers_hook) on_headers_hook(*this);
    if (given.size() != headers.size()) verdict_->report("the headers changed before on_headers had returned");
  });
}

Flow HttpProbe::on_data(std::string_view data) {
  Flow flow = Flow::more;
  guard_.callback("on_data", [&] {
    if (!status) verdict_->report("on_data came before on_headers");
    if (data.empty()) verdict_->report("on_data came with nothing");
    if (paused_) verdict_->report("on_data came after a pause, without resume");
    const std::string copy(data);
    body += copy;
    ++chunks;
    // What the hook asks for holds already when it resumes by itself.
    if (on_data_hook) flow = on_data_hook(*this);
    if (flow == Flow::pause) paused_ = true;
    if (data != copy) verdict_->report("the data changed before on_data had returned");
  });
  return flow;
}

void HttpProbe::on_done(const TransportError* given) {
  guard_.callback("on_done", [&] {
    guard_.set_ended();
    if (given == nullptr && !status) verdict_->report("on_done told success without on_headers");
    if (given == nullptr && paused_) verdict_->report("on_done told success after a pause, without resume");
    if (given != nullptr && std::string_view(given->what()).empty())
      verdict_->report("on_done gave an error without a text");
    done = true;
    if (given != nullptr) error.emplace(*given);
    if (on_done_hook) on_done_hook(*this);
    if (given != nullptr && given->failure() != error->failure()) {
      verdict_->report("the error changed before on_done had returned");
    }
  });
}

HttpRequest get_request(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

HttpRequest post_request(std::string url, std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.body = std::move(body);
  return request;
}

SentRequest send_request(Bench& bench, HttpRequest request) {
  const std::size_t before = bench.peer().exchanges().size();
  HttpProbe& http = bench.http();
  bench.strand([&] { http.send(std::move(request)); });
  bench.until([&] { return http.done || bench.peer().exchanges().size() > before; }, "a request to arrive at the peer");
  bench.strand([&] {
    if (!http.done || bench.peer().exchanges().size() > before) return;
    throw Failure{"a request ended before it had arrived at the peer" +
                  (http.error ? ": " + std::string(http.error->what()) : std::string())};
  });
  return {http, bench.arrival(before)};
}

SentRequest send_get(Bench& bench, std::string_view target) {
  return send_request(bench, get_request(bench.peer().http_url(target)));
}

void await_done(Bench& bench, HttpProbe& http) {
  bench.until([&] { return http.done; }, "on_done");
}

void require_success(Bench& bench, HttpProbe& http) {
  await_done(bench, http);
  bench.strand([&] {
    bench.require(!http.error, "a complete answer was told as a failure" +
                                   (http.error ? ": " + std::string(http.error->what()) : std::string()));
  });
}

void require_failure(Bench& bench, HttpProbe& http) {
  await_done(bench, http);
  bench.strand([&] { bench.require(http.error.has_value(), "a failure was told as success"); });
}

}  // namespace signalr::conformance
