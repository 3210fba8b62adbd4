#include "session/http_exchange.hpp"

#include <new>
#include <utility>

#include <signalr/errors.hpp>

#include "session/no_memory.hpp"

namespace signalr::detail::session {

HttpExchange::HttpExchange(Context& context, Requests& requests, HttpRequest request, const char* what, Timeout timeout,
                           Handler handler, BodyLimit limit)
    : context_(context), what_(what), handler_(std::move(handler)), limit_(limit), deadline_(context) {
  deadline_.judge_after(timeout.after, [this, option = timeout.option] {
    if (fetch_->end_refusal()) return;
    finish(DeadlineError(std::string("the answer to ") + what_ + " did not come within DialOptions::" + option));
  });
  fetch_ = std::make_unique<HttpFetch>(context, requests, std::move(request), static_cast<Sink&>(*this));
}

HttpExchange::~HttpExchange() = default;

bool HttpExchange::provably_not_sent(const Error& error) noexcept {
  const auto* transport = find_cause<TransportError>(error);
  return transport != nullptr && transport->sent() == Sent::no;
}

bool HttpExchange::wants(int status, const Headers& headers) {
  answer_.status = status;
  answer_.headers = headers;
  return status == 200;
}

Flow HttpExchange::on_data(std::string_view data) {
  const Limits& limits = context_.options.limits;
  const bool message = limit_ == BodyLimit::message;
  const std::size_t limit = message ? limits.max_message_bytes : limits.max_response_bytes;
  if (data.size() > limit - answer_.body.size()) {
    const std::string name = message ? "max_message_bytes" : "max_response_bytes";
    finish(LimitError(std::string("the answer to ") + what_ + " is larger than Limits::" + name + " (" +
                          std::to_string(limit) + " bytes)",
                      name));
    return Flow::pause;
  }
  try {
    answer_.body.append(data);
  } catch (const std::bad_alloc&) {
    finish(no_memory_for(std::string("the answer to ") + what_));
    return Flow::pause;
  }
  return Flow::more;
}

void HttpExchange::on_done(ErrorPtr error) {
  if (error != nullptr) return finish(std::move(error));
  context_.log(LogLevel::debug, what_, " answered 200");
  finish(std::move(answer_));
}

void HttpExchange::on_refused(int status, std::string body) {
  answer_.advice = fetch_->advice();
  context_.log(LogLevel::debug, what_, " answered ", std::to_string(status), answer_.advice);
  answer_.body = std::move(body);
  finish(std::move(answer_));
}

void HttpExchange::finish(Result<HttpAnswer> result) {
  deadline_.cancel();
  if (fetch_ != nullptr) fetch_->cancel();
  Handler handler = std::move(handler_);
  handler(std::move(result));  // may destroy this object
}

ErrorPtr unexpected_status(const char* what, int status, std::string_view body, std::string_view advice) {
  return HttpStatusError(std::string("the server answered ") + what + " with HTTP status " + std::to_string(status) +
                             " instead of 200" + std::string(advice),
                         status, std::string(body))
      .clone();
}

Refusal refusal_in(const Error& error) noexcept {
  if (const auto* http = find_cause<HttpStatusError>(error)) return {http->status(), http->server_text()};
  if (const auto* dial = find_cause<DialError>(error)) return {dial->status(), dial->server_text()};
  return {};
}

}  // namespace signalr::detail::session
