// Lines of Set-Cookie: whatever is sent back is one clean header line, and no other host sees it.
#include <signalr/headers.hpp>
#include <signalr/url.hpp>

#include "fuzz.hpp"
#include "protocol/cookie_jar.hpp"

namespace {

using namespace signalr;

void check_line(const std::string& line) {
  for (const char c : line) {
    fuzz::require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F, "a control character in the Cookie field");
  }
  fuzz::require(line.size() < 50 * (4096 + 4), "the Cookie field is too long");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const auto now = detail::protocol::CookieJar::WallClock::time_point(std::chrono::hours(24 * 365 * 56));
  const Url first = *Url::parse("https://app.example.com/signalr/negotiate");
  Headers headers;
  while (!text.empty()) headers.add("Set-Cookie", std::string(fuzz::take_line(text)));
  detail::protocol::CookieJar jar;
  jar.store(first, headers, now);
  for (const char* url : {"https://app.example.com/signalr/connect", "wss://app.example.com/",
                          "https://x.app.example.com/signalr/", "http://app.example.com/signalr/connect"}) {
    check_line(jar.cookies_for(*Url::parse(url), now));
  }
  for (const char* url :
       {"https://example.org/signalr/connect", "https://com/", "https://notexample.com/", "https://127.0.0.1/"}) {
    fuzz::require(jar.cookies_for(*Url::parse(url), now).empty(), "a cookie went to another site");
  }
  return 0;
}
