#include "protocol/cookie_jar.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include <signalr/errors.hpp>

#include "protocol/ascii.hpp"
#include "protocol/cookie_date.hpp"

namespace signalr::detail::protocol {
namespace {

using Time = CookieJar::WallClock::time_point;

constexpr std::size_t kMaxPerHost = 50;
constexpr std::size_t kMaxCookies = 300;
constexpr std::size_t kMaxBytes = 4096;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Cuts what is before `mark` off the front, and the mark with it.
std::string_view take_until(std::string_view& text, char mark) {
  const std::string_view part = text.substr(0, text.find(mark));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool domain_matches(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.substr(host.size() - domain.size()) == domain &&
         host[host.size() - domain.size() - 1] == '.';
}

bool path_matches(std::string_view path, std::string_view prefix) {
  if (path.substr(0, prefix.size()) != prefix) return false;
  return path.size() == prefix.size() || prefix.back() == '/' || path[prefix.size()] == '/';
}

/// Where a cookie without a Path belongs: the request's folder.
std::string default_path(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

/// Max-Age: nothing for what is no number; saturated.
std::optional<Time> expiry_after(std::string_view seconds, Time now) {
  const bool negative = !seconds.empty() && seconds.front() == '-';
  if (negative) seconds.remove_prefix(1);
  if (seconds.empty() || seconds.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  constexpr std::int64_t kTenYears = std::int64_t{10} * 366 * 86400;
  std::int64_t value = 0;
  for (const char c : seconds) value = std::min(value * 10 + (c - '0'), kTenYears);
  if (negative || value == 0) return Time::min();
  return now + std::chrono::seconds(value);
}

}  // namespace

bool CookieJar::Cookie::goes_to(const Url& url) const noexcept {
  const bool host_fits = host_only ? url.host == domain : domain_matches(url.host, domain);
  return host_fits && path_matches(url.path, path) && (!secure || url.secure());
}

// An empty domain: to the host alone. False for a domain that the host may not speak for.
bool CookieJar::Cookie::set_domain(const std::string& wanted, const Url& url) {
  const bool single = url.host_is_address() || wanted.find('.') == std::string::npos;
  if (wanted.empty() || (single && wanted == url.host)) {
    domain = url.host;
    return true;
  }
  host_only = false;
  domain = wanted;
  return !single && domain_matches(url.host, wanted);
}

Result<void> check_user_cookie(std::string_view name, std::string_view value) {
  const auto outside = [](std::string_view text, std::string_view forbidden) {
    return has_controls(text) || text.find_first_of(forbidden) != std::string_view::npos;
  };
  if (name.empty() || outside(name, " \t;,=\"")) {
    return UsageError("a cookie's name can't be used: expected letters, digits and the like");
  }
  if (outside(value, ";,") || trimmed(value) != value || name.size() + value.size() > kMaxBytes) {
    return UsageError("the value of the cookie '" + std::string(name) +
                      "' can't be used: expected at most 4 KiB without ';', ',' and control characters");
  }
  return {};
}

void CookieJar::set(const Url& url, std::string_view name, std::string_view value) {
  if (!check_user_cookie(name, value)) return;
  Cookie cookie;
  cookie.name = name;
  cookie.value = value;
  cookie.domain = url.host;
  cookie.path = "/";
  cookie.secure = url.secure();
  keep(std::move(cookie), true);
}

void CookieJar::store(const Url& url, const Headers& answer, Time now) {
  const auto past = [&](const Cookie& cookie) { return cookie.expires <= now; };
  cookies_.erase(std::remove_if(cookies_.begin(), cookies_.end(), past), cookies_.end());
  for (const Header& field : answer) {
    if (!equal_ignoring_case(field.name, "Set-Cookie")) continue;
    Cookie cookie;
    if (!parse(field.value, url, now, cookie)) continue;
    if (past(cookie)) {  // how servers delete
      drop(cookie, url.secure());
    } else {
      keep(std::move(cookie), url.secure());
    }
  }
}

bool CookieJar::parse(std::string_view field, const Url& url, Time now, Cookie& cookie) {
  std::string_view pair = take_until(field, ';');
  if (pair.size() > kMaxBytes || pair.find('=') == std::string_view::npos) return false;
  cookie.name = trimmed(take_until(pair, '='));
  cookie.value = trimmed(pair);
  if (cookie.name.empty() || has_controls(cookie.name) || has_controls(cookie.value)) return false;

  cookie.path = default_path(url.path);
  std::string domain;
  std::optional<Time> max_age, expires;
  while (!field.empty()) {  // of an attribute that is repeated the last one counts
    std::string_view value = take_until(field, ';');
    const std::string_view name = trimmed(take_until(value, '='));
    value = trimmed(value);
    if (equal_ignoring_case(name, "Domain")) {
      if (!value.empty()) domain = to_lower(value.substr(value.front() == '.' ? 1 : 0));
    } else if (equal_ignoring_case(name, "Path")) {
      cookie.path = value.empty() || value.front() != '/' ? default_path(url.path) : std::string(value);
    } else if (equal_ignoring_case(name, "Secure")) {
      cookie.secure = true;
    } else if (equal_ignoring_case(name, "Max-Age")) {
      if (const auto until = expiry_after(value, now)) max_age = until;
    } else if (equal_ignoring_case(name, "Expires")) {
      if (const auto until = parse_cookie_date(value)) expires = until;
    }
  }
  cookie.expires = max_age ? *max_age : expires.value_or(Time::max());
  if (!cookie.set_domain(domain, url)) return false;
  return cookie.path.size() <= kMaxBytes && !has_controls(cookie.path) && (!cookie.secure || url.secure());
}

std::vector<CookieJar::Cookie>::iterator CookieJar::same_as(const Cookie& cookie) {
  return std::find_if(cookies_.begin(), cookies_.end(), [&](const Cookie& old) {
    return old.name == cookie.name && old.domain == cookie.domain && old.path == cookie.path;
  });
}

void CookieJar::drop(const Cookie& cookie, bool may_replace_secure) {
  const auto same = same_as(cookie);
  if (same != cookies_.end() && (!same->secure || may_replace_secure)) cookies_.erase(same);
}

void CookieJar::keep(Cookie cookie, bool may_replace_secure) {
  const auto same = same_as(cookie);
  if (same != cookies_.end()) {
    if (!same->secure || may_replace_secure) *same = std::move(cookie);  // its age is that of the first one
    return;
  }
  make_room(cookie.domain);
  cookies_.push_back(std::move(cookie));
}

void CookieJar::make_room(const std::string& domain) {
  const auto of_host = [&](const Cookie& cookie) { return cookie.domain == domain; };
  if (static_cast<std::size_t>(std::count_if(cookies_.begin(), cookies_.end(), of_host)) >= kMaxPerHost) {
    cookies_.erase(std::find_if(cookies_.begin(), cookies_.end(), of_host));
  }
  if (cookies_.size() >= kMaxCookies) cookies_.erase(cookies_.begin());
}

std::string CookieJar::cookies_for(const Url& url, Time now) const {
  std::vector<const Cookie*> fitting;
  for (const Cookie& cookie : cookies_) {
    if (now < cookie.expires && cookie.goes_to(url)) fitting.push_back(&cookie);
  }
  std::stable_sort(fitting.begin(), fitting.end(),
                   [](const Cookie* a, const Cookie* b) { return a->path.size() > b->path.size(); });
  std::string out;
  for (const Cookie* cookie : fitting) {
    if (!out.empty()) out += "; ";
    out.append(cookie->name).append("=").append(cookie->value);
  }
  return out;
}

}  // namespace signalr::detail::protocol
