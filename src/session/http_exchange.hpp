// One HTTP request and its whole answer: cookies, redirects of GETs, a deadline, a bounded body.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <signalr/http_client.hpp>
#include <signalr/result.hpp>

#include "session/context.hpp"
#include "session/requests.hpp"
#include "session/timer.hpp"

namespace signalr::session {

struct HttpAnswer {
  int status = 0;
  Headers headers;
  std::string body;
};

/// How long an exchange may take, and the option that says so, for the error.
struct Timeout {
  Duration after;
  const char* option;
};

/// On the strand. Destroying it cancels. The handler is called once, never inside the constructor, and may destroy
/// this object.
class HttpExchange final : private HttpSink {
 public:
  using Handler = UniqueFunction<void(Result<HttpAnswer>)>;

  /// `what` names the request in errors: "negotiate".
  HttpExchange(Context& context, Requests& requests, HttpRequest request, const char* what, Timeout timeout,
               Handler handler);
  ~HttpExchange() override;

  /// Whether an error proves that the request never left this machine, so that it may be repeated (P#42).
  static bool provably_not_sent(const Error& error) noexcept;

 private:
  void send();
  void on_headers(int status, const Headers& headers) override;
  Flow on_data(std::string_view data) override;
  void on_done(const TransportError* error) override;
  void follow_redirect();
  void finish(Result<HttpAnswer> result);
  void finish_later(ErrorPtr error);

  Context& context_;
  Requests& requests_;
  HttpRequest request_;
  Url url_;
  const char* what_;
  Handler handler_;
  HttpAnswer answer_;
  Timer deadline_;
  Timer failing_;  // carries an error out of the constructor's or a callback's stack
  bool same_origin_ = true;
  int redirects_ = 0;
  std::unique_ptr<HttpOperation> operation_;
};

/// The error that an answer with another status than 200 stands for; `advice` ends its sentence.
ErrorPtr unexpected_status(const char* what, const HttpAnswer& answer, std::string_view advice = {});

}  // namespace signalr::session
