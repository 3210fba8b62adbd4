// The cookies of one connection (RFC 6265, host-only and Domain cookies, Path, Secure, expiry): what negotiate sets
// goes with every later request, the upgrade included, and never to another host (P#137).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/headers.hpp>
#include <signalr/result.hpp>
#include <signalr/url.hpp>

namespace signalr::detail::protocol {

/// UsageError for what the Cookie field can't carry: names that are no tokens, values with control characters, spaces
/// at the ends, ';' or ','.
Result<void> check_user_cookie(std::string_view name, std::string_view value);

class CookieJar {
 public:
  using WallClock = std::chrono::system_clock;

  /// Takes the Set-Cookie fields of an answer to a request for `url`. Bad ones are ignored: broken syntax, control
  /// characters, a foreign Domain or one of a single label (there is no list of public suffixes here), Secure over
  /// http. Bounded: 50 cookies a host, 300 in all, 4 KiB each; the oldest go.
  void store(const Url& url, const Headers& answer, WallClock::time_point now);

  /// A cookie that the user brings along, sent to `url`'s host alone, and only encrypted if `url` is. Ignored where
  /// check_user_cookie fails.
  void set(const Url& url, std::string_view name, std::string_view value);

  /// The Cookie field's value for a request to `url`; empty: send none. Longer paths first, then older ones.
  std::string cookies_for(const Url& url, WallClock::time_point now) const;

 private:
  struct Cookie {
    std::string name, value, domain, path;
    bool host_only = true;
    bool secure = false;
    WallClock::time_point expires = WallClock::time_point::max();  // that: never

    bool goes_to(const Url& url) const noexcept;
    bool set_domain(const std::string& wanted, const Url& url);
  };

  static bool parse(std::string_view field, const Url& url, WallClock::time_point now, Cookie& cookie);
  std::vector<Cookie>::iterator same_as(const Cookie& cookie);
  void keep(Cookie cookie, bool may_replace_secure);
  void drop(const Cookie& cookie, bool may_replace_secure);
  void make_room(const std::string& domain);

  std::vector<Cookie> cookies_;  // oldest first
};

}  // namespace signalr::detail::protocol
