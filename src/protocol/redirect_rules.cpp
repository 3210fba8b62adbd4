#include "protocol/redirect_rules.hpp"

#include <algorithm>
#include <optional>

#include <signalr/errors.hpp>

#include "protocol/percent_encoding.hpp"
#include "protocol/request_url.hpp"

namespace signalr::detail::protocol {
namespace {

/// RFC 3986 §5.2.4, for paths that begin with '/'.
std::string without_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(1, end - 1);
    const bool last = end == path.size();
    path.remove_prefix(end);
    if (segment == "..") out.erase(out.empty() ? 0 : out.rfind('/'));
    if (segment == "." || segment == "..") {
      if (last) out += '/';
    } else {
      out.append("/").append(segment);
    }
  }
  return out.empty() ? "/" : out;
}

bool has_scheme(std::string_view reference) {
  const auto end = reference.find_first_of(":/?#");
  return end != std::string_view::npos && reference[end] == ':';
}

/// RFC 3986 §5.2.2. The reference has no fragment.
std::string resolve(const Url& current, std::string_view reference) {
  const std::string origin = current.scheme + "://" + current.authority();
  if (has_scheme(reference)) return std::string(reference);
  if (reference.substr(0, 2) == "//") return current.scheme + ':' + std::string(reference);
  const std::string_view path = reference.substr(0, reference.find('?'));
  const std::string_view query = reference.substr(path.size());
  if (path.empty()) {
    if (query.empty() && current.has_query) return origin + current.path + '?' + current.query;
    return origin + current.path + std::string(query);
  }
  const std::string merged =
      path.front() == '/' ? std::string(path) : current.path.substr(0, current.path.rfind('/') + 1) + std::string(path);
  return origin + without_dot_segments(merged) + std::string(query);
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

bool is_redirect_status(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<HttpRedirect> follow_redirect(const Url& current, std::string_view location, int followed, int limit) {
  location = trimmed(location);
  location = location.substr(0, location.find('#'));
  if (location.empty())
    return ProtocolError("the server redirects without saying where to: expected a Location header");
  const std::string target = resolve(current, location);
  if (followed >= limit) {
    return LimitError("the server redirects again and again: " + std::to_string(followed) +
                          " redirects were followed, the next one leads to " + without_secrets(target),
                      "max_http_redirects");
  }
  const auto refused = [&](const char* why) {
    return ProtocolError("the server's redirect to " + without_secrets(target) + " can't be followed: " + why);
  };
  const std::optional<Url> url = Url::parse(target);
  if (!url || (url->scheme != "http" && url->scheme != "https")) return refused("expected an http or https URL");
  if (!url->userinfo.empty()) return refused("it holds credentials");
  if (const char* problem = problem_of_host(url->host)) return refused(problem);
  if (current.secure() && !url->secure()) {
    return refused("it leads from https to http, which would show tokens and messages to anybody on the way");
  }
  HttpRedirect redirect;
  redirect.url = url->scheme + "://" + url->authority() + encode_leftovers(url->target());
  redirect.same_origin = is_same_origin(*url, current);
  return redirect;
}

std::string told_target(const Url& current, int status, const Headers& headers) {
  const std::string* const location = headers.find("Location");
  if (status < 300 || status > 399 || location == nullptr) return {};
  const std::string_view reference = trimmed(*location);
  if (reference.empty()) return {};
  return "; the server redirects to " + without_secrets(resolve(current, reference.substr(0, reference.find('#')))) +
         ": dial that";
}

bool is_same_origin(const Url& a, const Url& b) noexcept {
  return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

std::optional<std::string> moved_base(const Url& asked, const Url& answered) {
  const auto command = [](const Url& url) { return std::string_view(url.path).substr(url.path.rfind('/') + 1); };
  if (command(asked) != command(answered)) return std::nullopt;
  const std::string folder = answered.path.substr(0, answered.path.rfind('/') + 1);
  const Result<std::string> base = make_base_url(answered.scheme + "://" + answered.authority() + folder, false);
  if (!base) return std::nullopt;
  return base.value();
}

}  // namespace signalr::detail::protocol
