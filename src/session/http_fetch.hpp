// One HTTP request as every request of a connection goes out: with the user's headers, authorization and cookies; the
// cookies of its answers are kept. Redirects of GETs are followed, and the whole connection goes where they led: a site
// that redirects one request redirects all, and POSTs and upgrades can't be followed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <signalr/http_client.hpp>

#include "session/context.hpp"
#include "session/requests.hpp"
#include "session/timer.hpp"

namespace signalr::session {

/// On the strand. Destroying it cancels.
class HttpFetch final : private HttpSink {
 public:
  /// As HttpSink, for the last answer alone; inside the gate, never inside the constructor. Each call may destroy the
  /// fetch.
  class Sink {
   public:
    virtual void on_headers(int status, const Headers& headers) = 0;
    virtual Flow on_data(std::string_view data) = 0;
    /// Once, last; null when the answer is complete.
    virtual void on_done(ErrorPtr error) = 0;

   protected:
    ~Sink() = default;
  };

  /// Headers of the request itself go with it wherever it leads.
  HttpFetch(Context& context, Requests& requests, HttpRequest request, Sink& sink);
  ~HttpFetch() override;

  /// After a pause: go on.
  void resume();
  /// No call comes any more.
  void cancel() noexcept;
  /// The address without secrets; after redirects also where they led.
  std::string where() const;
  /// For errors: where an answer leads that isn't followed (protocol::told_target).
  const std::string& led_to() const noexcept { return led_to_; }
  /// Whether redirects led to another origin, where less was sent along.
  bool abroad() const noexcept { return !same_origin_; }

 private:
  void send();
  void fail_later(ErrorPtr error);
  void on_headers(int status, const Headers& headers) override;
  Flow on_data(std::string_view data) override;
  void on_done(const TransportError* error) override;
  void follow_redirect(const std::string* location);
  ErrorPtr move_connection(const Headers& headers);

  Context& context_;
  Requests& requests_;
  Sink& sink_;
  HttpRequest request_;
  std::string asked_;  // before the first redirect; else empty
  Url url_;
  std::string led_to_;
  bool same_origin_ = true;
  int redirects_ = 0;
  Timer failing_;  // carries an error out of the constructor's or a callback's stack
  std::unique_ptr<HttpOperation> operation_;
};

}  // namespace signalr::session
