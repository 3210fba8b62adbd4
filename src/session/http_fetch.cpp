#include "session/http_fetch.hpp"

#include <utility>

#include <signalr/challenge.hpp>
#include <signalr/errors.hpp>

#include "protocol/redirect_rules.hpp"
#include "protocol/safe_text.hpp"

namespace signalr::detail::session {
namespace {

/// A refusal needs no more of its body than what comes by then.
constexpr Duration kRefusalTime = std::chrono::seconds(5);

/// So many kept connections in a row may be dead.
constexpr int kMaxDeadConnections = 5;

/// Whether a request found the connection that it was to go over dead, before a byte of it was written: unlike one that
/// can't connect it needs no pause, and unlike one that was sent it may be repeated whatever it asks for (P#42).
bool found_dead_connection(const TransportError& error) {
  return error.sent() == Sent::no && error.failure() == TransportFailure::closed;
}

}  // namespace

HttpFetch::HttpFetch(Context& context, Requests& requests, HttpRequest request, Sink& sink)
    : context_(context), requests_(requests), sink_(sink), request_(std::move(request)), timer_(context) {
  request_.max_header_bytes = context.options.limits.max_header_bytes;
  send();
}

HttpFetch::~HttpFetch() = default;

void HttpFetch::resume() {
  if (operation_ != nullptr) operation_->resume();
}

void HttpFetch::cancel() noexcept {
  timer_.cancel();
  operation_.reset();
}

bool HttpFetch::end_refusal() {
  if (!refusal_) return false;
  cancel();
  sink_.on_refused(refusal_->status, requests_.without_secrets(refusal_->body));
  return true;
}

std::string HttpFetch::where() const {
  if (asked_.empty()) return protocol::without_secrets(request_.url);
  return protocol::without_secrets(asked_) + " (redirected to " + protocol::without_secrets(request_.url) + ")";
}

void HttpFetch::send() {
  url_ = *Url::parse(request_.url);
  auto headers = requests_.headers_for(url_, same_origin_);
  if (!headers.ok()) return fail_later(headers.error_ptr());
  HttpRequest request = request_;
  request.headers = std::move(headers).value();
  for (const auto& [name, value] : request_.headers) request.headers.set(name, value);
  context_.log(LogLevel::debug, request.method, " ", protocol::without_secrets(request.url));
  operation_ = context_.options.http_client->send(context_.executor, std::move(request), *this);
}

void HttpFetch::fail_later(ErrorPtr error) {
  timer_.set_after(Duration::zero(), [this, error = std::move(error)] { sink_.on_done(error); });
}

void HttpFetch::on_headers(int status, const Headers& headers) {
  const Entry entry(context_.gate);
  if (!entry) return;
  if (same_origin_) requests_.store_cookies(url_, headers);
  if (request_.method == "GET" && protocol::is_redirect_status(status)) {
    return follow_redirect(headers.find("Location"));
  }
  if (redirects_ > 0 && status == 200) {
    if (ErrorPtr astray = move_connection(headers)) {
      operation_.reset();
      return fail_later(std::move(astray));
    }
  }
  advice_ = protocol::told_target(url_, status, headers) + protocol::query_length_hint(status, request_.url) +
            challenge_advice(status, headers);
  if (sink_.wants(status, headers)) return sink_.on_headers();
  refusal_.emplace(Refusal{status, {}});
  timer_.set_after(kRefusalTime, [this] { end_refusal(); });
}

Flow HttpFetch::on_data(std::string_view data) {
  const Entry entry(context_.gate);
  if (!entry) return Flow::pause;
  return refusal_ ? take_refusal(data) : sink_.on_data(data);
}

// What is of no use is taken all the same, within bounds: so the connection can be used again.
Flow HttpFetch::take_refusal(std::string_view data) {
  constexpr std::size_t kKept = protocol::kMaxServerText + 1;  // one more shows that there was more
  refusal_->body.append(data.substr(0, kKept - refusal_->body.size()));
  refusal_->bytes += data.size();
  if (refusal_->bytes <= context_.options.limits.max_response_bytes) return Flow::more;
  end_refusal();
  return Flow::pause;
}

void HttpFetch::on_done(const TransportError* error) {
  const Entry entry(context_.gate);
  if (!entry) return;
  if (error != nullptr && found_dead_connection(*error) && dead_connections_++ < kMaxDeadConnections) {
    context_.log(LogLevel::debug, "sent again: ", error->what());
    return send();
  }
  if (end_refusal()) return;
  sink_.on_done(error == nullptr ? nullptr : error->clone());
}

ErrorPtr HttpFetch::move_connection(const Headers& headers) {
  const auto base = protocol::moved_base(*Url::parse(asked_), url_);
  if (!base) {
    return ProtocolError(
               "the server redirects to " + protocol::without_secrets(request_.url) +
               ", which is not where a connection's requests go (the path's last part differs): a login page?")
        .clone();
  }
  const bool moved = *base != requests_.base_url();
  if (moved) requests_.move_to(*base, url_);
  requests_.store_cookies(url_, headers);  // of the connection's own origin now, or again after a detour
  if (!moved) return nullptr;
  const bool less = requests_.is_abroad() && requests_.has_credentials();
  context_.log(
      less ? LogLevel::warning : LogLevel::info, "the server redirects to ", protocol::without_secrets(*base),
      ", and the whole connection goes there",
      less ? ", without the headers, cookies, token and parameters that were meant for another origin: dial that" : "");
  return nullptr;
}

// What the redirecting answer has to say besides is of no interest.
void HttpFetch::follow_redirect(const std::string* location) {
  auto redirect = protocol::follow_redirect(url_, location == nullptr ? "" : *location, redirects_,
                                            context_.options.limits.max_http_redirects);
  operation_.reset();
  if (!redirect.ok()) return fail_later(redirect.error_ptr());
  if (redirects_++ == 0) asked_ = std::move(request_.url);
  request_.url = redirect.value().url;
  same_origin_ = same_origin_ && redirect.value().same_origin;
  send();
}

std::string challenge_advice(int status, const Headers& answer) {
  const std::string schemes = status == 401 ? offered_schemes(answer, "WWW-Authenticate") : std::string();
  if (schemes.empty()) return {};
  return "; it asks for " + schemes +
         ", and this client sends a Bearer token (DialOptions::access_token) or the Authorization of "
         "DialOptions::headers, but speaks neither NTLM nor Negotiate (Kerberos)";
}

}  // namespace signalr::detail::session
