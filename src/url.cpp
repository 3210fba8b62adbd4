#include <signalr/url.hpp>

#include <algorithm>
#include <cctype>

#include "protocol/ascii.hpp"

namespace signalr {
namespace {

using detail::protocol::to_lower;

bool is_scheme(std::string_view text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
  });
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  if (text.empty() || text.size() > 5) return false;
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  if (value == 0 || value > 65535) return false;
  port = static_cast<std::uint16_t>(value);
  return true;
}

std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return 80;
  if (scheme == "https" || scheme == "wss") return 443;
  return 0;
}

/// Four numbers up to 255, without zeros before them: with those they are octal to some.
bool is_ipv4(std::string_view host) {
  int numbers = 0;
  for (;; ++numbers) {
    const std::string_view number = host.substr(0, host.find('.'));
    if (number.empty() || number.size() > 3 || number.find_first_not_of("0123456789") != std::string_view::npos) {
      return false;
    }
    if ((number.size() > 1 && number[0] == '0') || (number.size() == 3 && number > "255")) return false;
    if (number.size() == host.size()) return numbers == 3;
    host.remove_prefix(number.size() + 1);
  }
}

/// Others decode `%31%32%37.0.0.1`, and read `0x7f.1` and `2130706433` as addresses: a host that everybody reads in the
/// same way has no percent sign, and where its last label is a number it is an IPv4 address in the usual form.
bool is_unambiguous(std::string_view host) {
  if (host.find('%') != std::string_view::npos) return false;
  std::string_view labels = host;
  if (labels.size() > 1 && labels.back() == '.') labels.remove_suffix(1);
  const std::string_view last = labels.substr(labels.rfind('.') + 1);
  const bool hexadecimal = last.size() > 1 && last[0] == '0' && last[1] == 'x' &&
                           last.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
  const bool decimal = !last.empty() && last.find_first_not_of("0123456789") == std::string_view::npos;
  if (!hexadecimal && !decimal) return true;
  return is_ipv4(host);
}

/// Perhaps with a zone: `fe80::1%eth0`, and `fe80::1%25eth0` as URLs have it; but not where others would decode a
/// digit.
bool is_ipv6(std::string_view host) {
  const auto percent = host.find('%');
  const std::string_view address = host.substr(0, percent);
  if (percent != std::string_view::npos) {
    const std::string_view zone = host.substr(percent + 1);
    if (zone.empty() || zone.find_first_of("%[") != std::string_view::npos) return false;
    const bool escape = zone.substr(0, 2).find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (escape && zone.size() > 1 && zone.substr(0, 2) != "25") return false;
  }
  return address.find(':') != std::string_view::npos &&
         address.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
}

}  // namespace

std::optional<Url> Url::parse(std::string_view text) {
  const auto forbidden = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), forbidden)) return std::nullopt;

  const auto colon = text.find("://");
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return std::nullopt;
  Url url;
  url.scheme = to_lower(text.substr(0, colon));
  text.remove_prefix(colon + 3);

  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    url.has_fragment = true;
    url.fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    url.has_query = true;
    url.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  const auto slash = text.find('/');
  url.path = slash == std::string_view::npos ? "/" : std::string(text.substr(slash));
  std::string_view authority = text.substr(0, slash);

  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    url.userinfo = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  std::string_view rest;  // ":port"
  if (!authority.empty() && authority.front() == '[') {
    const auto bracket = authority.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    url.host = to_lower(authority.substr(1, bracket - 1));
    if (!is_ipv6(url.host)) return std::nullopt;
    rest = authority.substr(bracket + 1);
  } else {
    const auto port_colon = authority.find(':');
    url.host = to_lower(authority.substr(0, port_colon));
    if (port_colon != std::string_view::npos) rest = authority.substr(port_colon);
    if (url.host.find_first_of("[]") != std::string::npos || !is_unambiguous(url.host)) return std::nullopt;
  }
  if (url.host.empty()) return std::nullopt;
  url.port = default_port(url.scheme);
  if (rest == ":") rest = {};
  if (!rest.empty() && (rest.front() != ':' || !parse_port(rest.substr(1), url.port))) return std::nullopt;
  return url;
}

std::string Url::target() const { return has_query ? path + '?' + query : path; }

std::string Url::authority() const {
  std::string out = host.find(':') != std::string::npos ? '[' + host + ']' : host;
  if (port != default_port(scheme)) out += ':' + std::to_string(port);
  return out;
}

bool Url::secure() const noexcept { return scheme == "https" || scheme == "wss"; }

bool Url::host_is_address() const noexcept { return host.find(':') != std::string::npos || is_ipv4(host); }

}  // namespace signalr
