// Negotiates: asks, follows redirects, asks again while that may help (P§3).
#pragma once

#include <memory>
#include <string>

#include <signalr/result.hpp>

#include "protocol/negotiate_response.hpp"
#include "protocol/retry.hpp"
#include "session/context.hpp"
#include "session/http_exchange.hpp"
#include "session/requests.hpp"
#include "session/timer.hpp"

namespace signalr::detail::session {

/// On the strand. Destroying it gives up. Leaves the connection token and where redirects led in `requests`. The
/// handler is called once, with a NegotiateError if it failed, and may destroy this object.
class Negotiator {
 public:
  using Handler = UniqueFunction<void(Result<protocol::NegotiateResponse>)>;

  /// `by_hub_names`: the dial was for hubs by name, so that `use_default_path` counts.
  Negotiator(Context& context, Requests& requests, bool by_hub_names, int max_retries, Handler handler);

 private:
  void ask();
  void on_answer(Result<HttpAnswer> answer);
  void on_response(protocol::NegotiateResponse response);
  Duration wanted_pause(const HttpAnswer& http) const;
  void retry_or_fail(bool transient, ErrorPtr error, Duration pause = Duration::zero());
  void fail(ErrorPtr error);

  Context& context_;
  Requests& requests_;
  const bool by_hub_names_;
  Handler handler_;
  protocol::RetryCount retries_;
  int redirects_ = 0;
  std::string where_;  // the last request went
  Timer pause_;
  std::unique_ptr<HttpExchange> exchange_;
};

}  // namespace signalr::detail::session
