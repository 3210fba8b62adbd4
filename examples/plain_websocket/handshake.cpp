#include "handshake.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <random>
#include <signalr/transport_error.hpp>
#include <signalr/url.hpp>
#include <string_view>

using signalr::Sent;
using signalr::TransportError;
using signalr::TransportFailure;
using Answer = signalr::BlockingWebsocket::Answer;

namespace {

[[noreturn]] void fail(TransportFailure failure, std::string message) {
  throw TransportError(failure, std::move(message), Sent::maybe);
}

std::string base64(const unsigned char* bytes, int count) {
  std::array<unsigned char, 64> text{};
  const int length = EVP_EncodeBlock(text.data(), bytes, count);
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

std::string random_key() {
  std::random_device random;
  std::array<unsigned char, 16> bytes{};
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random());
  return base64(bytes.data(), static_cast<int>(bytes.size()));
}

std::string accept_for(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return base64(digest.data(), static_cast<int>(digest.size()));
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& letter : result) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return result;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is(const signalr::Headers& headers, const char* name, std::string_view wanted) {
  const std::string* value = headers.find(name);
  return value != nullptr && lower(*value).find(wanted) != std::string::npos;
}

/// Status line and headers, without the empty line.
Answer parse_head(std::string_view head) {
  Answer answer;
  std::size_t end = std::min(head.find("\r\n"), head.size());
  const std::string_view line = head.substr(0, end);
  if (line.size() < 12 || line.substr(0, 7) != "HTTP/1." || line[8] != ' ' || (line.size() > 12 && line[12] != ' ')) {
    fail(TransportFailure::protocol, "the answer to the upgrade is no HTTP/1.1");
  }
  for (const char digit : line.substr(9, 3)) {
    if (digit < '0' || digit > '9') fail(TransportFailure::protocol, "the answer to the upgrade has no status");
    answer.status = 10 * answer.status + (digit - '0');
  }
  while (end < head.size()) {
    head.remove_prefix(end + 2);
    end = std::min(head.find("\r\n"), head.size());
    const std::size_t colon = head.substr(0, end).find(':');
    if (colon == std::string_view::npos) fail(TransportFailure::protocol, "a header of the answer has no colon");
    answer.headers.add(std::string(head.substr(0, colon)), std::string(trim(head.substr(colon + 1, end - colon - 1))));
  }
  return answer;
}

/// The first answer that is final; headers of the ones before it count as well.
Answer read_answer(PlainSocket& socket, std::size_t max_bytes, std::string& in) {
  std::size_t taken = 0;
  for (;;) {
    std::size_t end = 0;
    while ((end = in.find("\r\n\r\n")) == std::string::npos && taken + in.size() <= max_bytes) {
      if (!socket.receive(in)) fail(TransportFailure::closed, "the server closed the connection inside its answer");
    }
    if (end == std::string::npos || taken + end > max_bytes) {
      fail(TransportFailure::limit, "the answer to the upgrade is longer than max_header_bytes allows");
    }
    Answer answer = parse_head(std::string_view(in).substr(0, end));
    in.erase(0, end + 4);
    taken += end + 4;
    if (answer.status >= 200 || answer.status == 101) return answer;
  }
}

void check_upgrade(const Answer& answer, const std::string& key) {
  const std::string* accepted = answer.headers.find("Sec-WebSocket-Accept");
  if (!is(answer.headers, "Upgrade", "websocket") || !is(answer.headers, "Connection", "upgrade")) {
    fail(TransportFailure::protocol, "the server's 101 is no upgrade to a WebSocket");
  }
  if (accepted == nullptr || *accepted != accept_for(key)) {
    fail(TransportFailure::protocol, "the server's Sec-WebSocket-Accept is wrong: is there an HTTP cache in between?");
  }
  for (const char* name : {"Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"}) {
    if (answer.headers.find(name) != nullptr)
      fail(TransportFailure::protocol, std::string("the server turns on what nobody asked for: ") + name);
  }
}

/// Up to `size` bytes; less where the connection ends before.
std::string read_some(PlainSocket& socket, std::size_t size, std::string& in) {
  while (in.size() < size && socket.receive(in)) {
  }
  std::string bytes = in.substr(0, size);
  in.erase(0, size);
  return bytes;
}

/// The beginning of a refusal's body.
std::string read_body(PlainSocket& socket, const Answer& answer, std::size_t max_bytes, std::string& in) {
  if (answer.status == 204 || answer.status == 304) return {};
  if (!is(answer.headers, "Transfer-Encoding", "chunked")) {
    const std::string* length = answer.headers.find("Content-Length");
    const std::size_t size = length == nullptr ? max_bytes : std::strtoull(length->c_str(), nullptr, 10);
    return read_some(socket, std::min(size, max_bytes), in);
  }
  std::string body;
  while (body.size() < max_bytes) {
    std::size_t end = 0;
    while ((end = in.find("\r\n")) == std::string::npos) {
      if (in.size() > 100 || !socket.receive(in)) return body;
    }
    const std::size_t size = std::strtoull(in.c_str(), nullptr, 16);
    if (size == 0) return body;
    in.erase(0, end + 2);
    body += read_some(socket, std::min(size, max_bytes - body.size()), in);
    if (body.size() < max_bytes) read_some(socket, 2, in);  // the line end behind the chunk
  }
  return body;
}

}  // namespace

Answer upgrade(PlainSocket& socket, const signalr::DialRequest& request, std::string& in) {
  const auto url = signalr::Url::parse(request.url);
  const std::string key = random_key();
  std::string head =
      "GET " + url->target() + " HTTP/1.1\r\nHost: " + url->authority() +
      "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key +
      "\r\n";
  for (const signalr::Header& field : request.headers) head += field.name + ": " + field.value + "\r\n";
  socket.send(head + "\r\n");

  Answer answer = read_answer(socket, request.max_header_bytes, in);
  if (answer.status == 101) {
    check_upgrade(answer, key);
  } else {
    answer.body = read_body(socket, answer, request.max_refusal_bytes, in);
  }
  return answer;
}
