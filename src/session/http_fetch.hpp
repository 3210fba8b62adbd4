// One HTTP request as every request of a connection goes out: with the user's headers, authorization and cookies; the
// cookies of its answers are kept. Redirects of GETs are followed, and the whole connection goes where they led: a site
// that redirects one request redirects all, and POSTs and upgrades can't be followed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <signalr/http_client.hpp>

#include "session/context.hpp"
#include "session/requests.hpp"
#include "session/timer.hpp"

namespace signalr::detail::session {

/// On the strand. Destroying it cancels.
class HttpFetch final : private HttpSink {
 public:
  /// As HttpSink, for the last answer alone; inside the gate, never inside the constructor. Each call but `wants` may
  /// destroy the fetch.
  class Sink {
   public:
    /// An answer begins: whether it is what was asked for. Then `on_headers` follows, and the rest of it.
    virtual bool wants(int status, const Headers& headers) = 0;
    virtual void on_headers() {}
    virtual Flow on_data(std::string_view data) = 0;
    /// Once, last; null when the answer is complete.
    virtual void on_done(ErrorPtr error) = 0;
    /// Instead of all these, once, last: another answer, with the beginning of its body, without secrets of ours. Of
    /// the body no more is taken than Limits::max_response_bytes, and for five seconds.
    virtual void on_refused(int status, std::string body) = 0;

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
  /// Time is up: when it has been refused, `on_refused` is called with what has come of the body. False: it has not.
  bool end_refusal();
  /// The address without secrets; after redirects also where they led.
  std::string where() const;
  /// For errors, ends the sentence about a refusal: where the answer leads that isn't followed, what may be
  /// wrong, what a 401 asks for.
  const std::string& advice() const noexcept { return advice_; }
  /// Whether redirects led to another origin, where less was sent along.
  bool abroad() const noexcept { return !same_origin_; }

 private:
  void send();
  void fail_later(ErrorPtr error);
  Flow take_refusal(std::string_view data);
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
  std::string advice_;
  bool same_origin_ = true;
  int redirects_ = 0;
  int dead_connections_ = 0;
  struct Refusal {
    int status;
    std::string body;  // its beginning
    std::size_t bytes = 0;
  };
  std::optional<Refusal> refusal_;
  Timer timer_;  // carries an error out of the constructor's or a callback's stack; ends a refusal
  std::unique_ptr<HttpOperation> operation_;
};

/// What a 401 asks for and what this client speaks, to end a sentence; empty for another status, or one without a word.
std::string challenge_advice(int status, const Headers& answer);

}  // namespace signalr::detail::session
