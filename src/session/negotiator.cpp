#include "session/negotiator.hpp"

#include <utility>

#include <signalr/errors.hpp>

namespace signalr::session {
namespace {

// A server says 500, and not a word more, for a hub that it doesn't have (P§3.1): the most common mistake of all.
ErrorPtr refusal(const HttpAnswer& http, const Requests& requests) {
  if (http.status != 500 || requests.connection_data().empty())
    return unexpected_status("negotiate", http.status, http.body);
  return unexpected_status("negotiate", http.status, http.body,
                           "; besides failing, that is how it answers for a hub that it doesn't have: compare the "
                           "names of the hubs with the server's");
}

}  // namespace

Negotiator::Negotiator(Context& context, Requests& requests, int max_retries, Handler handler)
    : context_(context), requests_(requests), handler_(std::move(handler)), retries_(max_retries), pause_(context) {
  ask();
}

void Negotiator::ask() {
  exchange_ = std::make_unique<HttpExchange>(context_, requests_, requests_.negotiate(), "negotiate",
                                             Timeout{context_.options.request_timeout, "request_timeout"},
                                             [this](Result<HttpAnswer> answer) { on_answer(std::move(answer)); });
}

void Negotiator::on_answer(Result<HttpAnswer> answer) {
  if (!answer.ok()) {
    const auto* network = find_cause<TransportError>(answer.error());
    const bool timeout = find_cause<DeadlineError>(answer.error()) != nullptr;
    const bool transient = timeout || (network != nullptr && protocol::is_transient_failure(*network));
    return retry_or_fail(transient, answer.error_ptr());
  }
  const HttpAnswer& http = answer.value();
  if (http.status != 200) {
    return retry_or_fail(protocol::is_transient_status(http.status), refusal(http, requests_));
  }
  auto response = protocol::parse_negotiate_response(http.body, context_.options.protocol);
  if (!response.ok()) {  // its words again, but from a text that may be shown
    const std::string shown = requests_.without_secrets(http.body);
    return fail(protocol::parse_negotiate_response(shown, context_.options.protocol).error_ptr());
  }
  on_response(std::move(response).value());
}

void Negotiator::on_response(protocol::NegotiateResponse response) {
  if (!response.redirect_url.empty()) {
    if (++redirects_ >= context_.options.limits.max_negotiate_redirects) {
      return fail(LimitError("the server redirected negotiate as often as Limits::max_negotiate_redirects (" +
                                 std::to_string(context_.options.limits.max_negotiate_redirects) + ") forbids",
                             "max_negotiate_redirects")
                      .clone());
    }
    auto redirect =
        protocol::parse_redirect(response.redirect_url, requests_.base_url(), context_.options.allow_insecure_redirect);
    if (!redirect.ok()) return fail(redirect.error_ptr());
    context_.log(LogLevel::info, "negotiate redirected to ", protocol::without_secrets(redirect.value().base));
    requests_.redirect_to(redirect.value(), response.access_token);
    return ask();
  }
  requests_.set_connection_token(response.connection_token);
  Handler handler = std::move(handler_);
  handler(std::move(response));  // may destroy this object
}

void Negotiator::retry_or_fail(bool transient, ErrorPtr error) {
  if (!transient || !retries_.take()) return fail(std::move(error));
  context_.log(LogLevel::warning, error->what(), "; trying again");
  pause_.set_after(context_.retry_delay(), [this] { ask(); });
}

void Negotiator::fail(ErrorPtr error) {
  Handler handler = std::move(handler_);
  handler(NegotiateError(std::move(error)));  // may destroy this object
}

}  // namespace signalr::session
