// Answers to negotiate and start: whatever is accepted is fit for use.
#include "fuzz.hpp"
#include "protocol/negotiate_response.hpp"
#include "protocol/start_response.hpp"

namespace {

using namespace signalr;

bool fit_for_a_header(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) return false;
  }
  return true;
}

void check_redirect(std::string_view url) {
  for (const bool allow_downgrade : {false, true}) {
    const auto redirect = detail::protocol::parse_redirect(url, "https://old.example/signalr/", allow_downgrade);
    if (!redirect.ok()) continue;
    const std::string& base = redirect.value().base;
    fuzz::require(base.rfind("https://", 0) == 0 || (allow_downgrade && base.rfind("http://", 0) == 0),
                  "a redirect leads to another scheme");
    fuzz::require(base.back() == '/' && base.find_first_of("?#\r\n ") == std::string::npos,
                  "a redirect's base is unfit");
    fuzz::require(fit_for_a_header(redirect.value().query), "a redirect's query would break the request line");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr auto kDay = std::chrono::hours(24);
  const std::string_view text = fuzz::text_of(data, size);
  (void)detail::protocol::check_start_response(text);
  const auto answer = detail::protocol::parse_negotiate_response(text, "2.1");
  if (!answer.ok()) {
    fuzz::require(*answer.error().what() != '\0', "an error says nothing");
    return 0;
  }
  const detail::protocol::NegotiateResponse& response = answer.value();
  fuzz::require(
      !(response.version < detail::protocol::kMinVersion) && !(detail::protocol::kMaxVersion < response.version),
      "a version out of range was accepted");
  fuzz::require(fit_for_a_header(response.access_token), "the access token is unfit for a header");
  for (const Duration time : {response.keep_alive_timeout.value_or(Duration(1)), response.disconnect_timeout,
                              response.connection_timeout, response.transport_connect_timeout}) {
    fuzz::require(time > Duration(0) && time <= kDay, "a time makes no sense");
  }
  fuzz::require(response.transport_connect_timeout <= std::chrono::minutes(5), "opening a transport may take too long");
  if (response.redirect_url.empty()) {
    fuzz::require(!response.connection_token.empty(), "accepted without a token");
  } else {
    check_redirect(response.redirect_url);
  }
  return 0;
}
