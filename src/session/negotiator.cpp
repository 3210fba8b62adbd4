#include "session/negotiator.hpp"

#include <algorithm>
#include <utility>

#include <signalr/errors.hpp>

#include "protocol/media_type.hpp"

namespace signalr::detail::session {
namespace {

constexpr const char* kCoreAnswersSo =
    "; an ASP.NET Core SignalR server, too, answers so, and this library speaks to classic ASP.NET SignalR only";

/// The words of nginx, Apache and Go for http to a port of https.
bool wants_https(std::string_view body) {
  for (const std::string_view words : {"plain HTTP request was sent to HTTPS port", "plain HTTP to an SSL-enabled",
                                       "sent an HTTP request to an HTTPS server"}) {
    if (body.find(words) != std::string_view::npos) return true;
  }
  return false;
}

ErrorPtr refusal(const HttpAnswer& http, bool for_hubs, bool appended, bool without_credentials) {
  std::string advice = http.advice;
  if ((http.status == 401 || http.status == 403) && without_credentials) {
    advice =
        "; the server redirected there from another origin, so that the headers, cookies, token and parameters of "
        "DialOptions were left out: dial that URL";
  }
  // A URL that is too long has its own advice, by then: some servers say 404 to it.
  if (http.status == 404 && advice.empty()) {
    advice = appended ? "; 'signalr' was appended to the URL's path (DialOptions::use_default_path)"
                      : "; the URL's path must be the server's own";
  }
  if (http.status == 400 && wants_https(http.body)) advice = "; the port speaks TLS: the URL must begin with https:";
  // Core's negotiate is POST only, and elsewhere than where 'signalr' is appended.
  if (http.status == 404 || http.status == 405) advice += kCoreAnswersSo;
  // A server says 500, and not a word more, for a hub that it doesn't have (P§3.1): the most common mistake of all.
  if (http.status == 500 && for_hubs) {
    advice =
        "; besides failing, that is how it answers for a hub that it doesn't have: compare the names of the hubs with "
        "the server's";
  }
  return unexpected_status("negotiate", http.status, http.body, advice);
}

}  // namespace

Negotiator::Negotiator(Context& context, Requests& requests, bool by_hub_names, int max_retries, Handler handler)
    : context_(context),
      requests_(requests),
      by_hub_names_(by_hub_names),
      handler_(std::move(handler)),
      retries_(max_retries),
      pause_(context) {
  ask();
}

void Negotiator::ask() {
  exchange_ = std::make_unique<HttpExchange>(context_, requests_, requests_.negotiate(), "negotiate",
                                             Timeout{context_.options.request_timeout, "request_timeout"},
                                             [this](Result<HttpAnswer> answer) { on_answer(std::move(answer)); });
}

void Negotiator::on_answer(Result<HttpAnswer> answer) {
  where_ = exchange_->where();
  if (!answer.ok()) {
    const auto* network = find_cause<TransportError>(answer.error());
    // Not after a timeout: it has taken long enough.
    const bool transient = network != nullptr && protocol::is_transient_failure(*network);
    return retry_or_fail(transient, answer.error_ptr());
  }
  const HttpAnswer& http = answer.value();
  if (http.status != 200) {
    const bool appended = by_hub_names_ && context_.options.use_default_path && redirects_ == 0;
    const bool without_credentials = (exchange_->abroad() || requests_.is_abroad()) && requests_.has_credentials();
    return retry_or_fail(protocol::is_transient_status(http.status),
                         refusal(http, !requests_.connection_data().empty(), appended, without_credentials),
                         wanted_pause(http));
  }
  auto response = protocol::parse_negotiate_response(
      http.body, context_.options.protocol, [this](std::string_view text) { return requests_.without_secrets(text); });
  if (!response.ok()) {
    if (!protocol::looks_like_html(http.body)) return fail(response.error_ptr());
    return fail(ProtocolError(std::string(response.error().what()) + protocol::kHtmlHint).clone());
  }
  on_response(std::move(response).value());
}

void Negotiator::on_response(protocol::NegotiateResponse response) {
  for (const auto& [name, token] :
       {std::pair("RedirectUrl", &response.redirect_url), std::pair("AccessToken", &response.access_token),
        std::pair("ConnectionToken", &response.connection_token)}) {
    if (ErrorPtr too_long = requests_.token_too_long(name, *token)) return fail(std::move(too_long));
  }
  if (!response.redirect_url.empty()) {
    if (++redirects_ > context_.options.limits.max_negotiate_redirects) {
      return fail(LimitError("the server redirects negotiate again and again: " + std::to_string(redirects_ - 1) +
                                 " redirects were followed, as many as Limits::max_negotiate_redirects allows",
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

// What the server asks for by Retry-After, as far as the user goes along.
Duration Negotiator::wanted_pause(const HttpAnswer& http) const {
  const std::string* const value = http.headers.find("Retry-After");
  if (value == nullptr) return Duration::zero();
  const auto wanted = protocol::parse_retry_after(*value, std::chrono::system_clock::now());
  return std::min(wanted.value_or(Duration::zero()), context_.options.max_retry_after);
}

void Negotiator::retry_or_fail(bool transient, ErrorPtr error, Duration pause) {
  if (!transient || !retries_.take()) return fail(std::move(error));
  const Duration delay = context_.retry_delay(pause);
  pause_.set_after(delay, [this] { ask(); });
  context_.note_retry(NegotiateError(std::move(error), where_).clone(), retries_.taken(), delay);
}

void Negotiator::fail(ErrorPtr error) {
  Handler handler = std::move(handler_);
  handler(NegotiateError(std::move(error), where_));  // may destroy this object
}

}  // namespace signalr::detail::session
