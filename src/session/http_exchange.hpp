// One HTTP request and its whole answer, with a deadline and a bound for its body.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <signalr/result.hpp>

#include "session/http_fetch.hpp"

namespace signalr::detail::session {

struct HttpAnswer {
  int status = 0;
  Headers headers;
  std::string body;    ///< of another status than 200: its beginning, without secrets of ours
  std::string advice;  ///< HttpFetch::advice
};

/// How long an exchange may take, and the option that says so, for the error. Duration::max(): for ever.
struct Timeout {
  Duration after;
  const char* option;
};

/// Which of the Limits bounds the body of an answer with status 200.
enum class BodyLimit {
  response,  ///< max_response_bytes
  message,   ///< max_message_bytes
};

/// On the strand. Destroying it cancels. The handler is called once, never inside the constructor, and may destroy
/// this object.
class HttpExchange final : private HttpFetch::Sink {
 public:
  using Handler = UniqueFunction<void(Result<HttpAnswer>)>;

  /// `what` names the request in errors: "negotiate".
  HttpExchange(Context& context, Requests& requests, HttpRequest request, const char* what, Timeout timeout,
               Handler handler, BodyLimit limit = BodyLimit::response);
  ~HttpExchange();

  /// Where the request went, for errors; inside the handler, too.
  std::string where() const { return fetch_->where(); }
  bool abroad() const noexcept { return fetch_->abroad(); }

  /// Whether an error proves that the request never left this machine, so that it may be repeated (P#42).
  static bool provably_not_sent(const Error& error) noexcept;

 private:
  bool wants(int status, const Headers& headers) override;
  Flow on_data(std::string_view data) override;
  void on_done(ErrorPtr error) override;
  void on_refused(int status, std::string body) override;
  void finish(Result<HttpAnswer> result);

  Context& context_;
  const char* what_;
  Handler handler_;
  HttpAnswer answer_;
  BodyLimit limit_;
  Timer deadline_;
  std::unique_ptr<HttpFetch> fetch_;
};

/// The error that an answer with another status than 200 stands for; `advice` ends its sentence: where it led, what to
/// do.
ErrorPtr unexpected_status(const char* what, int status, std::string_view body, std::string_view advice);

/// How a server refused a request, as far as an error knows: a status, 0 when there was none, and the body's beginning.
struct Refusal {
  int status = 0;
  std::string_view body;
};
Refusal refusal_in(const Error& error) noexcept;

}  // namespace signalr::detail::session
