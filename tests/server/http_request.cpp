// Small on purpose: enough of RFC 9112 for clients that send well-formed requests.
#include "http_request.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace signalr::test {
namespace {

constexpr std::size_t kMaxHead = 64 * 1024;
constexpr std::size_t kMaxBody = 64 * 1024 * 1024;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Cuts the text up to the separator off the front.
std::string_view cut(std::string_view& text, std::string_view separator) {
  const std::size_t at = std::min(text.find(separator), text.size());
  const std::string_view front = text.substr(0, at);
  text.remove_prefix(std::min(at + separator.size(), text.size()));
  return front;
}

bool parse_head(std::string_view head, bool secure, ParsedRequest& parsed) {
  std::string_view line = cut(head, "\r\n");
  parsed.request.method = std::string(cut(line, " "));
  const std::string target(cut(line, " "));
  if (line != "HTTP/1.1" && line != "HTTP/1.0") return false;
  while (!head.empty()) {
    std::string_view value = cut(head, "\r\n");
    const std::string_view name = cut(value, ":");
    if (name.empty() || name.back() == ' ') return false;
    parsed.request.headers.add(std::string(name), std::string(trim(value)));
  }
  const std::string* host = parsed.request.headers.find("Host");
  const std::string origin = (secure ? "https://" : "http://") + (host != nullptr ? *host : "localhost");
  // A request through a proxy names the whole URL.
  auto url = Url::parse(target.empty() || target.front() == '/' ? origin + target : target);
  if (!url) return false;
  parsed.request.url = std::move(*url);
  const std::string* connection = parsed.request.headers.find("Connection");
  parsed.takes_chunks = line == "HTTP/1.1";
  parsed.keep_alive = parsed.takes_chunks && !has_token(connection, "close");
  parsed.request.upgrade =
      has_token(connection, "upgrade") && has_token(parsed.request.headers.find("Upgrade"), "websocket");
  return true;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

}  // namespace

bool has_token(const std::string* value, std::string_view token) {
  if (value == nullptr) return false;
  std::string_view rest = *value;
  while (!rest.empty()) {
    if (same(trim(cut(rest, ",")), token)) return true;
  }
  return false;
}

namespace {

// The size of the next chunk, or nothing if that is no hexadecimal number. Extensions are ignored.
std::optional<std::size_t> chunk_size(std::string_view line) {
  const std::string_view digits = trim(cut(line, ";"));
  std::size_t size = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, size, 16);
  if (error != std::errc() || at != end || size > kMaxBody) return std::nullopt;
  return size;
}

// Takes a body in chunks from the front, with the trailer, which is dropped.
ParsedRequest::Outcome take_chunks(std::string_view& bytes, std::string& body) {
  using Outcome = ParsedRequest::Outcome;
  bool last = false;
  while (true) {
    const std::size_t line_end = bytes.find("\r\n");
    if (line_end == std::string_view::npos) return bytes.size() > kMaxHead ? Outcome::bad : Outcome::incomplete;
    const std::string_view line = cut(bytes, "\r\n");
    if (last) {
      if (line.empty()) return Outcome::complete;
      continue;
    }
    const auto size = chunk_size(line);
    if (!size || body.size() + *size > kMaxBody) return Outcome::bad;
    last = *size == 0;
    if (last) continue;
    if (bytes.size() < *size + 2) return Outcome::incomplete;
    if (bytes.substr(*size, 2) != "\r\n") return Outcome::bad;
    body += bytes.substr(0, *size);
    bytes.remove_prefix(*size + 2);
  }
}

}  // namespace

ParsedRequest take_request(std::string& received, bool secure) {
  ParsedRequest parsed;
  const std::size_t head_end = received.find("\r\n\r\n");
  if (head_end == std::string::npos || head_end > kMaxHead) {
    if (received.size() > kMaxHead) parsed.outcome = ParsedRequest::Outcome::bad;
    return parsed;
  }
  parsed.outcome = ParsedRequest::Outcome::bad;
  if (!parse_head(std::string_view(received).substr(0, head_end), secure, parsed)) return parsed;
  const Headers& headers = parsed.request.headers;
  const std::size_t body_begin = head_end + 4;
  if (const std::string* encoding = headers.find("Transfer-Encoding")) {
    if (!same(*encoding, "chunked") || headers.find("Content-Length") != nullptr) return parsed;
    std::string_view rest = std::string_view(received).substr(body_begin);
    parsed.outcome = take_chunks(rest, parsed.request.body);
    if (parsed.outcome == ParsedRequest::Outcome::complete) received.erase(0, received.size() - rest.size());
    return parsed;
  }
  std::size_t length = 0;
  if (const std::string* text = headers.find("Content-Length")) {
    const char* end = text->data() + text->size();
    if (const auto [at, error] = std::from_chars(text->data(), end, length); error != std::errc() || at != end) {
      return parsed;
    }
  }
  if (received.size() - body_begin < length) {
    parsed.outcome = ParsedRequest::Outcome::incomplete;
    return parsed;
  }
  parsed.request.body = received.substr(body_begin, length);
  received.erase(0, body_begin + length);
  parsed.outcome = ParsedRequest::Outcome::complete;
  return parsed;
}

std::string response_head(int status, const Headers& headers) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " ";
  head += reason_phrase(status);
  head += "\r\n";
  for (const Header& field : headers) head += field.name + ": " + field.value + "\r\n";
  return head + "\r\n";
}

}  // namespace signalr::test
