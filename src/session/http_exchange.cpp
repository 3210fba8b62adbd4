#include "session/http_exchange.hpp"

#include <utility>

#include <signalr/errors.hpp>

#include "protocol/redirect_rules.hpp"

namespace signalr::session {

HttpExchange::HttpExchange(Context& context, Requests& requests, HttpRequest request, const char* what, Timeout timeout,
                           Handler handler)
    : context_(context),
      requests_(requests),
      request_(std::move(request)),
      what_(what),
      handler_(std::move(handler)),
      deadline_(context),
      failing_(context) {
  deadline_.set_after(timeout.after, [this, option = timeout.option] {
    finish(DeadlineError(std::string("the answer to ") + what_ + " did not come within DialOptions::" + option));
  });
  request_.max_header_bytes = context.options.limits.max_header_bytes;
  send();
}

HttpExchange::~HttpExchange() = default;

bool HttpExchange::provably_not_sent(const Error& error) noexcept {
  const auto* transport = find_cause<TransportError>(error);
  return transport != nullptr && !transport->sent();
}

void HttpExchange::send() {
  url_ = *Url::parse(request_.url);
  auto headers = requests_.headers_for(url_, same_origin_);
  if (!headers.ok()) return finish_later(headers.error_ptr());
  HttpRequest request = request_;
  request.headers = std::move(headers).value();
  answer_ = {};
  context_.log(LogLevel::debug, request.method, " ", protocol::without_secrets(request.url));
  operation_ = context_.options.http_client->send(context_.executor, std::move(request), *this);
}

void HttpExchange::on_headers(int status, const Headers& headers) {
  const Entry entry(context_.gate);
  if (!entry) return;
  answer_.status = status;
  answer_.headers = headers;
  if (same_origin_) requests_.store_cookies(url_, headers);
}

Flow HttpExchange::on_data(std::string_view data) {
  const Entry entry(context_.gate);
  if (!entry) return Flow::pause;
  const std::size_t limit = context_.options.limits.max_response_bytes;
  if (answer_.body.size() + data.size() > limit) {
    finish(LimitError(std::string("the answer to ") + what_ + " is larger than Limits::max_response_bytes (" +
                          std::to_string(limit) + " bytes)",
                      "max_response_bytes"));
    return Flow::pause;
  }
  answer_.body.append(data);
  return Flow::more;
}

void HttpExchange::on_done(const TransportError* error) {
  const Entry entry(context_.gate);
  if (!entry) return;
  if (error != nullptr) return finish(*error);
  context_.log(LogLevel::debug, what_, " answered ", std::to_string(answer_.status));
  if (request_.method == "GET" && protocol::is_redirect_status(answer_.status)) return follow_redirect();
  finish(std::move(answer_));
}

void HttpExchange::follow_redirect() {
  const std::string* location = answer_.headers.find("Location");
  auto redirect = protocol::follow_redirect(url_, location == nullptr ? "" : *location, redirects_,
                                            context_.options.limits.max_http_redirects);
  if (!redirect.ok()) return finish(redirect.error_ptr());
  ++redirects_;
  request_.url = redirect.value().url;
  same_origin_ = same_origin_ && redirect.value().same_origin;
  operation_.reset();
  send();
}

void HttpExchange::finish(Result<HttpAnswer> result) {
  deadline_.cancel();
  operation_.reset();
  Handler handler = std::move(handler_);
  handler(std::move(result));  // may destroy this object
}

void HttpExchange::finish_later(ErrorPtr error) {
  failing_.set_after(Duration::zero(), [this, error = std::move(error)] { finish(error); });
}

ErrorPtr unexpected_status(const char* what, const HttpAnswer& answer, std::string_view advice) {
  constexpr std::size_t kKeptBody = 1024;
  return HttpStatusError(std::string("the server answered ") + what + " with HTTP status " +
                             std::to_string(answer.status) + " instead of 200" + std::string(advice),
                         answer.status, answer.body.substr(0, kKeptBody))
      .clone();
}

}  // namespace signalr::session
