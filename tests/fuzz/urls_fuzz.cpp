// URLs and queries given by users and servers: what is accepted makes a clean request line and leads where it says.
#include <signalr/url.hpp>

#include "fuzz.hpp"
#include "protocol/redirect_rules.hpp"
#include "protocol/request_url.hpp"

namespace {

using namespace signalr;

void require_clean(std::string_view text, std::string_view what) {
  for (const char c : text) {
    fuzz::require(static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F, what);
  }
}

void check_url(std::string_view text) {
  const auto url = Url::parse(text);
  if (!url) return;
  fuzz::require(!url->host.empty() && !url->path.empty() && url->path[0] == '/', "a URL without host or path");
  const std::string again = url->scheme + "://" + (url->userinfo.empty() ? "" : url->userinfo + "@") +
                            url->authority() + url->target() + (url->has_fragment ? "#" + url->fragment : "");
  const auto same = Url::parse(again);
  fuzz::require(same && same->host == url->host && same->port == url->port && same->target() == url->target() &&
                    same->secure() == url->secure(),
                "a URL put together again isn't the same");
  const std::string bare = url->scheme + "://" + url->authority() + url->path;
  fuzz::require(detail::protocol::without_secrets(text) == detail::protocol::without_secrets(bare),
                "a URL for logs holds secrets");
}

void check_requests(std::string_view endpoint, std::string_view query, std::string_view value) {
  const auto base = detail::protocol::make_base_url(endpoint, true);
  const auto user_query = detail::protocol::make_user_query(query);
  if (!base.ok() || !user_query.ok()) return;
  detail::protocol::QueryParts parts;
  parts.client_protocol = "2.1";
  parts.transport = "webSockets";
  parts.connection_data = value;
  parts.connection_token = value;
  parts.message_id = value;
  parts.groups_token = value;
  parts.user_query = user_query.value();
  const auto origin = Url::parse(base.value());
  fuzz::require(origin.has_value(), "a base URL that is no URL was accepted");
  for (const auto command :
       {detail::protocol::Command::negotiate, detail::protocol::Command::connect, detail::protocol::Command::ping}) {
    const std::string text = detail::protocol::make_url(base.value(), command, parts);
    require_clean(text, "a request's URL holds what it must not");
    const auto url = Url::parse(text);
    fuzz::require(url && url->host == origin->host && url->port == origin->port && !url->has_fragment,
                  "a request leads elsewhere");
  }
}

void check_redirect(std::string_view location) {
  const Url current = *Url::parse("https://app.example.com/signalr/negotiate?a=1");
  const auto redirect = detail::protocol::follow_redirect(current, location, 0, 5);
  if (!redirect.ok()) return;
  const auto url = Url::parse(redirect.value().url);
  fuzz::require(url && url->scheme == "https" && url->userinfo.empty() && !url->has_fragment, "a redirect is unfit");
  fuzz::require(redirect.value().same_origin == (url->host == current.host && url->port == current.port),
                "a redirect's origin is judged wrongly");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  check_url(text);
  check_redirect(text);
  const std::string_view endpoint = fuzz::take_line(text);
  const std::string_view query = fuzz::take_line(text);
  check_requests(endpoint, query, text);
  return 0;
}
